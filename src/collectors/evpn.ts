/** EVPN: the virtual networks (VNIs) of this node, and what is known in them. */
import { COMMANDS } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { members, word } from './fields.ts';

const VNIS = COMMANDS.evpnVnis;

const TYPE_LABELS = ['type'] as const;
const INFO_LABELS = ['vni', 'type', 'vxlan_interface', 'tenant_vrf'] as const;
const VNI_LABELS = ['vni', 'type', 'tenant_vrf'] as const;

const vnis = metric({
  name: 'frr_evpn_vnis',
  type: 'gauge',
  help: 'Number of VNIs by type: L2 for a bridged network, L3 for a routed one.',
  labels: TYPE_LABELS,
  source: `${VNIS.text}: type`,
});
const vniInfo = metric({
  name: 'frr_evpn_vni_info',
  type: 'info',
  help: 'VXLAN interface (empty if there is none) and tenant VRF of the VNI.',
  labels: INFO_LABELS,
  source: `${VNIS.text}: vni, type, vxlanIf, tenantVrf`,
});
const vniMacs = metric({
  name: 'frr_evpn_vni_macs',
  type: 'gauge',
  help: 'Number of MAC addresses known in the VNI, local and remote.',
  labels: VNI_LABELS,
  source: `${VNIS.text}: numMacs`,
});
const vniNeighbors = metric({
  name: 'frr_evpn_vni_arp_nd_entries',
  type: 'gauge',
  help: 'Number of ARP and ND entries known in the VNI, local and remote.',
  labels: VNI_LABELS,
  source: `${VNIS.text}: numArpNd`,
});
const vniRemoteVteps = metric({
  name: 'frr_evpn_vni_remote_vteps',
  type: 'gauge',
  help: 'Number of remote VTEPs in the VNI; absent for L3 VNIs, for which FRR does not report it.',
  labels: VNI_LABELS,
  source: `${VNIS.text}: numRemoteVteps`,
});

export const evpn = collector({
  name: 'evpn',
  help: 'EVPN: VNIs with their MACs, ARP and ND entries and remote VTEPs.',
  enabledByDefault: true,
  pace: 'tables',
  commands: [VNIS],
  descriptors: [vnis, vniInfo, vniMacs, vniNeighbors, vniRemoteVteps],
  status: {
    evpn_vnis: {
      title: 'EVPN VNIs',
      items: (tables) =>
        tables.rows(vniInfo).map(({ labels, number }) => ({
          vni: labels.vni,
          type: labels.type,
          vxlan_interface: labels.vxlan_interface || null,
          tenant_vrf: labels.tenant_vrf || null,
          macs: number(vniMacs),
          arp_nd_entries: number(vniNeighbors),
          remote_vteps: number(vniRemoteVteps),
        })),
    },
  },
  query: (frr) => frr.json(VNIS),
  *families(documents, { emit, labels }) {
    const count = new Map([
      ['L2', 0],
      ['L3', 0],
    ]);
    for (const document of documents) {
      for (const [name, fields] of members(document)) {
        const vni = word(fields.vni) || name;
        const type = word(fields.type);
        const tenant = word(fields.tenantVrf);
        count.set(type, (count.get(type) ?? 0) + 1);
        emit(vniInfo, labels(INFO_LABELS, [vni, type, unlessNone(fields.vxlanIf), tenant]), 1);
        yield;
        const set = labels(VNI_LABELS, [vni, type, tenant]);
        emit(vniMacs, set, unlessNotApplicable(fields.numMacs));
        emit(vniNeighbors, set, unlessNotApplicable(fields.numArpNd));
        emit(vniRemoteVteps, set, unlessNotApplicable(fields.numRemoteVteps));
      }
    }
    for (const [type, vniCount] of count) emit(vnis, labels(TYPE_LABELS, [type]), vniCount);
  },
});

/** FRR writes `None` for a VXLAN interface that is not there. */
function unlessNone(value: unknown): string {
  const name = word(value);
  return name === 'None' ? '' : name;
}

/** FRR writes `n/a` for what an L3 VNI does not have. */
function unlessNotApplicable(value: unknown): unknown {
  return value === 'n/a' ? undefined : value;
}
