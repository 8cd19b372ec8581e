/** The metrics of the collector `host-routes`. */
import { bgpPrefix, bgpType5Routes, bgpVpnPrefix, localRoutes } from '../../frr/commands.ts';
import { metric } from '../../metrics/family.ts';
import { VRF_LABEL } from '../vrfs.ts';

export const HOST_ROUTE_LABELS = ['address', 'interface', 'afi', 'vrf', 'origin'] as const;

/** 1 while BGP has the address as a route of this node's own. */
export const hostRouteInBgp = metric({
  name: 'frr_host_route_in_bgp',
  type: 'gauge',
  help: 'Whether BGP has the host address in its VRF with a best path that originates from this node.',
  labels: HOST_ROUTE_LABELS,
  source: `${bgpPrefix.text}: paths with bestpath and peerId 0.0.0.0`,
});
/** To how many peers the address is announced. */
export const hostRouteAdvertisedPeers = metric({
  name: 'frr_host_route_advertised_peers',
  type: 'gauge',
  help: 'Number of established BGP peers to which the host address is advertised, from its VRF, from the VRFs that it is leaked to, as a VPN route or as an EVPN route; absent where there is no other such peer and FRR does not report the EVPN routes.',
  labels: HOST_ROUTE_LABELS,
  source: `${bgpPrefix.text}: advertisedTo, and the same of the next two metrics`,
});
export const hostRouteVpnPeers = metric({
  name: 'frr_host_route_vpn_advertised_peers',
  type: 'gauge',
  help: 'Number of those peers to which it is advertised as a VPN route; absent where it is not one.',
  labels: HOST_ROUTE_LABELS,
  source: `${bgpVpnPrefix.text}: advertisedTo of paths with nhVrfName`,
});
export const hostRouteEvpnPeers = metric({
  name: 'frr_host_route_evpn_advertised_peers',
  type: 'gauge',
  help: 'Number of those peers to which it is advertised as an EVPN type 5 route; absent in a VRF without an L3 VNI, and where FRR reports no route distinguisher of the VNI, as for one that is down, or the routing table is too large to be searched.',
  labels: HOST_ROUTE_LABELS,
  source: `${bgpType5Routes.text}: advertisedTo`,
});
/** 1 from the second poll on that does not find the route. */
export const hostRouteKernelMissing = metric({
  name: 'frr_host_route_kernel_missing',
  type: 'gauge',
  help: 'Whether the kernel lacks the kernel or static route of the host address, which zebra reports as installed, in two polls in a row. Absent where that cannot be seen: in VRFs that are network namespaces, of an IPv6 route that leads to no interface and an unreachable IPv4 route, of a leaked address, where the tables are too large, and with more such routes than --collector.host-routes.max-series.',
  labels: HOST_ROUTE_LABELS,
  source: `/proc/net/fib_trie, /proc/net/ipv6_route; ${localRoutes.text}: installed`,
});
export const hostRoutesTotal = metric({
  name: 'frr_host_routes',
  type: 'gauge',
  help: 'Number of host addresses (/32 and /128) on the interfaces of the VRF, and of its kernel and static host routes that FRR redistributes.',
  labels: VRF_LABEL,
  source:
    "addresses of the node's own network namespace; show ip route vrf all connected json, and the same of kernel and static",
});
export const hostRoutesInBgp = metric({
  name: 'frr_host_routes_in_bgp',
  type: 'gauge',
  help: 'Number of host addresses of the VRF that BGP has with a best path that originates from this node.',
  labels: VRF_LABEL,
  source: `${bgpPrefix.text}: paths with bestpath and peerId 0.0.0.0`,
});
export const hostRoutesAdvertised = metric({
  name: 'frr_host_routes_advertised',
  type: 'gauge',
  help: 'Number of host addresses of the VRF that are advertised to at least one BGP peer.',
  labels: VRF_LABEL,
  source: `${bgpPrefix.text}: advertisedTo`,
});
export const hostRoutesUnadvertised = metric({
  name: 'frr_host_routes_unadvertised',
  type: 'gauge',
  help: 'Number of host addresses of the VRF that are not advertised to any BGP peer.',
  labels: VRF_LABEL,
  source: `${bgpPrefix.text}: advertisedTo`,
});

/** For `/api/v1/addresses`: when the path in BGP last changed, in seconds since the epoch. */
export const hostRouteUpdated = metric({
  name: 'frr_host_route_updated_timestamp_seconds',
  type: 'gauge',
  unit: 'seconds',
  help: 'When the path of the host address in BGP last changed.',
  labels: HOST_ROUTE_LABELS,
  source: `${bgpPrefix.text}: lastUpdate`,
  unexposed: true,
});
/** For `/api/v1/addresses`: a sample for each peer that is sent the address; `session_vrf` is the VRF of the session. */
export const hostRouteReceiver = metric({
  name: 'frr_host_route_receiver_info',
  type: 'info',
  help: 'A peer to which the host address is advertised.',
  labels: [...HOST_ROUTE_LABELS, 'session_vrf', 'peer', 'family'],
  source: `${bgpPrefix.text}, ${bgpVpnPrefix.text}, ${bgpType5Routes.text}: advertisedTo`,
  unexposed: true,
});
/** For `/api/v1/addresses`: kernel and static host routes that FRR does not redistribute, so that the others have no series for them. */
export const hostRouteUnused = metric({
  name: 'frr_host_route_unused_info',
  type: 'info',
  help: 'A kernel or static host route that is not in BGP.',
  labels: HOST_ROUTE_LABELS,
  source: bgpPrefix.text,
  unexposed: true,
});

export const HOST_ROUTE_DESCRIPTORS = [
  hostRouteInBgp,
  hostRouteAdvertisedPeers,
  hostRouteVpnPeers,
  hostRouteEvpnPeers,
  hostRouteKernelMissing,
  hostRoutesTotal,
  hostRoutesInBgp,
  hostRoutesAdvertised,
  hostRoutesUnadvertised,
  hostRouteUpdated,
  hostRouteReceiver,
  hostRouteUnused,
];
