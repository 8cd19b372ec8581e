/** VRRP routers: who is master, and what they sent and received. */
import { COMMANDS } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { fields, items, word } from './fields.ts';

const SHOW = COMMANDS.vrrp;

const ROUTER_LABELS = ['interface', 'vrid', 'afi'] as const;
const INFO_LABELS = ['interface', 'vrid', 'afi', 'version', 'vrrp_interface', 'primary_address'] as const;

const routerInfo = metric({
  name: 'frr_vrrp_router_info',
  type: 'info',
  help: 'VRRP version of the virtual router, the interface with its virtual MAC address (empty if there is none), and its source address.',
  labels: INFO_LABELS,
  source: `${SHOW.text}: version, v4 and v6 interface, primaryAddress`,
});
const routerState = metric({
  name: 'frr_vrrp_router_state',
  type: 'gauge',
  help: 'State of the virtual router as in RFC 6527: 1 initialize, 2 backup, 3 master.',
  labels: ROUTER_LABELS,
  source: `${SHOW.text}: v4 and v6 status (RFC 6527 vrrpv3OperationsStatus)`,
});
const routerAdminUp = metric({
  name: 'frr_vrrp_router_admin_up',
  type: 'gauge',
  help: 'Whether the virtual router is administratively enabled.',
  labels: ROUTER_LABELS,
  source: `${SHOW.text}: shutdown`,
});
const routerPriority = metric({
  name: 'frr_vrrp_router_priority',
  type: 'gauge',
  help: 'Effective priority of the virtual router.',
  labels: ROUTER_LABELS,
  source: `${SHOW.text}: v4 and v6 effectivePriority`,
});
const routerTransitions = metric({
  name: 'frr_vrrp_router_transitions_total',
  type: 'counter',
  help: 'Number of state changes of the virtual router.',
  labels: ROUTER_LABELS,
  source: `${SHOW.text}: v4 and v6 stats transitions`,
});
const advertisementsSent = metric({
  name: 'frr_vrrp_router_advertisements_sent_total',
  type: 'counter',
  help: 'Number of VRRP advertisements sent.',
  labels: ROUTER_LABELS,
  source: `${SHOW.text}: v4 and v6 stats adverTx`,
});
const advertisementsReceived = metric({
  name: 'frr_vrrp_router_advertisements_received_total',
  type: 'counter',
  help: 'Number of VRRP advertisements received.',
  labels: ROUTER_LABELS,
  source: `${SHOW.text}: v4 and v6 stats adverRx`,
});
const announcementsSent = metric({
  name: 'frr_vrrp_router_address_announcements_sent_total',
  type: 'counter',
  help: 'Number of gratuitous ARPs (IPv4) or unsolicited neighbor advertisements (IPv6) sent for the virtual addresses.',
  labels: ROUTER_LABELS,
  source: `${SHOW.text}: v4 stats garpTx, v6 stats neighborAdverTx`,
});

/** FRR's words (`vrrp_state_names` in vrrp.c). */
const ROUTER_STATES: ReadonlyMap<unknown, number> = new Map([
  ['Initialize', 1],
  ['Backup', 2],
  ['Master', 3],
]);

export const vrrp = collector({
  name: 'vrrp',
  help: 'VRRP: state, priority and advertisements of every virtual router.',
  enabledByDefault: false,
  pace: 'sessions',
  commands: [SHOW],
  descriptors: [
    routerInfo,
    routerState,
    routerAdminUp,
    routerPriority,
    routerTransitions,
    advertisementsSent,
    advertisementsReceived,
    announcementsSent,
  ],
  query: (frr) => frr.json(SHOW),
  *families(documents, { emit, labels }) {
    for (const item of documents.flatMap(items)) {
      yield;
      const group = fields(item);
      for (const [afi, half] of [
        ['ipv4', fields(group.v4)],
        ['ipv6', fields(group.v6)],
      ] as const) {
        const { status } = half;
        const stats = fields(half.stats);
        // FRR has both halves of every group; one without addresses is not configured.
        if (items(half.addresses).length === 0) continue;
        const name = word(group.interface);
        const vrid = word(group.vrid);
        const set = labels(ROUTER_LABELS, [name, vrid, afi]);
        const info = [name, vrid, afi, word(group.version), word(half.interface), word(half.primaryAddress)];
        emit(routerInfo, labels(INFO_LABELS, info as [string, string, string, string, string, string]), 1);
        if (status !== undefined) emit(routerState, set, ROUTER_STATES.get(status) ?? status);
        if (group.shutdown !== undefined) emit(routerAdminUp, set, group.shutdown === true ? 0 : 1);
        emit(routerPriority, set, half.effectivePriority);
        emit(routerTransitions, set, stats.transitions);
        emit(advertisementsSent, set, stats.adverTx);
        emit(advertisementsReceived, set, stats.adverRx);
        emit(announcementsSent, set, stats.garpTx ?? stats.neighborAdverTx);
      }
    }
  },
});
