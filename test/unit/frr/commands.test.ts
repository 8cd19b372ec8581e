import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bgpChanged,
  bgpPrefix,
  bgpRangeDetail,
  bgpRouteLeak,
  bgpType5Routes,
  bgpVpnPrefix,
  COMMANDS,
  DAEMONS,
  type Daemon,
  defaultRoute,
  enable,
  isVrfName,
  localRoutes,
  routeSummary,
  showMemory,
  showVersion,
} from '../../../src/frr/commands.ts';
import { allCommands } from '../../commands.ts';

/** Every command that can be sent, and nothing else: whoever adds one changes this list, and somebody reads that. */
const ALLOWED = [
  'bgpd: show bgp vrf all summary json',
  'bgpd: show bgp vrf all neighbors json',
  'bgpd: show bgp vrf all summary failed json',
  'bfdd: show bfd peers json',
  'bfdd: show bfd peers counters json',
  'zebra: show evpn vni json',
  'zebra: show vrf vni json',
  'bgpd: show bgp l2vpn evpn vni json',
  'ospfd: show ip ospf vrf all neighbor json',
  'ospfd: show ip ospf vrf all interface json',
  'ospfd: show ip ospf vrf all json',
  'ospfd: show ip ospf vrf all database max-age json',
  'pimd: show ip pim vrf all neighbor json',
  'pimd: show ip pim vrf all interface json',
  'bgpd: show bgp vrfs json',
  'bgpd: show bgp ipv4 vpn summary json',
  'bgpd: show bgp ipv6 vpn summary json',
  'zebra: show zebra router table summary',
  'vrrpd: show vrrp json',
  'bgpd: show rpki cache-server json',
  'bgpd: show rpki cache-connection json',
  'zebra: show vrf',
  'zebra: show zebra client summary',
  'watchfrr: show watchfrr',
  'zebra: show ip route summary json',
  'zebra: show ip route 0.0.0.0/0 json',
  'zebra: show ipv6 route summary json',
  'zebra: show ipv6 route ::/0 json',
  'zebra: show ip route vrf red summary json',
  'zebra: show ip route vrf red 0.0.0.0/0 json',
  'zebra: show ipv6 route vrf red summary json',
  'zebra: show ipv6 route vrf red ::/0 json',
  ...DAEMONS.flatMap((daemon) => [`${daemon}: show version`, `${daemon}: show memory`]),
  'bgpd: show bgp ipv4 unicast route-leak json',
  'bgpd: show bgp ipv6 unicast route-leak json',
  'bgpd: show bgp vrf red ipv4 unicast route-leak json',
  'bgpd: show bgp vrf red ipv6 unicast route-leak json',
  ...[' vrf all', '', ' vrf red'].flatMap((vrf) =>
    ['ip', 'ipv6'].flatMap((ip) =>
      ['connected', 'kernel', 'static'].map((protocol) => `zebra: show ${ip} route${vrf} ${protocol} json`),
    ),
  ),
  'bgpd: show bgp ipv4 unicast 192.0.2.1/32 json',
  'bgpd: show bgp vrf red ipv4 unicast 192.0.2.1/32 json',
  'bgpd: show bgp ipv4 vpn 192.0.2.1/32 json',
  'bgpd: show bgp ipv6 unicast 2001:db8::/48 json',
  'bgpd: show bgp vrf red ipv6 unicast 2001:db8::/48 json',
  'bgpd: show bgp ipv6 vpn 2001:db8::/48 json',
  'bgpd: show bgp l2vpn evpn route rd 172.16.0.2:3 type prefix json',
];

const IPV4 = { address: '192.0.2.1', prefixLength: 32, afi: 'ipv4' } as const;
const IPV6 = { address: '2001:db8::', prefixLength: 48, afi: 'ipv6' } as const;

describe('allCommands', () => {
  const all = allCommands(['default', 'red', 'not a name', 'al', 'all'], [IPV4, IPV6], ['172.16.0.2:3']);

  it('is the allow-list', () => {
    expect(all.map(({ daemon, text }) => `${daemon}: ${text}`)).toEqual(ALLOWED);
  });

  it('has a key of its own in a recording for each', () => {
    expect(new Set(all.map(({ recordedAs }) => recordedAs)).size).toBe(all.length);
    expect(showMemory('bgpd').recordedAs).toBe('show memory bgpd');
    expect(showVersion('bgpd').recordedAs).toBe('show version bgpd');
    expect(showVersion('zebra').recordedAs).toBe('show version');
  });

  it('only shows, in one line of plain words, and enables no daemon but bfdd, and zebra for one command', () => {
    for (const { text, daemon, format, needsEnable } of all) {
      expect(text).toMatch(/^show [a-z0-9:./ -]+$/);
      expect(text.endsWith(' json')).toBe(format === 'json');
      expect(needsEnable).toBe(daemon === 'bfdd' || text === 'show zebra client summary');
    }
    expect(enable('bfdd')).toMatchObject({ text: 'enable', daemon: 'bfdd' });
  });

  it('lets an answer be empty only where FRR gives none for nothing', () => {
    expect(all.filter(({ mayBeEmpty }) => mayBeEmpty)).toEqual([
      COMMANDS.evpnVnis,
      COMMANDS.bgpVnis,
      COMMANDS.ospfInstances,
    ]);
  });
});

describe('commands with parameters', () => {
  it.each(['', '192.0.2.1/32', '192.0.2', 'fe80::1%eth0', '192.0.2.1 json\nconfigure', 'all', '::1\0'])(
    'take no %j for an address',
    (address) => {
      for (const afi of ['ipv4', 'ipv6'] as const)
        for (const make of [
          () => bgpPrefix('default', { ...IPV4, address, afi }),
          () => bgpVpnPrefix({ ...IPV4, address, afi }),
        ])
          expect(make).toThrow(new TypeError(`${JSON.stringify(`${address}/32`)} is not an ${afi} prefix`));
    },
  );

  it.each([-1, 33, 0.5, Number.NaN])('take no %d for a prefix length', (prefixLength) => {
    expect(() => bgpPrefix('default', { ...IPV4, prefixLength })).toThrow(
      new TypeError(`"192.0.2.1/${prefixLength}" is not an ipv4 prefix`),
    );
  });

  it.each(['', '64999', '64999:', '1:2:3', 'all', '64999:1 json', 'a:1', '1.2.3:4', '64999:1\n'])(
    'take no %j for a route distinguisher',
    (rd) => {
      expect(() => bgpType5Routes(rd)).toThrow(
        new TypeError(`${JSON.stringify(rd)} is not a route distinguisher`),
      );
    },
  );

  it.each(['', 'a', 'al', 'all', '-N', 'a b', 'a\nb', 'x'.repeat(65), 'ä', 'a;b', 'a"'])(
    'take no %j for a VRF',
    (vrf) => {
      expect(isVrfName(vrf)).toBe(false);
      expect(() => routeSummary('ipv4', vrf)).toThrow(TypeError);
      expect(() => defaultRoute('ipv6', vrf)).toThrow(TypeError);
      expect(() => bgpPrefix(vrf, IPV4)).toThrow(TypeError);
      expect(() => bgpRouteLeak('ipv4', vrf)).toThrow(TypeError);
      expect(() => bgpChanged(vrf, 'ipv4', 1)).toThrow(TypeError);
      expect(() => bgpRangeDetail(vrf, IPV4)).toThrow(TypeError);
      expect(() => localRoutes('ipv4', 'kernel', vrf)).toThrow(TypeError);
    },
  );

  it.each([
    ['default', 'ipv4', -999, 'show bgp ipv4 unicast version 1 json'],
    ['red', 'ipv6', 29_001, 'show bgp vrf red ipv6 unicast version 29001 json'],
    ['default', 'ipv4', 5e9, 'show bgp ipv4 unicast version 4294967295 json'],
  ] as const)('in VRF %s, %s, the routes changed since version %d', (vrf, afi, version, text) => {
    expect(bgpChanged(vrf, afi, version).text).toBe(text);
  });

  it('take no other daemon', () => {
    expect(() => showMemory('sh' as Daemon)).toThrow(new TypeError('"sh" is not an FRR daemon'));
    expect(() => showVersion('../x' as Daemon)).toThrow(new TypeError('"../x" is not an FRR daemon'));
  });

  it('are always one line of plain words, whatever is tried', () => {
    const plain = /^show [A-Za-z0-9_.:@/ -]+$/;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6()), (text) => {
        for (const make of [
          () => bgpPrefix('default', { ...IPV4, address: text }),
          () => bgpPrefix(text, IPV6),
          () => bgpVpnPrefix({ ...IPV6, address: text }),
          () => bgpRouteLeak('ipv6', text),
          () => bgpChanged(text, 'ipv6', 1),
          () => bgpType5Routes(text),
          () => localRoutes('ipv4', 'kernel', text),
          () => routeSummary('ipv4', text),
          () => defaultRoute('ipv6', text),
        ]) {
          try {
            expect(make().text).toMatch(plain);
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
