import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { configDrift } from '../../../src/collectors/config-drift.ts';
import { configurationLines, lineDigest } from '../../../src/frr/configuration.ts';
import { readPlaced } from '../../../src/frr/placed-configuration.ts';
import { temporaryFolder } from '../frr/temporary-folder.ts';
import { answering, collect, lines } from './recorded.ts';

const BGP = `
Current configuration:
!
frr version 8.4.4
frr defaults traditional
!
hostname node
!
router bgp 64999
 neighbor uplink peer-group
 neighbor uplink password s3cret
 neighbor 192.0.2.1 peer-group uplink
 neighbor eth1 interface peer-group uplink
 !
 address-family ipv4 unicast
  redistribute connected route-map own-host-routes
  neighbor uplink activate
 exit-address-family
exit
!
router bgp 64999 vrf red
 neighbor 192.0.2.9 peer-group uplink
exit
!
end
`;
const ZEBRA = `
Current configuration:
!
frr version 8.4.4
frr defaults traditional
!
hostname node
!
vrf red
 vni 100
exit-vrf
!
end
`;

const ALL = [...new Set([...configurationLines(BGP), ...configurationLines(ZEBRA)])];

const NAMES: Readonly<Record<string, string>> = {
  'router bgp 64999\nneighbor 192.0.2.1 peer-group uplink': ' vrf default peer 192.0.2.1',
  'router bgp 64999\nneighbor eth1 interface peer-group uplink': ' vrf default peer eth1',
  'router bgp 64999 vrf red\nneighbor 192.0.2.9 peer-group uplink': ' vrf red peer 192.0.2.9',
  'router bgp 64999 vrf red': ' vrf red',
};

const PLACED = ['daemons zebra bgpd', ...ALL.map((line) => lineDigest(line) + (NAMES[line] ?? ''))].join(
  '\n',
);

const PRESENT = [
  'frr_config_peer_present{vrf="default",peer="192.0.2.1"} 1',
  'frr_config_peer_present{vrf="default",peer="eth1"} 1',
  'frr_config_peer_present{vrf="red",peer="192.0.2.9"} 1',
  'frr_config_vrf_present{vrf="red"} 1',
];

/** What is exposed of a node that was given {@link PLACED} and runs these configurations. */
async function drift(bgpd: string, zebra = ZEBRA): Promise<readonly string[]> {
  const digest = path.join(temporaryFolder(), 'placed.sha256');
  writeFileSync(digest, `${PLACED}\n`);
  const frr = answering({ 'show running-config bgpd': bgpd, 'show running-config zebra': zebra });
  return lines(await collect(activate(configDrift, { digest }), frr));
}

const differing = (missing: number, added: number) => [
  `frr_config_drift{change="missing"} ${missing}`,
  `frr_config_drift{change="added"} ${added}`,
];

test('a line is what it says below what it stands under, without secrets', () => {
  expect([...configurationLines(BGP)].slice(0, 8)).toEqual([
    'frr defaults traditional',
    'hostname node',
    'router bgp 64999',
    'router bgp 64999\nneighbor uplink peer-group',
    'router bgp 64999\nneighbor uplink password',
    'router bgp 64999\nneighbor 192.0.2.1 peer-group uplink',
    'router bgp 64999\nneighbor eth1 interface peer-group uplink',
    'router bgp 64999\naddress-family ipv4 unicast',
  ]);
});

describe('the running configuration', () => {
  test('is what was placed', async () => {
    expect(await drift(BGP)).toEqual([...differing(0, 0), ...PRESENT]);
  });

  test('of a newer FRR, with what vtysh adds', async () => {
    const vtysh = 'Building configuration...\n';
    const service = 'service integrated-vtysh-config\n';
    expect(await drift(vtysh + BGP.replace('8.4.4', '10.3').replace('!\n', `!\n${service}`))).toEqual([
      ...differing(0, 0),
      ...PRESENT,
    ]);
  });

  test('lacks a peer and has another', async () => {
    const changed = BGP.replace(
      'neighbor eth1 interface peer-group uplink',
      'neighbor 198.51.100.9 remote-as 666',
    );
    expect(await drift(changed)).toEqual([
      ...differing(1, 1),
      PRESENT[0],
      'frr_config_peer_present{vrf="default",peer="eth1"} 0',
      ...PRESENT.slice(2),
    ]);
  });

  test('lacks a VRF', async () => {
    const [without] = BGP.split('router bgp 64999 vrf red');
    expect(await drift(without as string, ZEBRA.replace(' vni 100\n', ''))).toEqual([
      ...differing(3, 0),
      ...PRESENT.slice(0, 2),
      'frr_config_peer_present{vrf="red",peer="192.0.2.9"} 0',
      'frr_config_vrf_present{vrf="red"} 0',
    ]);
  });

  test('has what ovn-bgp-agent adds', async () => {
    const imported = BGP.replace(
      '  neighbor uplink activate',
      '  neighbor uplink activate\n  import vrf bgp-vrf',
    );
    const added = `${imported}
router bgp 64999 vrf bgp-vrf
 bgp router-id 172.16.0.1
 address-family ipv4 unicast
  redistribute connected
  redistribute kernel
 exit-address-family
 address-family l2vpn evpn
  advertise ipv4 unicast
  rd 172.16.0.1:100
  route-target import 64999:100
  route-target export 64999:100
 exit-address-family
exit
`;
    expect(await drift(added, `${ZEBRA}vrf blue\n vni 200\nexit-vrf\n`)).toEqual([
      ...differing(0, 0),
      ...PRESENT,
    ]);
    expect(await drift(added.replace('redistribute kernel', 'redistribute static'))).toContain(
      'frr_config_drift{change="added"} 1',
    );
  });
});

test('a daemon that does not answer is no drift: the poll fails', async () => {
  await expect(drift('not_running')).rejects.toThrow('bgpd: not_running');
});

describe('the file', () => {
  test('that is not there is named', async () => {
    const digest = path.join(temporaryFolder(), 'placed.sha256');
    rmSync(digest, { force: true });
    await expect(collect(activate(configDrift, { digest }), answering({}))).rejects.toThrow(
      `${digest} does not say what configuration was placed: it does not exist; "frr-config placed" of the FRR service writes it`,
    );
  });

  test.each([
    ['', `its first line is not "daemons" and the names of FRR's daemons`],
    ['daemons zebra sshd\n', `its first line is not "daemons" and the names of FRR's daemons`],
    ['daemons zebra\nabc\n', 'its line 2 does not begin with a SHA-256'],
    [
      `daemons zebra\n${'a'.repeat(64)}\n${'b'.repeat(64)} peer\n`,
      'its line 3 does not begin with a SHA-256',
    ],
  ])('%j is refused', (text, why) => {
    expect(() => readPlaced(text, 'placed.sha256')).toThrow(
      `placed.sha256 does not say what configuration was placed: ${why};`,
    );
  });
});
