/**
 * The routers at the other end of the uplinks: how many nodes each has lost, and what would be cut off while it reboots.
 * A router is identified by its router ID, which is the same for all of its sessions.
 */
import { NODE, of, SESSION } from './promql.ts';

const ROUTER = 'cluster, remote_router_id';
/** A node and a router that are neighbors. */
export const LINK = `${NODE}, remote_router_id`;

/** The uplinks whose router is known; FRR forgets it when a session goes down, the rules remember it. */
export const UPLINKS =
  `(${of('session:frr_bgp_session_info:last', 'remote_router_id!=""')} ` +
  `and on (${SESSION}) ${of('session:frr_bgp_session_uplink:known')})`;
const WANTED = of('session:frr_bgp_session_up:wanted');
const UP = `(${UPLINKS} and on (${SESSION}) ${of('frr_bgp_session_up')} == 1)`;
const ANNOUNCED = `(${of('frr_host_route_advertised_peers')} > 0)`;

const links = (sessions: string) => `count by (${LINK}) (${sessions})`;

/** Nodes that want a session with the router. */
export const NODES_OF_ROUTER = `count by (${ROUTER}) (${links(`${UPLINKS} and on (${SESSION}) ${WANTED}`)})`;

/** Of these, the nodes that have no session with it now. */
export const NODES_LOST =
  `count by (${ROUTER}) (${links(`${UPLINKS} and on (${SESSION}) ${WANTED}`)} unless on (${LINK}) ` +
  `${links(`${UPLINKS} and on (${SESSION}) (${WANTED} == 1)`)}) or 0 * ${NODES_OF_ROUTER}`;

/** One name, description and AS a router, whatever each node calls it. */
export const ROUTER_NAMES = `topk by (${ROUTER}) (1, group by (${ROUTER}, remote_hostname, description, remote_as) (${UPLINKS}))`;

/** The nodes whose established uplinks all lead to one router, which is named: without it they are cut off. */
export const HANGS_ON = `${links(UP)} == on (${NODE}) group_left () count by (${NODE}) ${UP}`;

/** The nodes that a reboot of the router would cut off. */
export const NODES_CUT_OFF = `count by (${ROUTER}) (${HANGS_ON})`;

/** The addresses of such nodes, with the router. */
export const ADDRESSES_THERE = `${ANNOUNCED} * on (${NODE}) group_left (remote_router_id) (0 * (${HANGS_ON}) + 1)`;

/** The addresses that a reboot would cut off: announced by such nodes and by no other. */
export const ADDRESSES_CUT_OFF =
  `count by (${ROUTER}) (count by (${ROUTER}, address) (${ADDRESSES_THERE}) ` +
  `== on (cluster, address) group_left () count by (cluster, address) (${ANNOUNCED}))`;
