import { expect, test } from 'vitest';
import { vrf } from '../../../src/collectors/vrf.ts';
import { parseVrfStates } from '../../../src/collectors/vrfs.ts';
import { answering, collect, lines } from './recorded.ts';

const VRFS = 'show vrf';
const L3_VNIS = 'show vrf vni json';
const BGP_VNIS = 'show bgp l2vpn evpn vni json';

test('VRFs, their L3 VNIs and route targets', async () => {
  const frr = answering({
    [VRFS]:
      'vrf red id 5 table 10 (configured)\nvrf blue id 2 netns /run/netns/blue\nvrf gone inactive (configured)\n',
    [L3_VNIS]: JSON.stringify({
      vrfs: [
        {
          vrf: 'red',
          vni: 5000,
          vxlanIntf: 'vx5000',
          sviIntf: 'br5000',
          state: 'Up',
          routerMac: '9e:ab:00:00:00:01',
        },
        { vrf: 'gone', vni: 5001, vxlanIntf: 'None', sviIntf: 'None', state: 'Down', routerMac: 'None' },
      ],
    }),
    [BGP_VNIS]: JSON.stringify({
      advertiseGatewayMacip: 'Disabled',
      numL3Vnis: 1,
      5000: { vni: 5000, type: 'L3', importRTs: ['64999:5000', '*:1', '*:1'], exportRTs: ['64999:5000'] },
      100: { type: 'L2', importRts: [], exportRts: ['64999:100'] },
    }),
  });
  const { families, drops } = await collect(vrf, frr);
  expect(lines({ families })).toEqual([
    'frr_vrf_active{vrf="red"} 1',
    'frr_vrf_active{vrf="blue"} 1',
    'frr_vrf_active{vrf="gone"} 0',
    'frr_vrf_l3_vni_up{vrf="red",vni="5000"} 1',
    'frr_vrf_l3_vni_up{vrf="gone",vni="5001"} 0',
    'frr_vrf_l3_vni_info{vrf="red",vni="5000",vxlan_interface="vx5000",svi_interface="br5000",router_mac="9e:ab:00:00:00:01"} 1',
    'frr_vrf_l3_vni_info{vrf="gone",vni="5001",vxlan_interface="",svi_interface="",router_mac=""} 1',
    'frr_evpn_vni_route_target_info{vni="100",type="L2",direction="export",route_target="64999:100"} 1',
    'frr_evpn_vni_route_target_info{vni="5000",type="L3",direction="import",route_target="64999:5000"} 1',
    'frr_evpn_vni_route_target_info{vni="5000",type="L3",direction="import",route_target="*:1"} 1',
    'frr_evpn_vni_route_target_info{vni="5000",type="L3",direction="export",route_target="64999:5000"} 1',
  ]);
  expect(drops).toEqual([]);
});

test('without bgpd there are no route targets, and all else', async () => {
  const frr = answering({ [VRFS]: 'vrf red id 5 table 10\n', [L3_VNIS]: '{"vrfs":[]}' });
  expect(lines(await collect(vrf, frr))).toEqual(['frr_vrf_active{vrf="red"} 1']);
});

test('without zebra there is nothing', async () => {
  await expect(collect(vrf, answering({ [BGP_VNIS]: '{}' }))).rejects.toMatchObject({
    reason: 'not_running',
    daemon: 'zebra',
  });
});

test.each([
  ['nothing', '{}', ''],
  [
    'things that are no VNIs',
    '{"vrfs":[1,null,"x",[],{"vrf":"red"},{"vni":7,"state":"Up"}]}',
    '{"100":1,"200":null}',
  ],
  [
    'lists that are none',
    '{"vrfs":{"red":{"vni":5000}}}',
    '{"100":{"importRts":"64999:1","exportRts":{"a":1}}}',
  ],
  ['route targets that are none', '{"vrfs":[]}', '{"100":{"importRts":[null,{},[],""]}}'],
])('%s in place of VNIs', async (_, l3Vnis, bgpVnis) => {
  const { families, drops } = await collect(
    vrf,
    answering({ [VRFS]: '', [L3_VNIS]: l3Vnis, [BGP_VNIS]: bgpVnis }),
  );
  expect(lines({ families })).toEqual([]);
  expect(drops).toEqual([]);
});

test.each([
  ['vrf red id 5 table 10 (configured)', 'red', true, 10],
  ['vrf inactive id 5 table 10', 'inactive', true, 10],
  ['vrf blue id 2 netns /run/netns/table', 'blue', true, undefined],
  ['vrf gone inactive (configured)', 'gone', false, undefined],
  ['vrf ä"\\ id 7 table 4294967295', 'ä"\\', true, 4_294_967_295],
])('%s', (text, name, active, table) => {
  expect(parseVrfStates(`netns-based vrfs\n${text}\n`)).toEqual([{ name, active, table }]);
});
