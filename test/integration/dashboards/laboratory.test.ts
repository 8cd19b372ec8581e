/**
 * The queries of the dashboards, run on a real Prometheus with the rules of alerts/, which scrapes our exporter next to a real FRR: while
 * everything is healthy, and in six faults. Each query must be valid PromQL and return something, and each fault must show in the
 * panels that claim to show it, in the words that people read there.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { collectorsIn } from '../../../dashboards/absence.ts';
import { type Chosen, labelValues, type Query, queriesOf, resolve } from '../../../dashboards/queries.ts';
import { runQuery, type When } from '../../../dashboards/run-query.ts';
import { recordingsFor } from '../../fleet/prometheus.ts';
import {
  type Alertmanager,
  type Exporter,
  FULL,
  freePort,
  type Lab,
  NODE_HOST_ADDRESSES,
  type Prometheus,
  scrape,
  startAlertmanager,
  startExporter,
  startLab,
  startPrometheus,
} from '../../lab/index.ts';
import { selectorsOf } from '../../promql.ts';
import { EMPTY, type State } from './empty.ts';
import { ALL, dashboardOf, type Reader, reading } from './reading.ts';

// Each test waits for the routers several times, and for a minute at most each time.
vi.setConfig({ testTimeout: 300_000 });

const INSTANCE = 'compute-01:9342';
const CHOSEN = { cluster: ['lab'], job: ['frr'], instance: [INSTANCE] } as const;
const QUERIES = ALL.flatMap((dashboard) => queriesOf(dashboard));
/** The host addresses of the default VRF, and one in the VRF tenant-b. */
const HOST_ADDRESSES = NODE_HOST_ADDRESSES.length + 1;
/** For values that people read as "none", "1", "2", ... of a session that may have dropped on its own on a busy machine. */
const AT_LEAST_ONCE = expect.toSatisfy((value: number) => Math.round(value) >= 1, 'once or more');

const folder = mkdtempSync(join(tmpdir(), 'frr-dashboards-'));
let lab: Lab;
let exporter: Exporter;
let alertmanager: Alertmanager;
let prometheus: Prometheus;
let began: number;

/** The rules as they are shipped, but quick: evaluated every second, and a sample counts for 10 s after its scrape. */
async function quickRules(): Promise<string> {
  await execa('node', ['alerts/render.ts', `--output=${folder}/rules`], { preferLocal: true });
  for (const name of readdirSync(join(folder, 'rules'))) {
    const path = join(folder, 'rules', name);
    const quick = readFileSync(path, 'utf8')
      .replace(/^ {4}interval: .+$/gm, '    interval: 1s')
      .replaceAll('[1m]', '[10s]');
    writeFileSync(path, quick);
  }
  return `${folder}/rules/*.yaml`;
}

beforeAll(async () => {
  const [rules, port] = [await quickRules(), await freePort()];
  lab = await startLab({ name: 'dashboards', topology: FULL });
  exporter = await startExporter({
    lab,
    source: 'socket',
    flags: ['--poll.interval=1s', '--poll.max-share=100%', '--poll.stale-after=5s', '--frr.timeout=2s'],
  });
  alertmanager = await startAlertmanager({
    config: { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] },
  });
  const [, alertmanagerHost] = alertmanager.url.split('//') as [string, string];
  const target = (cluster: string, instance: string) => ({
    url: exporter.url,
    labels: { cluster, instance, hostname: instance.split(':')[0] as string, role: 'compute' },
  });
  prometheus = await startPrometheus({
    port,
    config: {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanagerHost] }] }] },
      scrape_configs: [
        // The same exporter as two nodes of another cluster: there, every address is announced by two.
        scrape([target('lab', INSTANCE), target('twins', 'one:9342'), target('twins', 'other:9342')]),
        { job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
        { job_name: 'alertmanager', static_configs: [{ targets: [alertmanagerHost] }] },
      ],
    },
  });
  began = Math.floor(Date.now() / 1000);
});

afterAll(async () => {
  await prometheus?.stop();
  await alertmanager?.stop();
  await exporter?.stop();
  await lab?.stop();
  rmSync(folder, { recursive: true });
});

/** All the time that there has been, until now. */
function when(): When {
  const end = Math.ceil(Date.now() / 1000);
  return { end, range: end - began, step: 1, scrapeInterval: 1 };
}

const board = (uid: string, chosen: Chosen = {}): Reader =>
  reading(prometheus.url, uid, { ...CHOSEN, ...chosen }, when);
const fleet = () => board('frr-fleet');
const node = () => board('frr-node');
const session = (peer: string) => board('frr-session', { vrf: ['default'], peer: [peer] });
const openstack = () => board('frr-openstack');
const pipeline = (chosen: Chosen = {}) => board('frr-exporter', chosen);

/** Tries until what is expected holds: values come with the next poll, scrape and evaluation. */
const eventually = (what: () => Promise<void>) => vi.waitFor(what, { timeout: 60_000, interval: 500 });

/** A moment since the fault, as the milliseconds that Grafana makes words of. FRR reports whole seconds. */
const since = (fault: number) =>
  expect.toSatisfy((value: number) => value >= fault - 2000 && value <= Date.now(), `after ${fault}`);

const having = (...rows: Readonly<Record<string, unknown>>[]) =>
  expect.arrayContaining(rows.map((row) => expect.objectContaining(row)));

/** Collectors whose metrics a query uses, also by way of recording rules. */
function behind({ dashboard, expr }: Query): readonly string[] {
  const metrics = selectorsOf(resolve(dashboardOf(dashboard), expr)).map(({ metric }) => metric);
  return collectorsIn([...metrics, ...recordingsFor(metrics).map((rule) => rule.expr)]);
}

/** One session of one node, as chosen on its own dashboard. */
const ONE: Chosen = { ...CHOSEN, vrf: ['default'], peer: ['eth2'], address: ['203.0.113.20'] };

/** As chosen by the targets' label; what is of Prometheus, Alertmanager or the fleet as a whole is of no role. */
const ofRole = ({ expr }: Query): Chosen =>
  /\b(prometheus_|alertmanager_|fleet_cluster)/.test(expr) ? {} : { role: ['compute'] };

/**
 * Runs all queries, and expects an answer to all but those that `EMPTY` names and those that `without` accepts to have no
 * values now. No query may fail, whatever is chosen.
 */
async function expectAnswers(state: State, without: (query: Query) => boolean = () => false): Promise<void> {
  const answers = (query: Query, chosen: Chosen) =>
    runQuery(prometheus.url, dashboardOf(query.dashboard), query, chosen, when());
  for (const query of QUERIES) await answers(query, ONE);
  const mayBeEmpty = (query: Query) => {
    const exception = EMPTY[query.place];
    // Grafana queries variables over the whole time range: see their own test.
    return query.kind === 'variable' || without(query) || (exception && exception.until !== state);
  };
  await eventually(async () => {
    const empty: string[] = [];
    for (const query of QUERIES)
      if ((await answers(query, ofRole(query))).length === 0 && !mayBeEmpty(query)) empty.push(query.place);
    expect(empty).toEqual([]);
  });
}

/** With nothing chosen, with one value and with several, such as need escaping. */
const CHOICES: readonly Chosen[] = [
  {},
  {
    ...CHOSEN,
    vrf: ['default'],
    peer: ['2001:db8:64::1'],
    address: ['f00d:f00d::1'],
  },
  { cluster: ['a\\b', 'c-d'], job: ['frr', 'e+f'], vrf: ['g.h', 'i'], peer: ['eth1', 'eth2'] },
];

describe('as recording rules', () => {
  test.each(CHOICES)('every query, variable and annotation passes promtool with %j', async (chosen) => {
    const path = join(folder, 'queries.yaml');
    const rules = QUERIES.map((query, index) => ({
      record: `dashboards:query:${index}`,
      expr: resolve(dashboardOf(query.dashboard), query.expr, chosen),
    }));
    writeFileSync(path, stringify({ groups: [{ name: 'queries', rules }] }));
    const { all, exitCode } = await execa('promtool', ['check', 'rules', path], { all: true, reject: false });
    expect(all).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(exitCode).toBe(0);
  });
});

describe('a healthy network', () => {
  test('shows', async () => {
    await eventually(async () => {
      const shown = fleet();
      // Three peers of the laboratory are never up.
      expect(await shown.values('Sessions down')).toEqual([3]);
      for (const title of ['Alerts firing', 'Nodes cut off', 'Redundancy lost', 'Unreachable IPs'])
        expect([title, ...(await shown.values(title))]).toEqual([title, 'none']);
      for (const title of ['Daemons down', 'Exporters down', 'In maintenance'])
        expect([title, ...(await shown.values(title))]).toEqual([title, 'none']);
      expect(await shown.rows('Sessions down now')).toEqual(
        having(
          { Peer: '192.0.2.66', VRF: 'default', State: 'Active', Description: 'never up' },
          { Peer: '198.51.100.7', VRF: 'tenant-a', State: 'Idle' },
          { Peer: '192.0.2.70', VRF: 'observer', State: 'Active' },
        ),
      );
      expect(await shown.absence('Addresses nobody can reach')).toMatch(/^Every host address is announced\./);
      expect(await shown.absence('Firing alerts')).toMatch(/^No alert is firing\./);
      expect(await node().values('Uplinks')).toEqual([2, 2]);
      expect(await node().values('Default route')).toEqual(['In the FIB', 'In the FIB']);
      expect(await node().rows('BGP sessions')).toEqual(
        having(
          { Peer: '100.64.1.1', State: 'Established', 'Remote AS': '65001', BFD: 'Yes' },
          { Peer: 'eth2', State: 'Established', 'Limit used': 21 / 50 },
          { Peer: '192.0.2.67', State: 'Shut on purpose' },
        ),
      );
      expect(await session('eth2').values('State')).toEqual(['Established']);
      expect(await session('eth2').values('Prefix limit used')).toEqual([21 / 50]);
      expect(await openstack().values('Addresses announced')).toEqual([HOST_ADDRESSES]);
      expect(await pipeline().values('Collectors failing')).toEqual(['none']);
      expect(await pipeline().rows('Exporters')).toEqual(having({ Node: INSTANCE, Scrape: 'Works' }));
    });
  });

  test('and two nodes that announce the same addresses', async () => {
    await eventually(async () => {
      const twins = reading(prometheus.url, 'frr-openstack', { cluster: ['twins'] }, when);
      expect(await twins.values('Announced by two nodes')).toEqual([HOST_ADDRESSES]);
      expect(await twins.rows('Addresses announced by two nodes')).toHaveLength(2 * HOST_ADDRESSES);
      expect(await openstack().values('Announced by two nodes')).toEqual(['none']);
    });
  });

  test('everything has an answer', () => expectAnswers('healthy'));

  test('every variable has values, and those of the session are in its list', async () => {
    const values = async (uid: string, name: string) => {
      const dashboard = dashboardOf(uid);
      const query = String(dashboard.templating.list?.find((one) => one.name === name)?.query);
      const { metric, label } = labelValues(query);
      const match = encodeURIComponent(resolve(dashboard, metric, CHOSEN));
      return prometheus.api<string[]>(`label/${label}/values?match[]=${match}`);
    };
    for (const { place, dashboard, title, kind } of QUERIES)
      if (kind === 'variable')
        expect([place, (await values(dashboard, title)).length]).not.toEqual([place, 0]);
    expect(await values('frr-session', 'vrf')).toEqual(['default', 'observer', 'tenant-a', 'tenant-b']);
    expect(await values('frr-session', 'peer')).toEqual(expect.arrayContaining(['100.64.1.1', 'eth2']));
    expect(await values('frr-exporter', 'instance')).toContain(INSTANCE);
  });
});

test('a cable is cut', async () => {
  const fault = Date.now();
  await lab.cut('tor2');
  try {
    const cause = 'link down (eth2)';
    // FRR 8.4 may put the next hop that is lost in place of the reason; both are what FRR says.
    const why = expect.stringMatching(/^(BFD down received|Waiting for NHT)/);
    const down = expect.stringMatching(/^(Idle|Active|Connect)$/);
    await eventually(async () => {
      const shown = fleet();
      // Two sessions go over that cable.
      expect(await shown.values('Sessions down')).toEqual([5]);
      expect(await shown.values('Redundancy lost')).toEqual([1]);
      expect(await shown.values('Nodes cut off')).toEqual(['none']);
      expect(await shown.rows('Sessions down now')).toEqual(
        having({
          Cluster: 'lab',
          Node: INSTANCE,
          VRF: 'default',
          Peer: 'eth2',
          'Peer group': 'uplink',
          'Remote AS': '65002',
          State: down,
          Since: since(fault),
          Cause: cause,
          'FRR says': why,
          'Drops in 1 h': AT_LEAST_ONCE,
        }),
      );
      expect(await shown.rows('Nodes and their uplinks')).toEqual([
        expect.objectContaining({ Peer: '100.64.1.1', State: 'Established', Received: expect.any(Number) }),
        expect.objectContaining({ Peer: 'eth2', State: down, Received: 0 }),
      ]);
      expect(await shown.rows('Routers: nodes lost of total')).toEqual(
        having(
          { 'Router ID': '10.0.0.1', 'Nodes lost': 0, 'of total': 1, 'Reboot cuts off: nodes': 1 },
          { 'Router ID': '10.0.0.2', 'Nodes lost': 1, 'of total': 1, 'Reboot cuts off: nodes': 0 },
        ),
      );
      expect(await shown.rows('Firing alerts')).toEqual(
        having({
          Alert: 'FRRBGPPeerDown',
          Severity: 'critical',
          Peer: 'eth2',
          About: '10.0.0.2',
          Since: since(fault),
        }),
      );
      expect(await shown.values('Alerts firing')).toEqual([AT_LEAST_ONCE]);
      expect(await shown.rows('Sessions that drop most')).toEqual(
        having({ Peer: 'eth2', 'Drops in 1 h': AT_LEAST_ONCE }),
      );
      expect((await shown.courses('Sessions that were down'))[`${INSTANCE} default eth2`]?.at(-1)).toEqual(
        down,
      );
      expect(await shown.values('Sessions down and nodes at risk')).toEqual([5, 1, 0]);
    });
    await eventually(async () => {
      const shown = node();
      expect(await shown.values('Sessions down')).toEqual([5]);
      expect(await shown.values('Uplinks')).toEqual([1, 2]);
      expect(await shown.rows('BGP sessions')).toEqual(
        having({
          Peer: 'eth2',
          State: down,
          Cause: cause,
          'FRR says': why,
          'Last down': since(fault),
          Received: 0,
        }),
      );
      const bgp = (await shown.courses('BGP sessions over time'))['default eth2'];
      expect([bgp?.[0], bgp?.at(-1)]).toEqual(['Established', down]);
      const bfd = (await shown.courses('BFD sessions over time'))['default 100.64.2.1 eth2'];
      expect([bfd?.[0], bfd?.at(-1)]).toEqual(['Up', 'Down']);
      expect(await shown.rows('Alerts firing on this node')).toEqual(having({ Alert: 'FRRBGPPeerDown' }));
    });
    await eventually(async () => {
      const shown = session('eth2');
      expect(await shown.values('State')).toEqual([down]);
      expect(await shown.absence('Established since')).toMatch(/^Not established now\./);
      expect(await shown.names('Why it went down last')).toEqual([cause, why]);
      expect(await shown.values('Last down')).toEqual([since(fault)]);
      expect(await shown.values('Drops in a day')).toEqual([AT_LEAST_ONCE]);
      const states = await shown.courses('State, admin state and graceful restart');
      expect(states['State default eth2']?.at(-1)).toEqual(down);
      expect(states['Admin default eth2']).toEqual(['Wanted']);
      expect(states['BFD default 100.64.2.1 eth2']?.at(-1)).toBe('Down');
      const prefixes = await shown.courses('IPv4 prefixes in, against the day and the limit');
      expect(prefixes['Received default eth2 ipv4 unicast']).toEqual(expect.arrayContaining([21, 0]));
      expect(prefixes['Limit default eth2 ipv4 unicast']).toEqual([50]);
      expect((await shown.courses('IPv4 prefixes out'))['Advertised default eth2 ipv4 unicast']).toEqual(
        expect.arrayContaining([expect.any(Number), 0]),
      );
      const drops = (await shown.courses('Drops and recoveries'))['Down default eth2'] ?? [];
      expect(Math.max(...(drops as number[]))).toBeGreaterThanOrEqual(1);
      expect(await shown.rows('BFD in detail')).toEqual(
        having({
          Interface: 'eth2',
          State: 'Down',
          'Down since': since(fault),
          'Drops in 1 d': AT_LEAST_ONCE,
        }),
      );
      expect(await shown.rows('Causes in this time')).toEqual(
        having({ Peer: 'eth2', Cause: 'link_down', 'In words': cause }),
      );
      // The reason at the time of the loss is here, whatever came after it.
      expect(await shown.rows('Reasons in this time')).toEqual(having({ Peer: 'eth2', Reason: why }));
    });
    const annotation = QUERIES.find(({ place }) => place === 'frr-session: Session went down: annotation');
    await eventually(async () => {
      const marks = await runQuery(
        prometheus.url,
        dashboardOf('frr-session'),
        annotation as Query,
        { ...CHOSEN, vrf: ['default'], peer: ['eth2'] },
        when(),
      );
      expect(marks.map(({ values }) => values.at(-1)?.[1])).toContainEqual(since(fault));
    });
    await expectAnswers('link');
  } finally {
    await lab.heal('tor2');
    await lab.untilUp();
  }
});

test('a peer announces more than its limit', async () => {
  const family = ['router bgp 64999', 'address-family ipv4 unicast'];
  await lab.node.configure(...family, 'neighbor 100.64.1.1 maximum-prefix 5');
  try {
    await eventually(async () => {
      const shown = session('100.64.1.1');
      expect(await shown.values('State')).toEqual([expect.stringMatching(/^(Idle|Active|Connect)$/)]);
      expect(await shown.names('Why it went down last')).toEqual([
        'the peer exceeded the prefix limit',
        'BGP Notification send Cease/Maximum Number of Prefixes Reached',
      ]);
      const limits = await shown.courses('Policy and prefix limit');
      expect(limits['Limit default 100.64.1.1 ipv4 unicast']?.at(-1)).toBe('Stopped by the limit');
      const prefixes = await shown.courses('IPv4 prefixes in, against the day and the limit');
      expect(prefixes['Limit default 100.64.1.1 ipv4 unicast']).toEqual([100, 5]);
      expect(await fleet().rows('Firing alerts')).toEqual(
        having({ Alert: 'FRRBGPMaxPrefixExceeded', Severity: 'critical', Peer: '100.64.1.1' }),
      );
    });
    await expectAnswers('limit');
  } finally {
    await lab.node.configure(...family, 'no neighbor 100.64.1.1 maximum-prefix');
    await lab.node.vtysh('clear bgp 100.64.1.1');
    await lab.untilUp();
  }
});

test('a prefix list filters an address', async () => {
  const family = ['router bgp 64999', 'address-family ipv4 unicast'];
  const groups = ['uplink', 'guests'];
  await lab.node.configure(
    'ip prefix-list filtered seq 5 deny 203.0.113.20/32',
    'ip prefix-list filtered seq 10 permit any',
    ...family,
    ...groups.map((group) => `neighbor ${group} prefix-list filtered out`),
  );
  const lost = { Address: '203.0.113.20', Node: INSTANCE, Interface: 'br-ex' };
  try {
    await eventually(async () => {
      for (const shown of [fleet(), openstack()]) {
        expect(await shown.values('Unreachable IPs')).toEqual([1]);
        expect(await shown.rows('Addresses nobody can reach')).toEqual([
          expect.objectContaining({ ...lost, Why: 'Announced to nobody' }),
        ]);
      }
      expect(await node().values('Announced to nobody')).toEqual([1]);
      expect(await node().rows('Host addresses')).toEqual(
        having({
          Address: lost.Address,
          Interface: lost.Interface,
          Verdict: 'In BGP, sent to nobody',
          Peers: 0,
        }),
      );
      expect(await openstack().rows('Every host address')).toEqual(
        having({ ...lost, Verdict: 'In BGP, sent to nobody', Peers: 0 }),
      );
      expect(await openstack().values('Addresses announced')).toEqual([HOST_ADDRESSES - 1]);
      expect(await openstack().values('Host addresses')).toEqual([HOST_ADDRESSES, HOST_ADDRESSES - 1, 1]);
      expect(await openstack().courses('Announced to nobody, over time')).toEqual({
        [`203.0.113.20 on ${INSTANCE} br-ex`]: ['Announced to nobody'],
      });
    });
    await expectAnswers('filter');
  } finally {
    await lab.node.configure(
      ...family,
      ...groups.map((group) => `no neighbor ${group} prefix-list filtered out`),
    );
  }
});

test('zebra hangs', async () => {
  lab.hang('node', 'zebra');
  const gone = ['rib', 'default-route', 'evpn', 'daemons', 'host-routes'];
  try {
    await eventually(async () => {
      expect(await fleet().values('Daemons down')).toEqual([1]);
      expect(await node().values('Daemons down')).toEqual([1]);
      expect((await node().courses('FRR daemons over time')).zebra?.at(-1)).toBe('Hangs');
      expect(await node().rows('Daemons')).toEqual(
        having({ Daemon: 'zebra', State: 'Hangs' }, { Daemon: 'bgpd', State: 'Up' }),
      );
      expect((await node().courses('Collectors')).rib?.at(-1)).toBe('Fails');
      expect(await node().absence('Routes by protocol')).toBe('No data: is the collector "rib" on?');
      expect(await pipeline().values('Collectors failing')).toEqual([expect.any(Number)]);
      expect(await pipeline().rows('Failing collectors')).toEqual(
        having({
          Node: INSTANCE,
          Collector: 'rib',
          Reason: 'timed_out',
          'Age of its data': expect.toSatisfy((age: number) => age > 5),
        }),
      );
      expect(await pipeline().names('Failures')).toContain('rib: timed_out');
    });
    await expectAnswers('zebra', (query) => behind(query).some((collector) => gone.includes(collector)));
  } finally {
    lab.resume('node', 'zebra');
    await lab.untilUp();
  }
});

test('bgpd is killed', async () => {
  await lab.kill('node', 'bgpd');
  // zebra does not report VNIs either: bgpd is the one that requests them.
  const gone = ['bgp', 'bgp-neighbors', 'host-routes', 'evpn'];
  try {
    await eventually(async () => {
      expect(await fleet().values('Daemons down')).toEqual([1]);
      expect(await fleet().values('Unreachable IPs')).toEqual([HOST_ADDRESSES]);
      expect((await node().courses('FRR daemons over time')).bgpd?.at(-1)).toBe('Dead');
      expect(await node().rows('Daemons')).toEqual(having({ Daemon: 'bgpd', State: 'Dead' }));
      expect(await node().rows('Alerts firing on this node')).toEqual(
        having({ Alert: 'FRRDaemonDown', About: 'bgpd', Severity: 'critical' }),
      );
      expect(await node().absence('BGP sessions')).toMatch(/^No data: are the collectors "bgp"[a-z", -]+ on/);
      expect(await pipeline().rows('Failing collectors')).toEqual(
        having(
          { Collector: 'bgp', Reason: 'not_running' },
          { Collector: 'host-routes', Reason: 'not_running' },
        ),
      );
    });
    // Nor has bfdd any session that is up: it forgets those that bgpd requested.
    const forgotten = 'frr-session: BFD in detail: C';
    await expectAnswers(
      'bgpd',
      (query) => query.place === forgotten || behind(query).some((collector) => gone.includes(collector)),
    );
  } finally {
    await lab.restart('node', 'bgpd');
    await lab.untilUp();
  }
});

test('the exporter dies', async () => {
  await eventually(async () => {
    expect(await openstack().values('Addresses announced')).toEqual([HOST_ADDRESSES]);
    expect(await fleet().values('Unreachable IPs')).toEqual(['none']);
  });
  process.kill(exporter.pid, 'SIGKILL');
  await eventually(async () => {
    expect(await fleet().values('Exporters down')).toEqual([1]);
    expect(await pipeline().values('Exporters down')).toEqual([1]);
    expect(await pipeline().rows('Exporters')).toEqual([
      expect.objectContaining({ Node: INSTANCE, Scrape: 'Fails', Samples: 0 }),
    ]);
    expect(await fleet().rows('Addresses nobody can reach')).toEqual(
      having(
        ...NODE_HOST_ADDRESSES.map(({ address }) => ({
          Address: address,
          Why: 'Its node is silent',
        })),
      ),
    );
  });
  // There are no samples of now, but there are older ones.
  await expectAnswers('exporter', ({ instant }) => instant);
});
