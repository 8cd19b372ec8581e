import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { address, addressText } from '../../../src/cli/address.ts';
import { StatusUrlError } from '../../../src/cli/node-status.ts';
import { addressesDocument } from '../../../src/status/addresses.ts';
import { unpackRecording } from '../../recordings.ts';
import { temporaryFolder } from '../frr/temporary-folder.ts';
import { snapshotOf } from '../status/snapshots.ts';
import { captured, configured } from './captured.ts';

/** The text without the times, which are those of the laboratory. */
async function textOf(situation: string, wanted: string): Promise<string> {
  const document = addressesDocument(await snapshotOf(`8.4.4/${situation}`));
  return addressText(document, wanted).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME');
}

test('an address in a VRF that leaks it, with the peers that are sent it', async () => {
  expect(await textOf('tenant-addresses', '203.0.113.30')).toBe(`203.0.113.30
  VRF tenant-c: kernel route to ten0
    ✓ announced to 3 peers, in BGP since TIME
      100.65.0.1 (tenant-c gateway), VRF tenant-c, as unicast route
      eth2 ({"desc":"tor2","type":"uplink"}), VRF default, as EVPN type 5 route
      100.64.1.1 (tor1 rack A), VRF default, as EVPN type 5 route
      eth2 ({"desc":"tor2","type":"uplink"}), VRF default, as unicast route
      100.64.1.1 (tor1 rack A), VRF default, as unicast route
  VRF default: from VRF tenant-c
    ✓ announced to 2 peers, in BGP since TIME
      eth2 ({"desc":"tor2","type":"uplink"}), VRF default, as unicast route
      100.64.1.1 (tor1 rack A), VRF default, as unicast route
`);
});

test.each([
  [
    'tenant-addresses',
    '203.0.113.50',
    `203.0.113.50
  VRF tenant-d: kernel route
    ✓ announced to 1 peer, in BGP since TIME
      100.64.1.1 (tor1 rack A), VRF default, as VPN route
`,
  ],
  [
    'tenant-addresses-filtered',
    '203.0.113.30',
    `203.0.113.30
  VRF tenant-c: kernel route to ten0
    ✗ announced to no peer: in BGP, but the outbound policy of the session of VRF tenant-c rejects it
`,
  ],
  [
    'tenant-addresses-withdrawn',
    '203.0.113.30',
    `203.0.113.30
  ✗ no VRF of this node has it as a host address of an interface, or as a kernel or static route
`,
  ],
  [
    'no-bgp-configured',
    '172.31.0.5',
    `172.31.0.5
  VRF default: address of lo
    ✗ announced to no peer: not in BGP as a route of this node: \`network\` or \`redistribute connected\` is missing in VRF default, its route map rejects it, or the route of another node is preferred
`,
  ],
  ['bgpd-dead', '172.31.0.5', '172.31.0.5\n  ? FRR does not report the addresses of this node\n'],
])('%s: %s', async (situation, wanted, text) => {
  expect(await textOf(situation, wanted)).toBe(text);
});

test('more addresses than are listed, and what a terminal must not be sent', async () => {
  const document = addressesDocument(await snapshotOf('8.4.4/tenant-addresses'));
  expect(addressText({ ...document, addresses: [] }, '192.0.2.1')).toBe(
    '192.0.2.1\n  ? not listed: the node has 10 addresses, more than --collector.host-routes.max-series\n',
  );
  const [first] = document.addresses;
  const hostile = { ...first, vrf: '\u001B[2J' } as typeof first & object;
  expect(addressText({ ...document, addresses: [hostile] }, hostile.address)).not.toContain('\u001B');
});

test('the exit status says whether it is announced', async () => {
  const folder = unpackRecording('8.4.4/tenant-addresses', path.join(temporaryFolder(), 'recording'));
  const config = configured('--frr.source=recording', `--frr.recording=${folder}`);
  const output = captured();
  expect(await address(config, '203.0.113.30', output)).toBe(0);
  expect(output.text()).toContain('✓ announced to 3 peers');
  expect(await address(config, '192.0.2.1', captured())).toBe(1);
});

test('from a running exporter, by the URL of any of its documents', async () => {
  const document = addressesDocument(await snapshotOf('8.4.4/tenant-addresses'));
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.end(request.url === '/api/v1/addresses' ? JSON.stringify(document) : '{"addresses":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const url of [base, `${base}/`, `${base}/api/v1/status`]) {
    const output = captured();
    expect(await address(configured(`--url=${url}`, '--json'), '203.0.113.50', output)).toBe(0);
    expect(JSON.parse(output.text())).toEqual({
      at: document.at,
      total: 10,
      addresses: document.addresses.filter((one) => one.address === '203.0.113.50'),
    });
  }
  expect(paths).toEqual(Array(3).fill('/api/v1/addresses'));
  await expect(address(configured(`--url=${base}/other`), '192.0.2.1', captured())).rejects.toEqual(
    new StatusUrlError(`${base}/other/api/v1/addresses does not answer with the addresses of an exporter`),
  );
});
