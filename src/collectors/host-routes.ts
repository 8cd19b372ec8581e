/**
 * Whether the addresses that people reach this node by are announced, and to how many peers: the purpose of BGP on a
 * host. A host address is one with a /32 or /128 mask on an interface, or a kernel or static route of that length, in
 * any VRF. It is not every route of that length in the RIB: FRR 10 keeps a `local` route for every address.
 */
import { inTurns } from '../base/turns.ts';
import { prefixText } from '../frr/addresses.ts';
import {
  bgpPrefix,
  bgpRangeDetail,
  bgpRouteLeak,
  bgpType5Routes,
  bgpVpnPrefix,
  COMMANDS,
  localRoutes,
} from '../frr/commands.ts';
import type { Tables } from '../metrics/tables.ts';
import { statefulCollector, states } from './collector.ts';
import { type Announcement, advertisedPeers, announcements } from './host-routes/announcements.ts';
import { addressName } from './host-routes/filter.ts';
import { HOST_ADDRESS_FLAGS } from './host-routes/flags.ts';
import { createNodeQuery } from './host-routes/instances.ts';
import { createMissingAddresses } from './host-routes/kernel.ts';
import { createLookUp } from './host-routes/look-ups.ts';
import {
  HOST_ROUTE_DESCRIPTORS,
  HOST_ROUTE_LABELS,
  hostRouteAdvertisedPeers,
  hostRouteEvpnPeers,
  hostRouteInBgp,
  hostRouteKernelMissing,
  hostRouteReceiver,
  hostRoutesAdvertised,
  hostRoutesInBgp,
  hostRoutesTotal,
  hostRoutesUnadvertised,
  hostRouteUnused,
  hostRouteUpdated,
  hostRouteVpnPeers,
} from './host-routes/metrics.ts';
import { ofInterfaces, ofRoutes } from './host-routes/sources.ts';
import { hostRouteItems, hostRouteTitle, unannouncedTitles } from './host-routes/status.ts';
import { VRF_LABEL } from './vrfs.ts';

const announcedStates = states({
  topic: 'address',
  metric: hostRouteAdvertisedPeers,
  names: new Map([
    [0, 'announced to no peer'],
    [1, 'announced'],
  ]),
  stateOf: (peers) => Math.min(peers, 1),
  up: 1,
  title: (labels) => `address ${hostRouteTitle(labels)}`,
});

function total(tables: Tables, descriptor: typeof hostRoutesTotal): number {
  return tables.rows(descriptor).reduce((sum, { value }) => sum + value, 0);
}

export const hostRoutes = statefulCollector({
  name: 'host-routes',
  help: "Host addresses (/32, /128) of the node's interfaces and of its kernel and static routes in every VRF, whether they are in BGP, and the peers they are advertised to.",
  enabledByDefault: true,
  pace: 'tables',
  needs: 'node-addresses',
  commands: [
    COMMANDS.bgpInstances,
    COMMANDS.tableSizes,
    localRoutes,
    bgpRouteLeak,
    COMMANDS.bgpVpn4Summary,
    COMMANDS.bgpVpn6Summary,
    COMMANDS.bgpVnis,
    bgpPrefix,
    bgpRangeDetail,
    bgpVpnPrefix,
    bgpType5Routes,
  ],
  flags: HOST_ADDRESS_FLAGS,
  descriptors: HOST_ROUTE_DESCRIPTORS,
  states: [announcedStates],
  *findings(tables) {
    const all = total(tables, hostRoutesTotal);
    if (all === 0) return;
    const missing = total(tables, hostRoutesUnadvertised);
    const addresses = all === 1 ? 'address' : 'addresses';
    const measure = { name: 'addresses_unannounced', bad: missing, all };
    if (missing === 0) yield { level: 'ok', text: `${all} ${addresses} announced`, details: [], measure };
    else
      yield {
        level: 'critical',
        text: `${missing} of ${all} ${addresses} announced to no peer`,
        details: unannouncedTitles(tables),
        measure,
      };
  },
  status: {
    host_routes: {
      title: 'Host routes',
      columns: ['address', 'vrf', 'interface', 'origin', 'in_bgp', 'advertised_peers'],
      items: hostRouteItems,
    },
  },
  create({ include, exclude, maxSeries, maxTable }) {
    const queryNode = createNodeQuery(maxTable);
    const lookUps = createLookUp();
    const isRedistributed = createRedistribution();
    const missingAddresses = createMissingAddresses(maxSeries);
    return {
      async query(frr) {
        const [node, onInterfaces, repeated] = await Promise.all([
          queryNode(frr),
          frr.addresses(),
          lookUps.repeat(frr),
        ]);
        const selection = { include, exclude };
        const addresses = [
          ...ofInterfaces(onInterfaces, selection),
          ...(await inTurns(ofRoutes(node.routes, node.instances, selection))),
        ];
        const [answers, missing] = await Promise.all([
          lookUps.lookUp(frr, node, addresses, repeated),
          missingAddresses(frr, addresses),
        ]);
        return { ...answers, missing };
      },
      *families(answers, { emit, labels, leaveOut }) {
        const { instances, leftOut, largeTables } = answers.node;
        const found: (readonly [own: Announcement, ...leaked: Announcement[]])[] = [];
        for (const one of announcements(answers)) {
          yield;
          found.push(one);
        }
        const redistributed = isRedistributed(found.map(([own]) => own));
        const meant = found.filter((_, index) => redistributed[index]);
        const others = found.filter((_, index) => !redistributed[index]);
        if (meant.length <= maxSeries)
          for (const one of meant.flat()) {
            yield;
            emitAddress(one);
          }
        if (others.length <= maxSeries)
          for (const [own] of others) {
            yield;
            emit(hostRouteUnused, labelsOf(own), 1);
          }
        const byVrf = Map.groupBy(
          meant.map(([own]) => own),
          ({ address }) => address.vrf,
        );
        for (const { vrf } of instances) {
          const set = labels(VRF_LABEL, [vrf]);
          const ofVrf = byVrf.get(vrf) ?? [];
          const peers = ofVrf.map(advertisedPeers);
          emit(hostRoutesTotal, set, ofVrf.length);
          emit(hostRoutesInBgp, set, ofVrf.filter(({ inBgp }) => inBgp).length);
          emit(hostRoutesAdvertised, set, peers.filter((one) => one !== undefined && one > 0).length);
          emit(hostRoutesUnadvertised, set, peers.filter((one) => one === 0).length);
        }
        for (const vrf of leftOut) leaveOut('vrf_name', hostRouteInBgp, labels(VRF_LABEL, [vrf]));
        for (const { vrf, afi } of largeTables)
          leaveOut('table_size', hostRouteInBgp, labels(['afi', 'vrf'], [afi, vrf]));

        function labelsOf({ address: { interface: name, vrf, origin, ...prefix } }: Announcement) {
          return labels(HOST_ROUTE_LABELS, [addressName(prefix), name, prefix.afi, vrf, origin]);
        }

        function emitAddress(one: Announcement): void {
          const set = labelsOf(one);
          emit(hostRouteInBgp, set, one.inBgp ? 1 : 0);
          emit(hostRouteAdvertisedPeers, set, advertisedPeers(one));
          emit(hostRouteVpnPeers, set, one.vpnPeers);
          emit(hostRouteEvpnPeers, set, one.evpnPeers === 'unknown' ? undefined : one.evpnPeers);
          const missing = answers.missing.get(one.address);
          emit(hostRouteKernelMissing, set, missing === undefined ? undefined : Number(missing));
          emit(hostRouteUpdated, set, one.updated);
          for (const { vrf, peer, family } of one.receivers)
            emit(hostRouteReceiver, labels(hostRouteReceiver.labels, [...set.values, vrf, peer, family]), 1);
        }
      },
    };
  },
});

/**
 * Distinguishes the addresses that are meant to be announced from kernel and static routes with another purpose: those that
 * FRR redistributes are in BGP. One that was there at an earlier poll is still meant to be.
 */
function createRedistribution(): (found: readonly Announcement[]) => readonly boolean[] {
  let before: ReadonlySet<string> = new Set();
  return (found) => {
    const inBgp = new Set<string>();
    const redistributed = found.map(({ address, inBgp: isInBgp }) => {
      const key = `${address.vrf} ${address.origin} ${prefixText(address)}`;
      if (isInBgp || before.has(key)) inBgp.add(key);
      return address.origin === 'interface' || inBgp.has(key);
    });
    before = inBgp;
    return redistributed;
  };
}
