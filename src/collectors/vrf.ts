/** The VRFs of this node: whether the kernel has them, and the VNIs that connect them with other nodes. */
import { COMMANDS } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { fields, items, members, word } from './fields.ts';
import { unlessFailed } from './unless-failed.ts';
import { parseVrfStates, VRF_LABEL } from './vrfs.ts';

const VRFS = COMMANDS.vrfs;
const L3_VNIS = COMMANDS.vrfVnis;
const BGP_VNIS = COMMANDS.bgpVnis;

const L3_VNI_LABELS = ['vrf', 'vni'] as const;
const L3_VNI_INFO_LABELS = ['vrf', 'vni', 'vxlan_interface', 'svi_interface', 'router_mac'] as const;
const ROUTE_TARGET_LABELS = ['vni', 'type', 'direction', 'route_target'] as const;

/** 0 for a VRF that is configured in FRR only. */
export const vrfActive = metric({
  name: 'frr_vrf_active',
  type: 'gauge',
  help: 'Whether the kernel has the VRF; 0 if it is only configured in FRR. FRR 7.5 does not list a VRF that the kernel does not have.',
  labels: VRF_LABEL,
  source: `${VRFS.text}: id, inactive`,
});
/** 1 while EVPN carries the routes of the VRF. */
const l3VniUp = metric({
  name: 'frr_vrf_l3_vni_up',
  type: 'gauge',
  help: 'Whether the L3 VNI of the VRF is up, which requires that its VXLAN interface and its SVI are.',
  labels: L3_VNI_LABELS,
  source: `${L3_VNIS.text}: state`,
});
const l3VniInfo = metric({
  name: 'frr_vrf_l3_vni_info',
  type: 'info',
  help: 'VXLAN interface, SVI and router MAC of the L3 VNI of the VRF; each is empty if there is none.',
  labels: L3_VNI_INFO_LABELS,
  source: `${L3_VNIS.text}: vxlanIntf, sviIntf, routerMac`,
});
const routeTargetInfo = metric({
  name: 'frr_evpn_vni_route_target_info',
  type: 'info',
  help: 'Route target that the VNI imports or exports.',
  labels: ROUTE_TARGET_LABELS,
  source: `${BGP_VNIS.text}: importRTs, exportRTs`,
});

/** The directions, and the fields of the answer: until FRR 10.7, and later. */
const DIRECTIONS = [
  ['import', 'importRTs', 'importRts'],
  ['export', 'exportRTs', 'exportRts'],
] as const;

export const vrf = collector({
  name: 'vrf',
  help: 'VRFs, whether the kernel has them, the state of their L3 VNIs, and the route targets of all VNIs.',
  enabledByDefault: true,
  pace: 'tables',
  commands: [VRFS, L3_VNIS, BGP_VNIS],
  descriptors: [vrfActive, l3VniUp, l3VniInfo, routeTargetInfo],
  status: {
    vrfs: {
      title: 'VRFs',
      items: (tables) =>
        tables.rows(vrfActive).map(({ labels, value, rows }) => ({
          vrf: labels.vrf,
          active: value === 1,
          l3_vnis: rows(l3VniUp).map((vni) => ({
            vni: vni.labels.vni,
            up: vni.value === 1,
            vxlan_interface: vni.text(l3VniInfo, 'vxlan_interface'),
            svi_interface: vni.text(l3VniInfo, 'svi_interface'),
            router_mac: vni.text(l3VniInfo, 'router_mac'),
            route_targets: vni.rows(routeTargetInfo).map(({ labels: { direction, route_target } }) => ({
              direction,
              route_target,
            })),
          })),
        })),
    },
  },
  async query(frr) {
    // bgpd may be down, and a node may run without it.
    const [vrfs, l3Vnis, bgpVnis] = await Promise.all([
      frr.text(VRFS),
      frr.json(L3_VNIS),
      unlessFailed(frr.json(BGP_VNIS), []),
    ]);
    return { vrfs, l3Vnis, bgpVnis };
  },
  *families({ vrfs, l3Vnis, bgpVnis }, { emit, labels }) {
    for (const { name, active } of parseVrfStates(vrfs)) {
      yield;
      emit(vrfActive, labels(VRF_LABEL, [name]), active ? 1 : 0);
    }
    for (const document of l3Vnis) {
      for (const item of items(fields(document).vrfs).map(fields)) {
        yield;
        const vni = word(item.vni);
        const name = word(item.vrf);
        if (vni === '' || name === '' || item.state === undefined) continue;
        emit(l3VniUp, labels(L3_VNI_LABELS, [name, vni]), item.state === 'Up' ? 1 : 0);
        emit(
          l3VniInfo,
          labels(L3_VNI_INFO_LABELS, [
            name,
            vni,
            unlessNone(item.vxlanIntf),
            unlessNone(item.sviIntf),
            unlessNone(item.routerMac),
          ]),
          1,
        );
      }
    }
    for (const document of bgpVnis) {
      for (const [number, item] of members(document)) {
        const vni = word(item.vni) || number;
        for (const [direction, field, laterField] of DIRECTIONS) {
          for (const target of new Set(items(item[field] ?? item[laterField]).map(word))) {
            yield;
            const set = labels(ROUTE_TARGET_LABELS, [vni, word(item.type), direction, target]);
            if (target !== '') emit(routeTargetInfo, set, 1);
          }
        }
      }
    }
  },
});

/** FRR writes `None` for an interface and for a MAC address that is not there. */
function unlessNone(value: unknown): string {
  const text = word(value);
  return text === 'None' ? '' : text;
}
