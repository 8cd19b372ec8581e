/** What the rendered configuration does, on real FRR between two routers of different AS. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { configDrift } from '../../../src/collectors/config-drift.ts';
import { openSource } from '../../../src/frr/open.ts';
import type { FrrSource } from '../../../src/frr/source.ts';
import {
  type Lab,
  labSource,
  type Router,
  recordPlaced,
  startLab,
  type Topology,
  waitFor,
} from '../../lab/index.ts';
import { collect, frrOf, lines } from '../../unit/collectors/recorded.ts';
import { render } from './rendering.ts';
import { PARAMETERS, topology } from './topology.ts';

/** As ovn-bgp-agent and Neutron's ovn-bgp have it: kernel routes in a VRF of their own. */
const withVrf = ({ routers, ...rest }: Topology): Topology => ({
  ...rest,
  routers: {
    ...routers,
    node: {
      ...routers.node,
      daemonFlags: { zebra: ['--vrfwnetns'] },
      vrfs: {
        'bgp-vrf': [
          'link add bgp-nic type bridge',
          'link set bgp-nic up',
          'route add 203.0.113.77/32 dev bgp-nic',
          'route add 10.77.0.0/24 dev bgp-nic',
        ],
      },
    },
  },
});

const HOST_ROUTES = ['172.16.0.1/32', '203.0.113.20/32', '203.0.113.77/32'];

let lab: Lab;
let placed: string;
beforeAll(async () => {
  const { node } = await render({ node: { ...PARAMETERS, ovn_vrf_advertise: 'bgp-vrf' } });
  lab = await startLab({ topology: withVrf(topology(node['frr.conf'])) });
  placed = await recordPlaced(lab.node, node['frr.conf'], lab.folder);
});
afterAll(() => lab?.stop());

interface Path {
  readonly path: string;
}

/** The prefixes that a router has from the node, whoever originated them. */
async function fromNode(router: Router, afi = 'ipv4'): Promise<readonly string[]> {
  const { routes } = await router.json<{ routes: Record<string, readonly Path[]> }>(
    `show bgp ${afi} unicast json`,
  );
  return Object.keys(routes).filter((prefix) => routes[prefix]?.some(({ path }) => /^64999\b/.test(path)));
}

const announces = (prefixes: readonly string[]) =>
  waitFor(
    async () => {
      const announced = await fromNode(lab.tor1);
      if (JSON.stringify(announced) !== JSON.stringify(prefixes)) throw new Error(announced.join(', '));
      return true;
    },
    { within: 20_000, every: 250, for: `the node to announce ${prefixes.join(', ') || 'nothing'}` },
  );

const kernelDefault = async (family: '-4' | '-6') => {
  const route = await lab.node.run('ip', family, 'route', 'show', 'default');
  return {
    source: / src (\S+)/.exec(route)?.[1],
    by: [...route.matchAll(/nexthop .*? dev (\S+)/g)].map(([, device]) => device).sort(),
  };
};

const usesBoth = (family: '-4' | '-6') =>
  waitFor(async () => (await kernelDefault(family)).by.length === 2, {
    within: 20_000,
    every: 250,
    for: `both routers in the default route (${family})`,
  });

it('announces its own host routes, and those of the VRF that it imports', async () => {
  await announces(HOST_ROUTES);
  expect(await fromNode(lab.tor2)).toEqual(HOST_ROUTES);
  expect(await fromNode(lab.tor1, 'ipv6')).toEqual(['f00d:f00d::1/128']);
});

it('accepts the default routes alone', async () => {
  const accepted = async (afi: string) => {
    const { routes } = await lab.node.json<{ routes: Record<string, readonly Path[]> }>(
      `show bgp ${afi} unicast json`,
    );
    return Object.keys(routes).filter((prefix) => routes[prefix]?.some(({ path }) => path !== ''));
  };
  await usesBoth('-4');
  expect(await accepted('ipv4')).toEqual(['0.0.0.0/0']);
  expect(await accepted('ipv6')).toEqual(['::/0']);
});

it('uses both routers, with the source address of each family', async () => {
  await usesBoth('-4');
  await usesBoth('-6');
  expect(await kernelDefault('-4')).toEqual({ source: '172.16.0.1', by: ['eth1', 'eth2'] });
  expect(await kernelDefault('-6')).toEqual({ source: 'f00d:f00d::1', by: ['eth1', 'eth2'] });
});

it('does not send the community GRACEFUL_SHUTDOWN', async () => {
  const { paths } = await lab.tor1.json<{ paths: readonly { community?: { string: string } }[] }>(
    'show bgp ipv4 unicast 172.16.0.1/32 json',
  );
  expect(paths.map(({ community }) => community?.string)).toEqual([undefined]);
});

it.each([
  [
    'its prefix list',
    ['no ip prefix-list only-host-prefixes'],
    ['ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 32'],
  ],
  [
    'its AS path list',
    ['no bgp as-path access-list originated-here seq 5 permit ^$'],
    ['bgp as-path access-list originated-here seq 5 permit ^$'],
  ],
  [
    'its route map',
    ['no route-map own-host-routes permit 10'],
    [
      'route-map own-host-routes permit 10',
      'match ip address prefix-list only-host-prefixes',
      'match as-path originated-here',
    ],
  ],
  [
    'the line that applies it',
    ['router bgp 64999', 'address-family ipv4 unicast', 'no neighbor uplink route-map own-host-routes out'],
    ['router bgp 64999', 'address-family ipv4 unicast', 'neighbor uplink route-map own-host-routes out'],
  ],
])('announces nothing where the filter lacks %s', async (_what, breaking, mending) => {
  await lab.node.configure(...breaking);
  try {
    await announces([]);
  } finally {
    // Also if this fails, so that the next try begins with a filter.
    await lab.node.configure(...mending);
  }
  await announces(HOST_ROUTES);
});

describe('drift', () => {
  let source: FrrSource;
  beforeAll(async () => {
    ({ source } = await openSource(labSource(lab.node, 'socket')));
  });
  afterAll(() => source?.close());

  /** The metrics of the collector, but for peers and VRFs that are there. */
  const drift = async () => {
    const read = lines(await collect(activate(configDrift, { digest: placed }), frrOf(source)));
    return read.filter((line) => !/_present\{.*\} 1$/.test(line));
  };
  const lost = (missing: number, added: number, ...gone: readonly string[]) => [
    `frr_config_drift{change="missing"} ${missing}`,
    `frr_config_drift{change="added"} ${added}`,
    ...gone,
  ];
  const ipv4 = ['router bgp 64999', 'address-family ipv4 unicast'];
  const bgp = ['router bgp 64999'];

  it('is none after the configuration was placed', async () => {
    expect(await drift()).toEqual(lost(0, 0));
  });

  it('is none after ovn-bgp-agent has added its VRFs', async () => {
    await lab.node.configure(
      ...['vrf red', 'vni 100', 'exit-vrf', 'router bgp 64999 vrf red'],
      ...['address-family ipv4 unicast', 'redistribute connected', 'exit-address-family'],
      ...['address-family ipv6 unicast', 'redistribute connected', 'exit-address-family'],
      ...[
        'address-family l2vpn evpn',
        'advertise ipv4 unicast',
        'advertise ipv6 unicast',
        'rd 172.16.0.1:100',
      ],
      ...['route-target import 64999:100', 'route-target export 64999:100', 'exit-address-family', 'exit'],
      ...['router bgp 64999 vrf bgp-vrf', 'bgp router-id 172.16.0.1', 'address-family ipv4 unicast'],
      ...['redistribute connected', 'exit-address-family', 'exit', ...ipv4, 'import vrf red'],
    );
    expect(await drift()).toEqual(lost(0, 0));
  });

  it.each([
    [
      'a prefix list that lets everything out',
      0,
      1,
      ['ip prefix-list only-host-prefixes seq 6 permit any'],
      ['no ip prefix-list only-host-prefixes seq 6 permit any'],
    ],
    [
      'a line of a prefix list that is wider',
      1,
      1,
      ['ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 24'],
      ['ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 32'],
    ],
    [
      'another entry of a route map',
      0,
      1,
      ['route-map own-host-routes permit 99'],
      ['no route-map own-host-routes permit 99'],
    ],
    [
      'a route map without its match',
      1,
      0,
      ['route-map own-host-routes permit 10', 'no match as-path originated-here'],
      ['route-map own-host-routes permit 10', 'match as-path originated-here'],
    ],
    [
      'no AS path list',
      1,
      0,
      ['no bgp as-path access-list originated-here seq 5 permit ^$'],
      ['bgp as-path access-list originated-here seq 5 permit ^$'],
    ],
    [
      'no filter out',
      1,
      0,
      [...ipv4, 'no neighbor uplink route-map own-host-routes out'],
      [...ipv4, 'neighbor uplink route-map own-host-routes out'],
    ],
    [
      'no filter in',
      1,
      0,
      [...ipv4, 'no neighbor uplink route-map accepted-routes in'],
      [...ipv4, 'neighbor uplink route-map accepted-routes in'],
    ],
    [
      'another limit of prefixes',
      1,
      1,
      [...ipv4, 'neighbor uplink maximum-prefix 9999 restart 1'],
      [...ipv4, 'neighbor uplink maximum-prefix 100 restart 1'],
    ],
    ['a network', 0, 1, [...ipv4, 'network 10.0.0.0/8'], [...ipv4, 'no network 10.0.0.0/8']],
    ['static routes', 0, 1, [...ipv4, 'redistribute static'], [...ipv4, 'no redistribute static']],
    [
      'connected routes without a filter',
      1,
      1,
      [...ipv4, 'no redistribute connected', 'redistribute connected'],
      [...ipv4, 'redistribute connected route-map own-host-routes'],
    ],
    [
      'another peer',
      0,
      1,
      [...bgp, 'neighbor 198.51.100.9 remote-as 666'],
      [...bgp, 'no neighbor 198.51.100.9'],
    ],
    [
      'a peer that is shut down',
      0,
      1,
      [...bgp, 'neighbor 100.64.2.1 shutdown'],
      [...bgp, 'no neighbor 100.64.2.1 shutdown'],
    ],
    [
      'a password',
      0,
      1,
      [...bgp, 'neighbor uplink password s3cret'],
      [...bgp, 'no neighbor uplink password'],
    ],
    ['other timers', 1, 1, [...bgp, 'neighbor uplink timers 10 30'], [...bgp, 'neighbor uplink timers 1 3']],
    [
      'no policy required',
      0,
      1,
      [...bgp, 'no bgp ebgp-requires-policy'],
      [...bgp, 'bgp ebgp-requires-policy'],
    ],
    ['another router id', 1, 1, [...bgp, 'bgp router-id 172.16.0.9'], [...bgp, 'bgp router-id 172.16.0.1']],
    [
      'the community GRACEFUL_SHUTDOWN',
      0,
      1,
      [...bgp, 'bgp graceful-shutdown'],
      [...bgp, 'no bgp graceful-shutdown'],
    ],
    [
      'no next hop by the default route',
      1,
      0,
      ['no ip nht resolve-via-default'],
      ['ip nht resolve-via-default'],
    ],
    [
      'no filter into the kernel',
      1,
      0,
      ['no ip protocol bgp route-map installed-ipv4'],
      ['ip protocol bgp route-map installed-ipv4'],
    ],
    ['a static route', 0, 1, ['ip route 0.0.0.0/0 blackhole'], ['no ip route 0.0.0.0/0 blackhole']],
  ] as const)('is seen: %s', async (_what, missing, added, change, undo) => {
    await lab.node.configure(...change);
    try {
      expect(await drift()).toEqual(lost(missing, added));
    } finally {
      await lab.node.configure(...undo);
    }
    expect(await drift()).toEqual(lost(0, 0));
  });

  // What is taken away here does not come back: before the tests, which can be tried twice.
  describe('of a peer that is gone', () => {
    beforeAll(() => lab.node.configure(...bgp, 'no neighbor 100.64.2.1'));

    it('names the peer', async () => {
      expect(await drift()).toEqual(lost(1, 0, 'frr_config_peer_present{vrf="default",peer="100.64.2.1"} 0'));
    });

    describe('and of a VRF', () => {
      beforeAll(() =>
        lab.node.configure(
          ...[...ipv4, 'no import vrf bgp-vrf', 'exit-address-family', 'address-family ipv6 unicast'],
          ...['no import vrf bgp-vrf', 'exit-address-family', 'exit', 'no router bgp 64999 vrf bgp-vrf'],
        ),
      );

      it('names both', async () => {
        expect(await drift()).toEqual(
          lost(
            12,
            0,
            'frr_config_peer_present{vrf="default",peer="100.64.2.1"} 0',
            'frr_config_vrf_present{vrf="bgp-vrf"} 0',
          ),
        );
      });
    });
  });
});
