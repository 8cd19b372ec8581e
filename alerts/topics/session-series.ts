/** Labels and series that the rules of BGP sessions share. */

/** What makes a session one, with the labels that its scrape gave it. */
export const KEY = 'cluster, job, instance, vrf, peer';
/** What makes a node one. */
export const NODE = 'cluster, job, instance';
/** Leaves out the nodes under maintenance. */
export const NO_MAINTENANCE = `unless on (${NODE}) instance:frr_maintenance:active`;
/** Seconds. */
export const DAY = 86_400;
/** What the down rules take over from the session's info, to group and to inhibit by. */
export const INFO = 'peer_group, remote_as, remote_router_id, interface';
/** The labels of the session's info that are neither of {@link KEY} nor of the scrape. */
export const DESCRIBING = `local_as, description, remote_hostname, ${INFO}`;
/** The nodes that lost all of their uplinks at once, by their storm. */
export const CUT_OFF = 'instance:frr_bgp_uplinks_lost:storm';
/** The routers that the nodes of a storm had. */
export const CUT_OFF_ROUTERS = 'storm_remote_router:frr_bgp_uplinks_lost:count';
