/**
 * Addresses of a VRF on real FRR: a kernel route that leaks into the default VRF and is an EVPN type 5 route on another
 * router, one that is a VPN route, and what happens to them. One laboratory, each test after the other. VRFs are network
 * namespaces; the recordings of the unit tests have the same on every FRR version.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ADDRESSES,
  type Exporter,
  filterTenantAddress,
  type Lab,
  startExporter,
  startLab,
  waitFor,
} from '../../lab/index.ts';

const KERNEL = '203.0.113.30';
const VPN = '203.0.113.50';

let lab: Lab;
let exporter: Exporter;

beforeAll(async () => {
  lab = await startLab({ name: 'addresses', topology: ADDRESSES });
  exporter = await startExporter({
    lab,
    source: 'socket',
    flags: ['--poll.interval=500ms', '--poll.max-share=50%'],
  });
});
afterAll(() => lab?.stop());

/** `VRF ORIGIN METRIC VALUE` of every series about an address. */
async function seriesOf(address: string): Promise<readonly string[]> {
  const { series } = await exporter.page();
  return series
    .filter(({ name, labels }) => name.startsWith('frr_host_route_') && labels.address === address)
    .map(
      ({ name, labels, value }) =>
        `${labels.vrf} ${labels.origin} ${name.replace('frr_host_route_', '')} ${value}`,
    );
}

async function until(address: string, expected: readonly string[]): Promise<void> {
  await waitFor(async () => expect(await seriesOf(address)).toEqual(expected), {
    within: 30_000,
    every: 200,
    for: `${address} to be as expected`,
  });
}

const ANNOUNCED = [
  'tenant-c kernel in_bgp 1',
  'default leaked in_bgp 1',
  'tenant-c kernel advertised_peers 3',
  'default leaked advertised_peers 2',
  'tenant-c kernel vpn_advertised_peers 0',
  'tenant-c kernel evpn_advertised_peers 2',
];
const AS_VPN = [
  'tenant-d kernel in_bgp 1',
  'tenant-d kernel advertised_peers 1',
  'tenant-d kernel vpn_advertised_peers 1',
];

/** Whether tor1 has the address in its VRF, which it can only learn by EVPN. */
async function isOnOtherRouter(): Promise<boolean> {
  const answer = await lab.tor1.json<object>(`show ip route vrf tenant-c ${KERNEL}/32 json`);
  return Object.hasOwn(answer, `${KERNEL}/32`);
}

const untilOnOtherRouter = (expected: boolean) =>
  waitFor(async () => (await isOnOtherRouter()) === expected, {
    within: 20_000,
    every: 200,
    for: `tor1 ${expected ? 'to learn' : 'to lose'} the address`,
  });

test('received by the other router, as a type 5 route and as a VPN route', async () => {
  const flags = ['', '.vpn', '.evpn', '.allow-tables'].map((flag) => `--collector.received-routes${flag}`);
  const router = await startExporter({
    lab: { name: lab.name, node: lab.tor1 },
    source: 'socket',
    flags: ['--poll.interval=500ms', '--poll.max-share=50%', '--collector.disable-defaults', ...flags],
  });
  const received = async () => {
    const { series } = await router.page();
    return series
      .filter(({ name, labels }) => name === 'frr_received_route_info' && labels.safi !== 'unicast')
      .map(({ labels: { afi, safi, rd, address, peer, origin } }) =>
        [afi, safi, rd, address, peer, origin].join(' '),
      );
  };
  await waitFor(
    async () =>
      expect(await received()).toEqual([
        'ipv4 vpn 64999:4 203.0.113.50 100.64.1.2 64999',
        'ipv4 evpn 172.16.0.2:4 10.65.0.1 100.64.1.2 64999',
        'ipv4 evpn 172.16.0.2:4 203.0.113.30 100.64.1.2 64999',
        'ipv4 evpn 172.16.0.2:4 203.0.113.40 100.64.1.2 64999',
        'ipv6 evpn 172.16.0.2:4 2001:db8:c::30 100.64.1.2 64999',
      ]),
    { within: 60_000, every: 500, for: 'the routes to be received' },
  );
  await router.stop();
});

test('announced in its VRF, leaked, as a type 5 route and as a VPN route', async () => {
  await until(KERNEL, ANNOUNCED);
  await until(VPN, AS_VPN);
  await untilOnOtherRouter(true);
  const { addresses } = JSON.parse(await exporter.text('/api/v1/addresses'));
  const found = addresses.filter((one: { address: string }) => one.address === KERNEL);
  expect(
    found.map((one: { vrf: string; advertised_to: Record<string, string>[] }) => [
      one.vrf,
      one.advertised_to.map(({ vrf, peer, family }) => `${vrf} ${peer} ${family}`).sort(),
    ]),
  ).toEqual([
    [
      'tenant-c',
      [
        'default 100.64.1.1 evpn',
        'default 100.64.1.1 unicast',
        'default eth2 evpn',
        'default eth2 unicast',
        'tenant-c 100.65.0.1 unicast',
      ],
    ],
    ['default', ['default 100.64.1.1 unicast', 'default eth2 unicast']],
  ]);
});

test('bgpd restarted', async () => {
  await lab.restart('node', 'bgpd');
  await lab.untilUp();
  await until(KERNEL, ANNOUNCED);
  await until(VPN, AS_VPN);
});

test('filtered', async () => {
  await filterTenantAddress(lab.node);
  await until(KERNEL, [
    'tenant-c kernel in_bgp 1',
    'tenant-c kernel advertised_peers 0',
    'tenant-c kernel vpn_advertised_peers 0',
    'tenant-c kernel evpn_advertised_peers 0',
  ]);
  await untilOnOtherRouter(false);
  const { verdict } = JSON.parse(await exporter.text('/api/v1/status'));
  expect(verdict.findings[0]).toMatchObject({
    level: 'critical',
    text: '1 of 10 addresses announced to no peer',
    details: [`${KERNEL} (kernel route, vrf tenant-c)`],
  });
});

test('withdrawn', async () => {
  await lab.inVrf('node', 'tenant-c', `route del ${KERNEL}/32 dev ten0`);
  await until(KERNEL, []);
});

test('its VRF removed', async () => {
  await until('203.0.113.40', [
    'tenant-c static in_bgp 1',
    'default leaked in_bgp 1',
    'tenant-c static advertised_peers 3',
    'default leaked advertised_peers 2',
    'tenant-c static vpn_advertised_peers 0',
    'tenant-c static evpn_advertised_peers 2',
  ]);
  await lab.removeVrf('node', 'tenant-c');
  await until('203.0.113.40', []);
  await until(VPN, AS_VPN);
  expect(lab.node.crashes()).toEqual([]);
});
