/**
 * What the fleet dashboard foretells of the reboot of a router, against what it does: a rack of real FRR in which one node
 * has lost its other uplink, and both nodes announce an address in common.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RULE_FILES } from '../../fleet/prometheus.ts';
import {
  type Exporter,
  type Prometheus,
  type Rack,
  scrape,
  startExporter,
  startPrometheus,
  startRack,
} from '../../lab/index.ts';
import { type Reader, reading } from './reading.ts';

vi.setConfig({ testTimeout: 200_000, hookTimeout: 200_000 });

/** On both nodes: whoever reaches one of them reaches it. */
const SHARED = '203.0.113.77';

let rack: Rack;
let exporters: readonly Exporter[] = [];
let prometheus: Prometheus;

beforeAll(async () => {
  rack = await startRack({ nodes: 2, name: 'reboot' });
  for (const { router } of rack.nodes) await router.ip(`addr add ${SHARED}/32 dev lo`);
  exporters = await Promise.all(
    rack.nodes.map(({ beside }) =>
      startExporter({
        lab: beside,
        source: 'socket',
        flags: ['--poll.interval=1s', '--poll.max-share=100%'],
      }),
    ),
  );
  prometheus = await startPrometheus({
    config: {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: RULE_FILES,
      scrape_configs: [
        scrape(
          exporters.map(({ url }, i) => ({
            url,
            labels: { cluster: 'rack', instance: `node${i + 1}`, hostname: `node${i + 1}` },
          })),
        ),
      ],
    },
  });
});

afterAll(async () => {
  await prometheus?.stop();
  await Promise.all(exporters.map((exporter) => exporter.stop()));
  await rack?.stop();
});

const fleet = (): Reader =>
  reading(prometheus.url, 'frr-fleet', { cluster: ['rack'] }, () => ({
    end: Math.ceil(Date.now() / 1000),
    range: 60,
    step: 1,
    scrapeInterval: 1,
  }));

/** What the routers' table says of a router. */
async function foretold(id: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  return (await fleet().rows('Routers: nodes lost of total')).find((row) => row['Router ID'] === id);
}

const eventually = (what: () => Promise<void>) => vi.waitFor(what, { timeout: 60_000, interval: 500 });

async function labelsOf(expression: string, label: string): Promise<readonly string[]> {
  return (await prometheus.query(expression)).map(({ metric }) => metric[label] ?? '').sort();
}

/** Nodes without an established session, and addresses that no node announces, as they are now. */
const cutOff = () => labelsOf('sum by (instance) (frr_bgp_session_up) == 0', 'instance');
const lost = () => labelsOf('sum by (address) (frr_host_route_advertised_peers) == 0', 'address');

test('the reboot of a router cuts off what was foretold, and nothing else', async () => {
  const [node1] = rack.nodes;
  await eventually(async () => {
    for (const id of ['10.0.0.1', '10.0.0.2'])
      expect(await foretold(id)).toMatchObject({
        'Nodes lost': 0,
        'of total': 2,
        'Reboot cuts off: nodes': 0,
        addresses: 0,
      });
    expect(await lost()).toEqual([]);
  });

  await node1?.cut('tor2');
  await eventually(async () => {
    // node1 hangs on tor1 alone; its address in common with node2 stays.
    expect(await foretold('10.0.0.1')).toMatchObject({
      'Nodes lost': 0,
      'Reboot cuts off: nodes': 1,
      addresses: 1,
    });
    expect(await foretold('10.0.0.2')).toMatchObject({
      'Nodes lost': 1,
      'Reboot cuts off: nodes': 0,
      addresses: 0,
    });
    expect(await fleet().rows('Nodes that one router alone connects')).toEqual([
      expect.objectContaining({
        'Router ID': '10.0.0.1',
        Node: 'node1',
        'Uplinks up': 1,
        'Addresses announced': 2,
      }),
    ]);
    expect(await cutOff()).toEqual([]);
  });

  // A router that reboots is silent on all of its links.
  await Promise.all(rack.nodes.map((node) => node.silence('tor1')));
  await eventually(async () => {
    expect(await cutOff()).toEqual(['node1']);
    expect(await lost()).toEqual([node1?.address]);
    expect(await foretold('10.0.0.1')).toMatchObject({ 'Nodes lost': 2, 'of total': 2 });
  });
});
