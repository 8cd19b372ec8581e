/** What the rendered configuration does, on real FRR between two routers of different AS. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, type Router, startLab, type Topology, waitFor } from '../../lab/index.ts';
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
beforeAll(async () => {
  const { node } = await render({ node: { ...PARAMETERS, ovn_vrf_advertise: 'bgp-vrf' } });
  lab = await startLab({ topology: withVrf(topology(node['frr.conf'])) });
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
  await announces([]);
  await lab.node.configure(...mending);
  await announces(HOST_ROUTES);
});
