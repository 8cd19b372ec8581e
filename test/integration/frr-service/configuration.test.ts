/** What the role renders is understood, line by line, by every FRR of the matrix. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { FRR_VERSIONS, type FrrVersion, frrRoot } from '../../lab/index.ts';
import { NODE_PARAMETERS } from '../../lab/node-parameters.ts';
import { type Parameters, type Rendered, render } from './rendering.ts';
import { PARAMETERS } from './topology.ts';

/** Sets of parameters; together they use every line of the template. */
const SETS = {
  'the defaults': { bgp_uplinks: ['eth1', 'eth2'] },
  'numbered uplinks with everything on them': {
    ...PARAMETERS,
    bfd: true,
    bgp_neighbor_password: 's3cret',
    bgp_neighbor_ttl_security_hops: 2,
    bgp_graceful_shutdown: true,
    bgp_ipv4_allowas_in: true,
    bgp_ipv6_allowas_in: true,
    bgp_advertise: ['10.1.0.0/16 le 24', '2001:db8:1::/48 le 64'],
    bgp_accept: ['10.0.0.0/8 ge 24 le 32', 'fd00::/8'],
    log: 'syslog',
  },
  EVPN: {
    bgp_uplinks: ['eth1'],
    bgp_l2vpn: true,
    bgp_l2vpn_peers: ['192.0.2.7', '2001:db8::7'],
    bgp_l2vpn_ebgp_multihop: 3,
    bgp_l2vpn_neighbor_keepalive: 10,
    bgp_l2vpn_neighbor_holdtime: 30,
    bgp_l2vpn_neighbor_timers_connect: 5,
    vrfs: [
      {
        name: 'red',
        vni: 100,
        rd: '64999:100',
        route_targets_import: ['64999:100', '64999:1'],
        route_targets_export: ['64999:100'],
        redistribute: ['kernel', 'connected', 'static'],
      },
    ],
  },
  'VRFs of ovn-bgp and of tenants': {
    bgp_uplinks: ['eth1'],
    vrf_backend: 'netns',
    ovn_vrf_advertise: 'bgp-vrf',
    ovn_vrf_learn: 'learn-vrf',
    conf_custom_router_bgp_ovn: 'timers bgp 5 15',
    vrfs: [{ name: 'blue', advertise: true, learn: true, prefixes: ['10.9.0.0/24'], peers: ['10.9.0.1'] }],
  },
  'lines of your own in every section': {
    bgp_uplinks: ['eth1'],
    bfd: true,
    bgp_l2vpn: true,
    conf_custom_globals: 'ip prefix-list mine seq 5 permit 10.0.0.0/8\nbgp route-map delay-timer 1',
    conf_custom_bfd: 'peer 192.0.2.1 multihop local-address 172.16.0.1\nexit',
    conf_custom_router_bgp: 'neighbor uplink advertisement-interval 0',
    conf_custom_ipv4: 'ip route 192.0.2.0/24 blackhole',
    conf_custom_ipv6: 'ipv6 route 2001:db8::/32 blackhole',
    conf_custom_l2vpn: 'advertise-svi-ip',
  },
  'the node of the laboratory': NODE_PARAMETERS,
  'a witness': {
    witness: true,
    bgp_uplinks: [],
    bgp_peers: ['192.0.2.1', '2001:db8::1'],
    bgp_l2vpn: true,
    bgp_l2vpn_peers: ['192.0.2.7'],
  },
  'IPv6 alone, from a network of IPv4': {
    bgp_ipv4: false,
    bgp_uplinks: ['eth1'],
  },
} satisfies Record<string, Parameters>;

type SetName = keyof typeof SETS;

async function problems(version: FrrVersion, config: string): Promise<string> {
  const root = await frrRoot(version);
  const file = `/tmp/frr-service-${process.pid}.conf`;
  writeFileSync(join(root.path, file), config);
  try {
    const [program, ...args] = [
      ...(root.path === '/' ? [] : ['chroot', root.path]),
      'vtysh',
      '-C',
      '-f',
      file,
    ];
    const { all } = await execa(program as string, args, { all: true, reject: false });
    // As root of a machine with no frr.conf of its own.
    return all.replaceAll(/^(% )?Can't open configuration file .*$/gm, '').trim();
  } finally {
    rmSync(join(root.path, file));
  }
}

describe('the rendered configuration', () => {
  let rendered: Readonly<Record<string, Rendered>>;
  // One line differs before FRR 8.
  const nameOf = (version: FrrVersion, set: SetName) =>
    `${set}-${version === '7.5.1' ? '7.5' : '8.4'}`.replaceAll(/[^a-z0-9]/gi, '_');
  const of = (version: FrrVersion, set: SetName) => rendered[nameOf(version, set)] as Rendered;
  beforeAll(async () => {
    const sets = (['7.5.1', '8.4.4'] as const).flatMap((version) =>
      (Object.keys(SETS) as SetName[]).map((set) => [nameOf(version, set), { ...SETS[set], version }]),
    );
    rendered = await render(Object.fromEntries(sets));
  });

  it.each(FRR_VERSIONS)('is understood by FRR %s, whatever the parameters', async (version) => {
    for (const set of Object.keys(SETS) as SetName[])
      expect({ set, problems: await problems(version, of(version, set)['frr.conf']) }).toEqual({
        set,
        problems: '',
      });
  });

  it('is the configuration of the node in the laboratory', async () => {
    const config = of('7.5.1', 'the node of the laboratory')['frr.conf'];
    await expect(config).toMatchFileSnapshot('../../lab/rendered/node.conf');
  });

  it('is reported by line where it is not understood', async () => {
    const broken = of('8.4.4', 'the defaults')['frr.conf'].replace(
      'permit 0.0.0.0/0 ge 32',
      'permit 0.0.0.0/0 ge 33',
    );
    expect(await problems('8.4.4', broken)).toMatch(
      /^line \d+: % Unknown command\[4\]: ip prefix-list only-host-prefixes seq 5 permit 0\.0\.0\.0\/0 ge 33$/,
    );
  });

  it('takes the source address of a family from a network of that family alone', () => {
    const { 'frr.conf': config } = of('8.4.4', 'IPv6 alone, from a network of IPv4');
    expect(config).toContain('ipv6 protocol bgp route-map installed-ipv6');
    expect(config).not.toContain('set src');
    expect(config).toContain(' bgp router-id 172.16.0.1');
  });

  it('runs bfdd where it is wanted, and zebra with VRFs in namespaces', () => {
    expect(of('8.4.4', 'the defaults').daemons).toContain('bgpd=yes\nbfdd=no\n');
    expect(of('8.4.4', 'EVPN').daemons).toContain('zebra_options="-A 127.0.0.1 -K 120"');
    expect(of('8.4.4', 'VRFs of ovn-bgp and of tenants').daemons).toContain(
      'zebra_options="-A 127.0.0.1 -K 120 --vrfwnetns"',
    );
  });

  it('announces and accepts nothing but host routes, default routes and what is named', () => {
    const lists = (set: SetName) =>
      of('8.4.4', set)
        ['frr.conf'].match(/^.* prefix-list (?!mine).*$/gm)
        ?.filter((line) => !/^ match/.test(line));
    expect(lists('the defaults')).toEqual([
      'ip prefix-list only-default seq 5 permit 0.0.0.0/0',
      'ip prefix-list accepted-prefixes seq 5 permit 0.0.0.0/0',
      'ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 32',
      'ipv6 prefix-list only-default seq 5 permit ::/0',
      'ipv6 prefix-list accepted-prefixes seq 5 permit ::/0',
      'ipv6 prefix-list only-host-prefixes seq 5 permit ::/0 ge 128',
    ]);
    expect(lists('numbered uplinks with everything on them')).toEqual([
      'ip prefix-list only-default seq 5 permit 0.0.0.0/0',
      'ip prefix-list accepted-prefixes seq 5 permit 0.0.0.0/0',
      'ip prefix-list accepted-prefixes seq 10 permit 10.0.0.0/8 ge 24 le 32',
      'ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 32',
      'ip prefix-list only-host-prefixes seq 10 permit 10.1.0.0/16 le 24',
      'ipv6 prefix-list only-default seq 5 permit ::/0',
      'ipv6 prefix-list accepted-prefixes seq 5 permit ::/0',
      'ipv6 prefix-list accepted-prefixes seq 10 permit fd00::/8',
      'ipv6 prefix-list only-host-prefixes seq 5 permit ::/0 ge 128',
      'ipv6 prefix-list only-host-prefixes seq 10 permit 2001:db8:1::/48 le 64',
    ]);
    expect(lists('VRFs of ovn-bgp and of tenants')).toContain(
      'ip prefix-list only-host-prefixes seq 10 permit 10.9.0.0/24',
    );
  });

  it('of a witness can announce nothing, and receives everything', () => {
    const config = of('8.4.4', 'a witness')['frr.conf'];
    expect(config).toContain('\nroute-map nothing deny 10\nexit\nroute-map everything permit 10\nexit\n');
    expect(config.match(/^ip.* protocol .*$/gm)).toEqual([
      'ip protocol bgp route-map nothing',
      'ipv6 protocol bgp route-map nothing',
    ]);
    const groups = (family: string, ...names: string[]) => [
      ` address-family ${family}`,
      ...names.flatMap((name) =>
        ['activate', 'route-map everything in', 'route-map nothing out'].map(
          (line) => `  neighbor ${name} ${line}`,
        ),
      ),
      ' exit-address-family',
    ];
    expect(config.slice(config.indexOf(' address-family')).trimEnd().split('\n')).toEqual([
      ...groups('ipv4 unicast', 'uplink'),
      ...groups('ipv6 unicast', 'uplink'),
      ...groups('l2vpn evpn', 'uplink', 'evpn-peer'),
      'exit',
    ]);
  });

  it('sets graceful-shutdown on request only', () => {
    expect(of('8.4.4', 'the defaults')['frr.conf']).not.toContain('graceful-shutdown');
    expect(of('8.4.4', 'numbered uplinks with everything on them')['frr.conf']).toContain(
      '\n bgp graceful-shutdown\n',
    );
  });
});
