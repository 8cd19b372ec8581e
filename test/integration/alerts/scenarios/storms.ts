/** One fault is one page, however many nodes it hits, and a second fault is a second page. */
import { type Fleet, healthy, numbers, target } from '../fleet.ts';
import { atEachInterval, type Scenario } from '../scenario.ts';

const PEER1 = 'vrf=default peer=100.64.1.1';
const PEER2 = 'vrf=default peer=eth2';
const node = (number: number): string => `node-${number}`;
const of = (number: number) => ({ instance: `node-${number}:9342` });

export const STORMS: readonly Scenario[] = [
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    return {
      name: 'four of eight nodes die within an interval, later another, later three more',
      about: ['FRRNodesDown', 'FRRNodeDown'],
      // After an hour or two the availability of addresses is at risk, too.
      only: new Set(['FRRNodesDown', 'FRRNodeDown', 'FRRExporterDown']),
      until: at(170),
      series: healthy(8)
        .nodeDown('node-1', [at(12), at(170)])
        .nodeDown('node-2', [at(13), at(170)])
        .nodeDown('node-3', [at(13), at(170)])
        .nodeDown('node-4', [at(13), at(60)])
        .nodeDown('node-5', [at(60), at(170)])
        .nodeDown('node-6', [at(120), at(170)])
        .nodeDown('node-7', [at(120), at(170)])
        .nodeDown('node-8', [at(120), at(170)]).series,
      checks: [
        { at: at(13), firing: [] },
        {
          at: at(14),
          firing: [`FRRNodesDown critical storm=${12 * interval}`],
          values: { 'count(ALERTS{alertname="FRRNodeDown", severity="info"})': 4 },
          texts: {
            FRRNodesDown: {
              labels: { severity: 'critical', cluster: 'cloud-1', storm: `${12 * interval}` },
              title: '4 nodes gone: cloud-1 node-1…',
              description:
                '4 nodes of cluster cloud-1 went down at once: node-1, node-2, node-3, node-4. Routers of these nodes: tor1 rack A (4), tor2 rack A (4).',
              since: `Thu 1970-01-01 ${new Date(12_000 * interval).toISOString().slice(11, 19)} UTC`,
              impact:
                'What runs on these nodes is unreachable, with their VIPs, floating IPs and provider IPs.',
            },
          },
        },
        {
          at: at(119),
          firing: [
            `FRRNodesDown critical storm=${12 * interval}`,
            'FRRNodeDown critical node-5',
            'FRRExporterDown warning node-5',
          ],
        },
        {
          at: at(123),
          firing: [
            `FRRNodesDown critical storm=${12 * interval}`,
            `FRRNodesDown critical storm=${120 * interval}`,
            'FRRNodeDown critical node-5',
            'FRRExporterDown warning node-5',
          ],
        },
      ],
    };
  }),
  {
    name: 'two nodes die, which is no storm; and three, minutes apart',
    about: ['FRRNodesDown', 'FRRNodeDown'],
    until: '9m',
    series: healthy(3)
      .nodeDown('node-1', ['1m', '9m'])
      .nodeDown('node-2', ['2m', '9m'])
      .nodeDown('node-3', ['3m5s', '9m']).series,
    checks: [
      {
        at: '4m',
        firing: [
          ...numbers(1, 3).map((i) => `FRRNodeDown critical node-${i}`),
          ...numbers(1, 2).map((i) => `FRRExporterDown warning node-${i}`),
        ],
      },
    ],
  },
  {
    name: 'three nodes die within less than two minutes, which is a storm',
    about: ['FRRNodesDown', 'FRRNodeDown'],
    only: new Set(['FRRNodesDown', 'FRRNodeDown']),
    until: '9m',
    series: healthy(3)
      .nodeDown('node-1', ['1m', '9m'])
      .nodeDown('node-2', ['2m', '9m'])
      .nodeDown('node-3', ['2m55s', '9m']).series,
    checks: [
      { at: '2m50s', firing: ['FRRNodeDown critical node-1', 'FRRNodeDown critical node-2'] },
      {
        at: '4m',
        firing: [
          'FRRNodesDown critical storm=60',
          'FRRNodeDown critical node-1',
          'FRRNodeDown critical node-2',
        ],
      },
    ],
  },
  ...(['2m55s', '3m5s'] as const).map((third) => ({
    name: `three nodes lose both uplinks, the last of them at ${third}`,
    about: ['FRRBGPNodesCutOff', 'FRRBGPAllUplinksDown'],
    only: new Set(['FRRBGPNodesCutOff', 'FRRBGPAllUplinksDown', 'FRRFabricDown']),
    until: '9m',
    series: healthy(5).uplinksDown(node(1), '1m').uplinksDown(node(2), '2m').uplinksDown(node(3), third)
      .series,
    checks: [
      {
        at: '4m',
        firing:
          third === '2m55s'
            ? ['FRRBGPNodesCutOff critical storm=60']
            : numbers(1, 3).map((i) => `FRRBGPAllUplinksDown critical node-${i}`),
      },
    ],
  })),
  {
    name: 'a storm goes on silently for minutes after its nodes are back',
    about: ['FRRNodesDown'],
    every: '10s',
    until: '8m',
    series: healthy(3)
      .nodeDown('node-1', ['1m', '2m'])
      .nodeDown('node-2', ['1m', '2m'])
      .nodeDown('node-3', ['1m', '2m']).series,
    checks: [
      { at: '1m', firing: [] },
      { at: '1m10s', firing: ['FRRNodesDown critical storm=60'] },
      { at: '6m50s', firing: ['FRRNodesDown critical storm=60'] },
      { at: '7m', firing: [] },
    ],
  },
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    return {
      name: 'three nodes lose both uplinks at once, and a fourth minutes later',
      about: ['FRRBGPNodesCutOff', 'FRRBGPAllUplinksDown'],
      only: new Set(['FRRBGPNodesCutOff', 'FRRBGPAllUplinksDown', 'FRRFabricDown']),
      until: at(80),
      series: numbers(1, 4).reduce((fleet, i) => fleet.uplinksDown(node(i), at(i < 4 ? 12 : 60)), healthy(5))
        .series,
      checks: [
        { at: at(12), firing: [] },
        {
          at: at(13),
          firing: [`FRRBGPNodesCutOff critical storm=${12 * interval}`],
          values: { 'count(ALERTS{alertname="FRRBGPAllUplinksDown", severity="info"})': 3 },
          texts: {
            FRRBGPNodesCutOff: {
              labels: { severity: 'critical', cluster: 'cloud-1', storm: `${12 * interval}` },
              title: '3 nodes without uplinks: cloud-1 node-1…',
              description:
                '3 nodes of cluster cloud-1 have no BGP uplink left: node-1, node-2, node-3. Routers that they had: tor1 rack A (3), tor2 rack A (3).',
              since: `Thu 1970-01-01 ${new Date(12_000 * interval).toISOString().slice(11, 19)} UTC`,
              impact:
                'The nodes announce nothing: their VIPs, floating IPs and provider IPs are unreachable.',
            },
          },
        },
        {
          at: at(61),
          firing: [
            `FRRBGPNodesCutOff critical storm=${12 * interval}`,
            'FRRBGPAllUplinksDown critical node-4',
          ],
        },
      ],
    };
  }),
  {
    name: 'three routers are lost by three nodes each: the fabric',
    about: ['FRRFabricDown', 'FRRRemoteRouterDown'],
    only: new Set(['FRRFabricDown', 'FRRRemoteRouterDown']),
    until: '8m',
    series: numbers(1, 3).reduce(
      (fleet, i) =>
        fleet
          .addSession(node(i), {
            peer: 'eth3',
            description: 'tor3',
            remoteAs: '65003',
            group: 'uplink',
            router: '10.0.0.3',
            interface: 'eth3',
          })
          .sessionDown(node(i), 'eth2', '1m', '2m')
          .sessionDown(node(i), 'eth3', '1m', '2m')
          .sessionDown(node(i), '100.64.1.1', '1m', '2m'),
      healthy(4),
    ).series,
    checks: [
      { at: '1m', firing: [] },
      {
        at: '1m5s',
        firing: [
          'FRRFabricDown critical',
          ...numbers(1, 3).map((i) => `FRRRemoteRouterDown critical remote_router_id=10.0.0.${i}`),
        ],
        texts: {
          FRRFabricDown: {
            labels: { severity: 'critical', cluster: 'cloud-1' },
            title: 'fabric of cloud-1 down: 3 routers lost',
            description:
              'The sessions with 3 routers of cluster cloud-1 are each lost by several nodes: 10.0.0.1 (3 nodes), 10.0.0.2 (3 nodes), 10.0.0.3 (3 nodes). Why: BFD down received (9).',
            impact:
              'Nodes behind these routers have lost redundancy or the whole network; VIPs, floating IPs and provider IPs of whole racks may be unreachable.',
          },
        },
      },
      {
        at: '4m55s',
        firing: [
          'FRRFabricDown critical',
          ...numbers(1, 3).map((i) => `FRRRemoteRouterDown critical remote_router_id=10.0.0.${i}`),
        ],
      },
      { at: '5m5s', firing: [] },
    ],
  },
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    return {
      name: 'a blip of one sample on three nodes is no dead router',
      about: ['FRRRemoteRouterDown', 'FRRBGPPeerDown', 'FRRBGPFleetPeersDown'],
      until: at(40),
      series: numbers(1, 3).reduce(
        (fleet, i) => fleet.sessionDown(node(i), 'eth2', at(20), at(21)),
        healthy(4),
      ).series,
      checks: [19, 20, 21, 22, 40].map((i) => ({ at: at(i), firing: [] })),
    };
  }),
  {
    name: 'an uplink flaps on three nodes with the same router',
    about: ['FRRRemoteRouterFlapping'],
    only: new Set(['FRRRemoteRouterFlapping', 'FRRBGPPeerFlapping']),
    every: '10s',
    until: '12m',
    series: numbers(1, 3).reduce(
      (fleet, i) =>
        fleet.set(
          'frr_bgp_session_dropped_total',
          { ...of(i), peer: 'eth2' },
          { '0s': 0, '5m': 1, [`${7 + i}m`]: 2 },
        ),
      healthy(4)
        .addSession('node-4', {
          peer: '192.0.2.9',
          description: 'route server',
          remoteAs: '64512',
          group: '',
          router: '10.0.0.2',
          interface: '',
        })
        .set('frr_bgp_session_dropped_total', { peer: '192.0.2.9' }, { '0s': 0, '5m': 1, '7m': 2 }),
    ).series,
    checks: [
      { at: '9m50s', firing: numbers(1, 2).map((i) => `FRRBGPPeerFlapping critical node-${i} ${PEER2}`) },
      {
        at: '10m10s',
        firing: [
          'FRRRemoteRouterFlapping critical remote_router_id=10.0.0.2',
          ...numbers(1, 3).map((i) => `FRRBGPPeerFlapping critical node-${i} ${PEER2}`),
        ],
        texts: {
          FRRRemoteRouterFlapping: {
            labels: { severity: 'critical', cluster: 'cloud-1', remote_router_id: '10.0.0.2' },
            title: 'route server, tor2 rack A flapping on 3 of 4 nodes',
            description: 'The sessions of 3 nodes with router 10.0.0.2 dropped 2 times or more in 15m.',
            impact:
              'Routes of these nodes are withdrawn and learned again with every drop: short losses for everything that goes over this router.',
          },
        },
      },
    ],
  },
  ...atEachInterval((interval) => {
    const state = (up: number, down: number) => ({ '0s': up, '4m': down, '6m': up, '9m': down, '10m': up });
    /** FRR counts another drop when the session comes up again: before it is seen to be up, or with it. */
    const cut = (fleet: Fleet, instance: string, again: string): Fleet =>
      fleet
        .set('frr_bgp_session_up', { instance, peer: 'eth2' }, state(1, 0))
        .set('frr_bgp_session_state', { instance, peer: 'eth2' }, state(6, 3))
        .set(
          'frr_bgp_session_dropped_total',
          { instance, peer: 'eth2' },
          { '0s': 5, '4m': 6, [again]: 7, '9m': 8, '10m': 9 },
        );
    return {
      name: 'a cable is cut and whole again, which FRR counts as two drops: it does not flap; then again',
      about: ['FRRBGPPeerFlapping'],
      only: new Set(['FRRBGPPeerFlapping']),
      until: '20m',
      series: cut(cut(healthy(2), 'node-1:9342', '6m'), 'node-2:9342', `${6 * 60 - interval}s`).series,
      checks: [
        { at: '8m', firing: [] },
        {
          at: `${9 * 60 + interval}s`,
          firing: [1, 2].map((i) => `FRRBGPPeerFlapping critical node-${i} ${PEER2}`),
        },
        { at: '18m', firing: [1, 2].map((i) => `FRRBGPPeerFlapping critical node-${i} ${PEER2}`) },
        { at: '20m', firing: [] },
      ],
    };
  }),
  ...atEachInterval((interval) => {
    const until = 40 * 60;
    /** Down for twenty seconds every three minutes, which a slow scrape sees once at the most. */
    const drops = Math.floor(until / 180);
    const counted = Object.fromEntries(
      Array.from({ length: drops + 1 }, (_, i) => [`${Math.ceil((i * 180) / interval) * interval}s`, i]),
    );
    const states = (up: number, down: number) =>
      Object.fromEntries(
        Array.from({ length: drops }, (_, i) => {
          const from = Math.ceil(((i + 1) * 180) / interval) * interval;
          const to = Math.max(from + interval, Math.ceil((from + 20) / interval) * interval);
          return [
            [`${from}s`, down],
            [`${to}s`, up],
          ] as const;
        }).flat(),
      );
    return {
      name: 'an uplink flaps every three minutes: one page that lasts',
      about: ['FRRBGPPeerFlapping'],
      only: new Set(['FRRBGPPeerFlapping', 'FRRRemoteRouterDown', 'FRRBGPAllUplinksDown']),
      until: `${until}s`,
      series: healthy(1)
        .set('frr_bgp_session_up', { peer: 'eth2' }, { '0s': 1, ...states(1, 0) })
        .set('frr_bgp_session_state', { peer: 'eth2' }, { '0s': 6, ...states(6, 3) })
        .set('frr_bgp_session_dropped_total', { peer: 'eth2' }, counted).series,
      checks: [10, 15, 20, 25, 30, 35, 40].map((minutes) => ({
        at: `${minutes}m`,
        firing: [`FRRBGPPeerFlapping critical node-1 ${PEER2}`],
      })),
    };
  }),
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    const gone = Math.max(1, Math.ceil(10 / interval));
    return {
      name: 'FRR is restarted on three of eight nodes and is back after ten seconds',
      about: ['FRRRestarted'],
      until: at(220),
      series: numbers(1, 3).reduce(
        (fleet, i) =>
          fleet
            .uplinksDown(node(i), at(40), at(40 + gone))
            .set('frr_bgp_session_established_total', of(i), { '0s': 3, [at(40)]: 0, [at(40 + gone)]: 1 })
            .set('frr_bgp_session_dropped_total', of(i), { '0s': 3, [at(40)]: 0 })
            .set('frr_daemon_restarts_total', of(i), { '0s': 0, [at(40)]: 1 }),
        healthy(8),
      ).series,
      checks: [
        { at: at(39), firing: [] },
        {
          at: at(41),
          firing: ['FRRRestarted warning'],
          texts: {
            FRRRestarted: {
              labels: { severity: 'warning', cluster: 'cloud-1' },
              title: 'FRR restarted on 3 nodes: cloud-1 node-1…',
              description:
                'FRR was restarted within ten minutes on 3 nodes of cluster cloud-1: node-1, node-2, node-3.',
              impact:
                'All BGP sessions of each of these nodes were down for a moment. A session that does not come back pages by its own alert.',
            },
          },
        },
        { at: at(42), firing: ['FRRRestarted warning'] },
        { at: at(220), firing: [] },
      ],
    };
  }),
  {
    name: 'FRR is restarted on two nodes',
    about: ['FRRRestarted'],
    only: new Set(['FRRRestarted']),
    until: '4m',
    series: numbers(1, 2).reduce(
      (fleet, i) => fleet.set('frr_daemon_restarts_total', of(i), { '0s': 0, '2m': 1 }),
      healthy(4),
    ).series,
    checks: [{ at: '3m', firing: [] }],
  },
  ...atEachInterval((interval) => ({
    name: 'bgpd crashes twenty times an hour, each time gone for one sample',
    about: ['FRRDaemonCrashLooping'],
    only: new Set(['FRRDaemonCrashLooping', 'FRRBGPPeerDown', 'FRRBGPAllUplinksDown']),
    until: '62m',
    series: healthy(1)
      .set(
        'frr_daemon_restarts_total',
        { daemon: 'bgpd' },
        Object.fromEntries(numbers(0, 20).map((i) => [`${i * 3}m`, i])),
      )
      .set(
        'frr_daemon_up',
        { daemon: 'bgpd' },
        Object.fromEntries(
          numbers(1, 20)
            .flatMap((i) => [
              [`${i * 180 - interval}s`, 0],
              [`${i * 180}s`, 1],
            ])
            .concat([['0s', 1]]),
        ),
      ).series,
    checks: [
      { at: '11m', firing: [] },
      {
        at: '13m',
        firing: ['FRRDaemonCrashLooping critical node-1 daemon=bgpd'],
        texts: {
          FRRDaemonCrashLooping: {
            labels: { severity: 'critical', ...target('node-1'), daemon: 'bgpd' },
            title: 'node-1 bgpd restarted 4 times in 1h',
            description: 'bgpd on node-1 was restarted 4 times within an hour.',
            impact:
              'With every restart of bgpd all sessions of the node drop, with one of zebra its routes; between them the node may look healthy.',
            action:
              'On the node: `coredumpctl list bgpd` and the end of its log before each restart. Undo the newest change of its configuration.',
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
      { at: '60m', firing: ['FRRDaemonCrashLooping critical node-1 daemon=bgpd'] },
    ],
  })),
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    const uplinksUp = Math.max(1, Math.ceil(45 / interval));
    return {
      name: 'a node reboots within its maintenance, loses its flag, and has sessions 45 s after it',
      about: ['FRRBGPAllUplinksDown', 'FRRBGPPeerDown', 'FRRBGPUplinksMissing'],
      until: at(120),
      series: healthy(2)
        .set('frr_maintenance', of(1), { '0s': 0, [at(20)]: 1, [at(50)]: 0 })
        .add(
          'node-1',
          'frr_maintenance_end_timestamp_seconds',
          {},
          { '0s': 'missing', [at(20)]: 55 * interval, [at(50)]: 'stale' },
        )
        .uplinksDown('node-1', at(30), at(50 + uplinksUp))
        .nodeDown('node-1', [at(30), at(50)]).series,
      checks: [31, 49, 50, 51, 52, 50 + uplinksUp, 51 + uplinksUp, 90].map((i) => ({
        at: at(i),
        firing: [],
      })),
    };
  }),
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    return {
      name: 'one scrape of both jobs is missed',
      about: ['FRRNodeDown', 'FRRNodesDown', 'FRRExporterDown'],
      until: at(40),
      series: numbers(1, 4).reduce((fleet, i) => fleet.nodeDown(node(i), [at(20), at(21)]), healthy(4))
        .series,
      checks: [19, 20, 21, 22, 23, 40].map((i) => ({ at: at(i), firing: [] })),
    };
  }),
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    return {
      name: 'a scrape is missed while an uplink is down: one alert, from beginning to end',
      about: ['FRRBGPPeerDown'],
      only: new Set(['FRRBGPPeerDown']),
      until: at(40),
      series: healthy(1)
        .sessionDown('node-1', 'eth2', at(12), at(36))
        .notScraped('node-1', [at(20), at(21)]).series,
      checks: [
        { at: at(12), firing: [] },
        ...[13, 19, 20, 21, 22, 35].map((i) => ({
          at: at(i),
          firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`],
        })),
        { at: at(36), firing: [] },
      ],
    };
  }),
  {
    name: 'the fabric is whole again: the alerts of nodes end before those that inhibit them',
    about: ['FRRBGPNodesCutOff'],
    only: new Set(['FRRBGPNodesCutOff', 'FRRBGPPeerDown']),
    every: '10s',
    until: '8m',
    series: numbers(1, 3).reduce((fleet, i) => fleet.uplinksDown(node(i), '1m', '2m'), healthy(4)).series,
    checks: [
      {
        at: '1m50s',
        firing: [
          'FRRBGPNodesCutOff critical storm=60',
          ...numbers(1, 3).flatMap((i) =>
            [PEER1, PEER2].map((peer) => `FRRBGPPeerDown critical node-${i} ${peer}`),
          ),
        ],
      },
      { at: '4m50s', firing: ['FRRBGPNodesCutOff critical storm=60'] },
      { at: '5m', firing: [] },
    ],
  },
];
