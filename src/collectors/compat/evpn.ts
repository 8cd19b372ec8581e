/** VNIs, as frr_exporter's collector `bgpl2vpn` has them. */
import { COMMANDS } from '../../frr/commands.ts';
import { numberOf } from '../../metrics/family.ts';
import { evpn } from '../evpn.ts';
import { members, word } from '../fields.ts';
import { extension, gauge } from './extension.ts';

const VNIS = COMMANDS.evpnVnis.text;
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
  'Remote VTEPs of the VNI; -1 if FRR does not report them.',
  `${VNIS}: numRemoteVteps`,
);

export const evpnNames = extension({
  of: evpn,
  descriptors: [macs, neighbors, remoteVteps],
  *families(documents, { emit, labels }) {
    for (const [name, vni] of documents.flatMap((document) => [...members(document)])) {
      const key = [word(vni.tenantVrf), word(vni.type), word(vni.vni) || name, word(vni.vxlanIf)] as const;
      yield;
      const set = labels(VNI, key);
      emit(macs, set, vni.numMacs);
      emit(neighbors, set, vni.numArpNd);
      emit(
        remoteVteps,
        set,
        Number.isNaN(numberOf(vni.numRemoteVteps) ?? Number.NaN) ? -1 : vni.numRemoteVteps,
      );
    }
  },
});
