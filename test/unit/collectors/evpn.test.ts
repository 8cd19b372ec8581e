import { expect, test } from 'vitest';
import { evpn } from '../../../src/collectors/evpn.ts';
import { familiesOf, lines } from './recorded.ts';

test('values that a routed VNI does not have are absent, and not counted as errors', () => {
  const { families, drops } = familiesOf(evpn, [
    {
      100: {
        vni: 100,
        type: 'L2',
        vxlanIf: 'vx100',
        numMacs: 3,
        numArpNd: '2',
        numRemoteVteps: 1,
        tenantVrf: 'red',
      },
      5000: {
        vni: 5000,
        type: 'L3',
        vxlanIf: 'None',
        numMacs: 1,
        numArpNd: 1,
        numRemoteVteps: 'n/a',
        tenantVrf: 'red',
      },
    },
  ]);
  expect(lines({ families })).toEqual([
    'frr_evpn_vnis{type="L2"} 1',
    'frr_evpn_vnis{type="L3"} 1',
    'frr_evpn_vni_info{vni="100",type="L2",vxlan_interface="vx100",tenant_vrf="red"} 1',
    'frr_evpn_vni_info{vni="5000",type="L3",vxlan_interface="",tenant_vrf="red"} 1',
    'frr_evpn_vni_macs{vni="100",type="L2",tenant_vrf="red"} 3',
    'frr_evpn_vni_macs{vni="5000",type="L3",tenant_vrf="red"} 1',
    'frr_evpn_vni_arp_nd_entries{vni="100",type="L2",tenant_vrf="red"} 2',
    'frr_evpn_vni_arp_nd_entries{vni="5000",type="L3",tenant_vrf="red"} 1',
    'frr_evpn_vni_remote_vteps{vni="100",type="L2",tenant_vrf="red"} 1',
  ]);
  expect(drops).toEqual([]);
});

test.each([
  ['an empty answer', []],
  ['no VNIs', [{}]],
  ['things that are no VNIs', [{ 100: 1, 200: null }]],
])('%s: there are none', (_, documents) => {
  expect(lines(familiesOf(evpn, documents))).toEqual([
    'frr_evpn_vnis{type="L2"} 0',
    'frr_evpn_vnis{type="L3"} 0',
  ]);
});

test('missing fields affect only their own metrics', () => {
  expect(lines(familiesOf(evpn, [{ 100: { numMacs: 1 } }]))).toEqual([
    'frr_evpn_vnis{type="L2"} 0',
    'frr_evpn_vnis{type="L3"} 0',
    'frr_evpn_vnis{type=""} 1',
    'frr_evpn_vni_info{vni="100",type="",vxlan_interface="",tenant_vrf=""} 1',
    'frr_evpn_vni_macs{vni="100",type="",tenant_vrf=""} 1',
  ]);
});
