/** VNIs, as frr_exporter's collector `bgpl2vpn` has them. */
import { buildFamilies, figure, labels } from '../../metrics/family.ts';
import { items, members, word } from '../fields.ts';
import { addition, gauge } from './addition.ts';

const VNIS = 'show evpn vni json';
const VNI = ['tenantVrf', 'type', 'vni', 'vxlanIf'] as const;

const macs = gauge(
  'frr_bgp_l2vpn_evpn_mac_count_total',
  VNI,
  'MAC addresses in the VNI.',
  `${VNIS}: numMacs`,
);
const neighbors = gauge(
  'frr_bgp_l2vpn_evpn_arp_nd_count_total',
  VNI,
  'ARP and ND entries in the VNI.',
  `${VNIS}: numArpNd`,
);
const remoteVteps = gauge(
  'frr_bgp_l2vpn_evpn_remote_vtep_count_total',
  VNI,
  'Remote VTEPs of the VNI; -1 where FRR tells none.',
  `${VNIS}: numRemoteVteps`,
);

const DESCRIPTORS = [macs, neighbors, remoteVteps] as const;

export const evpnNames = addition({
  descriptors: DESCRIPTORS,
  families: (documents) =>
    buildFamilies(DESCRIPTORS, (emit) => {
      for (const [name, vni] of items(documents).flatMap((document) => [...members(document)])) {
        const key = [word(vni.tenantVrf), word(vni.type), word(vni.vni) || name, word(vni.vxlanIf)] as const;
        const set = labels(VNI, key);
        emit(macs, set, vni.numMacs);
        emit(neighbors, set, vni.numArpNd);
        emit(
          remoteVteps,
          set,
          Number.isNaN(figure(vni.numRemoteVteps) ?? Number.NaN) ? -1 : vni.numRemoteVteps,
        );
      }
    }),
});
