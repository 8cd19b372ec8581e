/**
 * What must hold on every FRR version: one laboratory with everything that a session can be, one exporter beside its
 * node, and one thing after another happening to them.
 */
import { isDeepStrictEqual } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { configDrift } from '../../../src/collectors/config-drift.ts';
import { type Prefix, parsePrefix } from '../../../src/frr/addresses.ts';
import {
  bgpChanged,
  bgpRange,
  bgpRangeDetail,
  bgpType5Table,
  bgpVpnTable,
} from '../../../src/frr/commands.ts';
import { openSource } from '../../../src/frr/open.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { allCommands } from '../../commands.ts';
import {
  type Exporter,
  type FrrVersion,
  FULL,
  type Lab,
  labFlags,
  labSource,
  MAIN,
  NODE_HOST_ADDRESSES,
  type Page,
  readPage,
  recordPlaced,
  type Series,
  startExporter,
  startLab,
  waitFor,
} from '../../lab/index.ts';
import { collect, frrOf, lines } from '../../unit/collectors/recorded.ts';
import { host } from '../../unit/frr/host.ts';
import { provokeCauses, revertCauses, startHastyPeer, starve, untilCauses } from './causes.ts';

/** Seconds between polls of sessions and daemons; tables take three times as long, details twelve times. */
const INTERVAL = 2;
/** Seconds that a poll and this test may take themselves on a busy machine. */
const BUSY = 4;
/** Milliseconds within which a change that FRR knows of must be on the page. */
const TWO_POLLS = (2 * INTERVAL + BUSY) * 1000;
const TWO_POLLS_OF_TABLES = (2 * 3 * INTERVAL + BUSY) * 1000;
const TWO_POLLS_OF_DETAILS = (2 * 12 * INTERVAL + BUSY) * 1000;

const SESSIONS_UP = {
  'default 100.64.1.1': 1,
  'default eth2': 1,
  'default 100.64.3.1': 1,
  'default 2001:db8:64::1': 1,
  'default 192.0.2.66': 0,
  'default 192.0.2.67': 0,
  'tenant-a 198.51.100.7': 0,
  'tenant-b 100.65.0.1': 1,
  'observer 192.0.2.70': 0,
};

/** Why FRR says that a session went down whose link was cut, by whichever of BFD and the interface was noticed first. */
const CUT_REASONS =
  /^(BFD down received|BFD down initiated|BFD Session Down|Interface down|Waiting for NHT|No path to specified Neighbor|Neighbor address lost)/;

/** Why a session is still down whose link is up again, while its peer is dead: FRR 10.7 goes on reporting the first reason. */
const HEALED_CAUSES = /^peer_closed: |^interface_lost: |^no_answer: /;

/** Metrics that differ from one poll to the next. */
const MOVING =
  /_timestamp_seconds$|_messages_.*total$|_packets_.*_total$|_rtt_|_memory_bytes$|_queue_messages$/;
/** The exporter's own metrics. */
const OWN = /^(frr_exporter_|frr_collector_|process_|nodejs_)/;

interface FamilyOfPeer {
  readonly state: string;
}

export function describeVersion(version: FrrVersion, source: 'vtysh' | 'socket'): void {
  describe(`FRR ${version}, queried by ${source}`, () => {
    let lab: Lab;
    let exporter: Exporter;

    /** Waits for the page to be so, and gives it. */
    const pageWhere = (so: (page: Page) => boolean, within: number, what: string) =>
      waitFor(
        async () => {
          const page = await exporter.page();
          return so(page) ? page : undefined;
        },
        { within, for: what },
      );
    /** Waits until FRR itself has a session in the state, or no longer in it. */
    const untilFrr = (peer: string, so: (state: string) => boolean) =>
      waitFor(
        async () => {
          const { ipv4Unicast } = await lab.node.json<{
            ipv4Unicast: { peers: Record<string, FamilyOfPeer> };
          }>('show bgp summary json');
          return so(ipv4Unicast.peers[peer]?.state ?? 'absent');
        },
        { within: 30_000, for: `FRR to report another state of ${peer}` },
      );
    const once = async (by: 'vtysh' | 'socket') => {
      const { stdout } = await execa(
        'ip',
        ['netns', 'exec', lab.node.namespace, process.execPath, MAIN, 'once', ...labFlags(lab, by)],
        { env: { FRR_LAB: lab.name } },
      );
      return readPage(stdout);
    };
    const up = (page: Page) =>
      Object.fromEntries(
        page.find('frr_bgp_session_up').map(({ labels, value }) => [`${labels.vrf} ${labels.peer}`, value]),
      );

    beforeAll(async () => {
      lab = await startLab({ version, name: `v${version.replaceAll('.', '')}`, topology: FULL });
      exporter = await startExporter({
        lab,
        source,
        flags: [`--poll.interval=${INTERVAL}s`, '--poll.stale-after=4s', '--poll.max-share=50%'],
      });
    });
    afterAll(async () => {
      await exporter?.stop();
      await lab?.stop();
    });

    test('reports every session', async () => {
      const page = await pageWhere(
        (read) => up(read)['tenant-b 100.65.0.1'] === 1,
        TWO_POLLS,
        'the sessions',
      );
      expect(up(page)).toEqual(SESSIONS_UP);
      expect(page.value('frr_up')).toBe(1);
      expect(page.find('frr_info').map(({ labels }) => labels.version)).toEqual([version]);
      expect(page.find('frr_collector_up').filter(({ value }) => value !== 1)).toEqual([]);
      expect(page.find('frr_exporter_series_dropped_total').filter(({ value }) => value !== 0)).toEqual([]);
      expect(page.find('frr_bgp_session_admin_up').filter(({ value }) => value === 0)).toMatchObject([
        { labels: { vrf: 'default', peer: '192.0.2.67' } },
      ]);
      expect(page.find('frr_bfd_session_up').filter(({ value }) => value === 1)).toHaveLength(3);
      for (const afi of ['ipv4', 'ipv6'])
        expect(page.value('frr_default_route_installed', { vrf: 'default', afi })).toBe(1);
      await untilCauses(
        exporter,
        {
          '192.0.2.66': /^no_route: no route to the peer$/,
          '192.0.2.67': /^shut_here: shut down on this node$/,
          '198.51.100.7': version === '7.5.1' ? /^not_configured: / : /^vrf_missing: the VRF does not exist$/,
        },
        TWO_POLLS,
      );
    });

    test('reports every host address', async () => {
      const page = await pageWhere(
        (read) => read.find('frr_host_route_advertised_peers').every(({ value }) => value > 0),
        TWO_POLLS_OF_TABLES,
        'the host addresses to be announced',
      );
      const reported = page.find('frr_host_route_in_bgp');
      const expected = [
        ...NODE_HOST_ADDRESSES.map((address) => ({ ...address, vrf: 'default' })),
        { address: '10.65.0.1', interface: 'lo', afi: 'ipv4', vrf: 'tenant-b' },
      ];
      expect(reported.map(({ labels, value }) => ({ ...labels, value }))).toEqual(
        expect.arrayContaining(expected.map((one) => ({ ...one, origin: 'interface', value: 1 }))),
      );
      expect(reported).toHaveLength(expected.length);
    });

    test('reports where a policy is missing', async () => {
      const page = await exporter.page();
      const missing = (afi: string, safi: string) =>
        page.value('frr_bgp_policy_missing', { vrf: 'default', peer: '100.64.1.1', afi, safi });
      expect(missing('ipv4', 'vpn')).toBe(1);
      expect(missing('ipv4', 'unicast')).toBe(0);
    });

    test('gives a page that promtool takes without a word', async () => {
      const { all } = await execa('promtool', ['check', 'metrics'], {
        input: await exporter.text(),
        all: true,
      });
      expect(all).toBe('');
    });

    test('gives the same by vtysh and by the sockets', async () => {
      const pages = { vtysh: await once('vtysh'), socket: await once('socket') };
      const seen = (page: Page) =>
        page.series
          .filter(({ name }) => !OWN.test(name))
          .map(({ name, labels, value }) => [name, labels, MOVING.test(name) ? 'moving' : value]);
      expect(seen(pages.vtysh)).toEqual(seen(pages.socket));
      // Timestamps may differ by a second, because FRR reports whole seconds.
      const times = (page: Page) =>
        page.series.filter(({ name }) => name.endsWith('_timestamp_seconds') && !OWN.test(name));
      const apart = times(pages.vtysh).map(({ value }, i) =>
        Math.abs(value - (times(pages.socket)[i] as Series).value),
      );
      expect(apart.length).toBeGreaterThan(4);
      expect(Math.max(...apart)).toBeLessThan(2.5);
    });

    test('sends no command that harms a daemon, with peers up', () => sendAllCommands(lab));

    test('loses no history when a description is edited', async () => {
      const peer = { vrf: 'default', peer: '100.64.1.1' };
      const counters = (page: Page) =>
        page.series.filter(
          ({ name, labels }) =>
            name.startsWith('frr_bgp_session_') && name.endsWith('_total') && labels.peer === peer.peer,
        );
      const before = counters(await exporter.page());
      expect(before.length).toBeGreaterThan(10);
      await lab.node.configure('router bgp 64999', 'neighbor 100.64.1.1 description another "name"');
      const page = await pageWhere(
        (read) => read.find('frr_bgp_session_info', { ...peer, description: 'another "name"' }).length === 1,
        TWO_POLLS_OF_DETAILS,
        'the new description',
      );
      expect(page.find('frr_bgp_session_info', peer)).toHaveLength(1);
      const after = counters(page);
      expect(after.map(({ name, labels }) => [name, labels])).toEqual(
        before.map(({ name, labels }) => [name, labels]),
      );
      for (const [i, { value }] of after.entries())
        expect(value).toBeGreaterThanOrEqual((before[i] as Series).value);
    });

    test('reports within two polls that a host address is no longer announced', async () => {
      const advertised = (page: Page, address: string) =>
        page.value('frr_host_route_advertised_peers', { address });
      const before = advertised(
        await pageWhere(
          (read) => (advertised(read, '172.31.0.5') ?? 0) > 1,
          TWO_POLLS_OF_TABLES + 5_000,
          'the address to be announced',
        ),
        '172.31.0.5',
      );
      const inFamily = ['router bgp 64999', 'address-family ipv4 unicast'];
      const groups = ['uplink', 'guests'];
      await lab.node.configure(
        'ip prefix-list filtered seq 5 deny 172.31.0.5/32',
        'ip prefix-list filtered seq 10 permit any',
        ...inFamily,
        ...groups.map((group) => `neighbor ${group} prefix-list filtered out`),
      );
      try {
        // FRR waits for five seconds after a policy was changed before it acts on it.
        await waitFor(
          async () => {
            const route = await lab.node.json<{ advertisedTo?: object }>(
              'show bgp ipv4 unicast 172.31.0.5/32 json',
            );
            return Object.keys(route.advertisedTo ?? {}).length === 0;
          },
          { within: 30_000, for: 'FRR to withdraw the address' },
        );
        const page = await pageWhere(
          (read) => advertised(read, '172.31.0.5') === 0,
          TWO_POLLS_OF_TABLES,
          'the address to be announced to nobody',
        );
        expect(advertised(page, '172.16.0.1')).toBe(before);
        expect(page.value('frr_host_route_in_bgp', { address: '172.31.0.5' })).toBe(1);
        expect(page.value('frr_host_routes_unadvertised', { vrf: 'default' })).toBe(1);
        expect(up(page)).toEqual(SESSIONS_UP);
      } finally {
        await lab.node.configure(
          ...inFamily,
          ...groups.map((group) => `no neighbor ${group} prefix-list filtered out`),
        );
      }
      await pageWhere(
        (read) => advertised(read, '172.31.0.5') === before,
        TWO_POLLS_OF_TABLES + 5_000,
        'the address to be announced again',
      );
    });

    test('reports within two polls that a link was cut, and why the session is down', async () => {
      const peer = { vrf: 'default', peer: 'eth2' };
      const dropped = (page: Page) => page.value('frr_bgp_session_dropped_total', peer) as number;
      const before = dropped(await exporter.page());
      // Also when this test fails: the others need the link.
      onTestFinished(() => lab.heal('tor2'));
      await lab.cut('tor2');
      await untilFrr('eth2', (state) => state !== 'Established');
      const page = await pageWhere(
        (read) => {
          expect(read.value('frr_bgp_session_up', peer)).toBe(0);
          expect(read.find('frr_bgp_session_last_reset_info', peer)[0]?.labels.reason).toMatch(CUT_REASONS);
          return true;
        },
        TWO_POLLS,
        'the session to be down with its reason',
      );
      expect(dropped(page)).toBe(before + 1);
      expect(page.find('frr_bgp_session_last_reset_info', peer)).toHaveLength(1);
      expect(page.value('frr_bgp_session_admin_up', peer)).toBe(1);
      expect(page.value('frr_bgp_session_up', { vrf: 'default', peer: '100.64.1.1' })).toBe(1);
      await untilCauses(exporter, { eth2: /^link_down: link down \(eth2\)$/ }, TWO_POLLS);
      await waitFor(
        () =>
          exporter
            .output()
            .split('\n')
            .some((line) => /"peer":"eth2".*"from":"Established"/.test(line)),
        { within: 12_000, for: 'the log to report it' },
      );
      await lab.heal('tor2');
      await lab.untilUp();
      await pageWhere((read) => up(read)['default eth2'] === 1, TWO_POLLS, 'the session to be up again');
    });

    test('reports that a session was stopped by its prefix limit', async () => {
      const peer = { vrf: 'default', peer: 'eth2', afi: 'ipv4', safi: 'unicast' };
      expect((await exporter.page()).value('frr_bgp_prefix_limit', peer)).toBe(50);
      const networks = Array.from({ length: 60 }, (_, i) => `network 10.200.${i}.0/24`);
      const inFamily = ['router bgp 65002', 'address-family ipv4 unicast'];
      await lab.tor2.configure(...inFamily, ...networks);
      await untilFrr('eth2', (state) => state === 'Idle (PfxCt)');
      const page = await pageWhere(
        (read) => read.value('frr_bgp_prefix_limit_exceeded', peer) === 1 && up(read)['default eth2'] === 0,
        TWO_POLLS,
        'the session to be stopped by its limit',
      );
      // FRR does not report which of the session's limits it was.
      const exceeded = page.find('frr_bgp_prefix_limit_exceeded').filter(({ value }) => value === 1);
      expect(exceeded.map(({ labels }) => [labels.peer, labels.afi])).toEqual([
        ['eth2', 'ipv4'],
        ['eth2', 'ipv6'],
      ]);
      await untilCauses(exporter, { eth2: /^over_limit: the peer exceeded the prefix limit$/ }, TWO_POLLS);
      await lab.tor2.configure(...inFamily, ...networks.map((network) => `no ${network}`));
      await lab.node.vtysh('clear bgp eth2');
      await lab.untilUp();
    });

    describe('lets a neighbor go', () => {
      const having = (page: Page) => page.series.filter(({ labels }) => labels.peer === '192.0.2.66');
      // It does not come back: before the test, which can be tried twice.
      beforeAll(async () => {
        expect(having(await exporter.page()).length).toBeGreaterThan(5);
        await lab.node.configure('router bgp 64999', 'no neighbor 192.0.2.66');
      });

      test('that was removed, and all of its series', async () => {
        // The details of a session disappear with their next poll, which comes at once because a session changed.
        const page = await pageWhere((read) => having(read).length === 0, TWO_POLLS, 'its series to be gone');
        expect(Object.keys(up(page))).toHaveLength(Object.keys(SESSIONS_UP).length - 1);
      });
    });

    test('reports a VNI that is added and removed', async () => {
      const vni = (page: Page) => page.find('frr_evpn_vni_info', { vni: '200', type: 'L2' }).length;
      await lab.node.ip(
        'link add br200 type bridge',
        'link set br200 up',
        'link add vx200 type vxlan id 200 dstport 4789 local 172.16.0.1 nolearning',
        'link set vx200 master br200',
        'link set vx200 up',
      );
      try {
        const page = await pageWhere((read) => vni(read) === 1, TWO_POLLS_OF_TABLES, 'the VNI');
        expect(page.value('frr_evpn_vnis', { type: 'L2' })).toBe(2);
        expect(page.value('frr_evpn_vnis', { type: 'L3' })).toBe(1);
      } finally {
        await lab.node.ip('link del vx200', 'link del br200');
      }
      await pageWhere((read) => vni(read) === 0, TWO_POLLS_OF_TABLES, 'the VNI to be gone');
    });

    test('distinguishes a starved bfdd from a silent path', async () => {
      // Through a prefix of vtysh, the exporter does not know which processes are those of FRR.
      const visible = source === 'socket' || lab.node.root.path === '/';
      const feed = await starve(lab.node.pid('bfdd') as number);
      onTestFinished(feed);
      const cause = visible
        ? /^daemon_starved: bfdd on this node did not run for \d\.\d s$/
        : /^path_silent: path silent: BFD timed out, link up$/;
      // Each time that the session flaps, it is down for a second or two, which not every poll sees.
      await untilCauses(exporter, { eth2: cause }, 50_000);
      await feed();
      await lab.untilUp();
    });

    test('reports why a session is down, whatever the cause', async () => {
      onTestFailed(() => revertCauses(lab));
      await using _ = await startHastyPeer(lab);
      const expected = await provokeCauses(lab);
      await lab.kill('tor2', 'bgpd');
      await untilCauses(
        exporter,
        { ...expected, eth2: /^peer_closed: the peer closed the session or restarted$/ },
        20_000,
      );
      await lab.cut('tor2');
      await untilCauses(exporter, { eth2: /^link_down: / }, TWO_POLLS);
      await lab.heal('tor2');
      await untilCauses(exporter, { eth2: HEALED_CAUSES }, 20_000);
    });

    test('answers while bgpd is dead, and reports it', async () => {
      await lab.kill('node', 'bgpd');
      const page = await pageWhere(
        (read) =>
          read.value('frr_daemon_up', { daemon: 'bgpd' }) === 0 &&
          read.find('frr_bgp_session_up').length === 0,
        // The last results are served for four seconds.
        TWO_POLLS + 4_000,
        'bgpd to be down and its metrics to be gone',
      );
      expect(page.value('frr_up')).toBe(1);
      expect(page.value('frr_collector_up', { collector: 'bgp' })).toBe(0);
      expect(page.value('frr_collector_up', { collector: 'bfd' })).toBe(1);
      expect(page.value('frr_daemon_up', { daemon: 'zebra' })).toBe(1);
      expect(
        page.value('frr_collector_errors_total', { collector: 'bgp', reason: 'not_running' }),
      ).toBeGreaterThan(0);
      await lab.restart('node', 'bgpd');
      await untilCauses(exporter, { '192.0.2.66': /^bgpd_restarted: bgpd on this node restarted$/ }, 20_000);
      // With the configuration from the beginning.
      await Promise.all([lab.restart('tor1', 'bgpd'), lab.restart('tor2', 'bgpd')]);
      await lab.untilUp();
      const again = await pageWhere(
        (read) => isDeepStrictEqual(up(read), SESSIONS_UP),
        // Sessions other than the uplinks come up in their own time.
        30_000,
        'the sessions to be reported again',
      );
      expect(again.value('frr_daemon_restarts_total', { daemon: 'bgpd' })).toBe(1);
      expect(again.value('frr_daemon_restarts_total', { daemon: 'zebra' })).toBe(0);
    });

    test('sends no command that harms a daemon, with peers down', async () => {
      for (const link of Object.keys(FULL.links)) await lab.cut(link);
      await untilFrr('eth2', (state) => state !== 'Established');
      await untilFrr('100.64.1.1', (state) => state !== 'Established');
      await sendAllCommands(lab);
    });

    // What is taken away does not come back: before the tests, which can be tried twice.
    describe('without peers', () => {
      beforeAll(() =>
        lab.node.configure(
          'vrf tenant-b',
          'no vni 5000',
          'exit-vrf',
          // FRR 10.3 does not find a view that it is to remove.
          'router bgp 64996 view observer',
          'no neighbor 192.0.2.70',
          'exit',
          'no router bgp 64998 vrf tenant-b',
          'no router bgp 64999 vrf tenant-a',
          'no router bgp 64999',
        ),
      );

      test('distinguishes that from no answer', async () => {
        const page = await pageWhere(
          (read) => read.find('frr_bgp_session_up').length === 0,
          TWO_POLLS,
          'the sessions to be gone',
        );
        expect(page.value('frr_collector_up', { collector: 'bgp' })).toBe(1);
        expect(page.value('frr_daemon_up', { daemon: 'bgpd' })).toBe(1);
      });

      test('sends no command that harms a daemon', () => sendAllCommands(lab));
    });

    test.each(['socket', 'vtysh'] as const)(
      'shows by %s what was placed, and what was changed since',
      async (kind) => {
        const placed = await recordPlaced(lab.node, '', lab.folder);
        const { source } = await openSource(labSource(lab.node, kind));
        const drift = async () =>
          lines(await collect(activate(configDrift, { digest: placed }), frrOf(source))).slice(0, 2);
        expect(await drift()).toEqual([
          'frr_config_drift{change="missing"} 0',
          'frr_config_drift{change="added"} 0',
        ]);
        // One entry: FRR 10.3 has had a second one since its configuration was loaded again.
        const entry = 'ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 32';
        await lab.node.configure('ip route 192.0.2.128/25 blackhole', `no ${entry}`);
        try {
          expect(await drift()).toEqual([
            'frr_config_drift{change="missing"} 1',
            'frr_config_drift{change="added"} 1',
          ]);
        } finally {
          await lab.node.configure('no ip route 192.0.2.128/25 blackhole', entry);
        }
        expect(await drift()).toEqual([
          'frr_config_drift{change="missing"} 0',
          'frr_config_drift{change="added"} 0',
        ]);
        await source.close();
      },
    );

    // At the end: zebra 10.3 crashes when routes change after a network namespace has gone.
    describe('reports a VRF', () => {
      beforeAll(() =>
        lab.addVrf('node', 'tenant-c', ['addr add 10.66.0.1/32 dev lo', 'addr add 10.66.1.1/24 dev lo']),
      );
      const routes = (page: Page) =>
        page.value('frr_rib_routes', { vrf: 'tenant-c', afi: 'ipv4', protocol: 'connected' });

      test('that is added', async () => {
        // zebra looks into a new network namespace after a second or two.
        await pageWhere((read) => routes(read) === 2, TWO_POLLS_OF_TABLES + 5_000, 'the VRF');
      });

      describe('until it', () => {
        beforeAll(() => lab.removeVrf('node', 'tenant-c'));

        test('is removed', async () => {
          await pageWhere(
            (read) => read.series.every(({ labels }) => labels.vrf !== 'tenant-c'),
            TWO_POLLS_OF_TABLES + 5_000,
            'the VRF to be gone',
          );
        });
      });
    });

    test('has seen no daemon crash', () => {
      expect([lab.node, lab.tor1, lab.tor2].flatMap((router) => router.crashes())).toEqual([]);
    });
  });
}

/** Sends every command of the allow-list by both ways, and looks that every daemon lives on and answers. */
async function sendAllCommands(lab: Lab): Promise<void> {
  const { daemons } = lab.node;
  const before = [...daemons, 'watchfrr'].map((daemon) => [daemon, lab.node.pid(daemon)]);
  const commands = [
    ...allCommands(
      ['default', 'tenant-a', 'tenant-b'],
      ['172.31.0.5', '192.0.2.250', 'f00d:f00d::1', '2001:db8::250'].map(host),
      ['172.16.0.1:2', '64999:4'],
    ),
    // Those of a witness and of thousands of addresses, which are not recorded.
    ...['default', 'tenant-b'].flatMap((vrf) =>
      ['0.0.0.0/0', '172.31.0.0/16', '0:0:0:0:0:0:0:0/0']
        .map((range) => parsePrefix(range) as Prefix)
        .flatMap((range) => [bgpRange(vrf, range), bgpRangeDetail(vrf, range)]),
    ),
    ...['default', 'tenant-b'].flatMap((vrf) => [bgpChanged(vrf, 'ipv4', 1), bgpChanged(vrf, 'ipv6', 2)]),
    ...[bgpVpnTable('ipv4'), bgpVpnTable('ipv6'), bgpType5Table],
  ];
  for (const kind of ['socket', 'vtysh'] as const) {
    const { source } = await openSource(labSource(lab.node, kind));
    const unexpected: string[] = [];
    for (const command of commands) {
      const runs = daemons.includes(command.daemon) || command.daemon === 'watchfrr';
      // A vtysh for each daemon that was not started would take long and report nothing.
      if (!runs && kind === 'vtysh') continue;
      try {
        await source.show(command, AbortSignal.timeout(10_000));
      } catch (error) {
        if (!(error instanceof FrrError)) throw error;
        // A daemon that was not started, and a VRF that the kernel does not have.
        // bgpd knows RPKI only with its module, which the laboratory does not load.
        // FRR 7.5 has no JSON about parts of a table.
        const withoutModule =
          error.reason === 'unknown_command' &&
          (command.text.startsWith('show rpki ') ||
            (lab.version.startsWith('7.5') && / unicast (\S+ longer-prefixes|version) /.test(command.text)));
        const expected = runs
          ? command.text.includes('vrf tenant-a') || withoutModule
          : error.reason === 'not_running';
        if (!expected) unexpected.push(`${command.daemon}: ${command.text}: ${error.message}`);
      }
    }
    await source.close();
    expect(unexpected).toEqual([]);
  }
  expect([...daemons, 'watchfrr'].map((daemon) => [daemon, lab.node.pid(daemon)])).toEqual(before);
  expect(before.every(([, pid]) => pid !== undefined)).toBe(true);
}
