/**
 * The interfaces that BGP and BFD sessions run over: whether their links are up, and how often that changed. When a session
 * is down, this distinguishes a broken link from all other reasons.
 */
import { isDeepStrictEqual } from 'node:util';
import { inTurns, type Turns } from '../base/turns.ts';
import { COMMANDS } from '../frr/commands.ts';
import type { Link } from '../frr/links.ts';
import { metric } from '../metrics/family.ts';
import { bfdSessionUp } from './bfd.ts';
import { sessionUp } from './bgp.ts';
import { statefulCollector, states } from './collector.ts';
import { fields, items, members, word } from './fields.ts';
import { createPeerInterfaces, type FindInterface } from './peer-interfaces.ts';

const LABELS = ['interface'] as const;

/** 1 while the link is up. */
export const interfaceUp = metric({
  name: 'frr_interface_up',
  type: 'gauge',
  help: 'Whether the link of an interface that BGP or BFD sessions use is up; also 0 while the interface is shut down.',
  labels: LABELS,
  source: '/sys/class/net: operstate, carrier',
});
const carrierChanges = metric({
  name: 'frr_interface_carrier_changes_total',
  type: 'counter',
  help: 'Number of times that an interface that BGP or BFD sessions use gained or lost its carrier.',
  labels: LABELS,
  source: '/sys/class/net: carrier_changes',
});

const linkStates = states({
  topic: 'link',
  metric: interfaceUp,
  names: new Map([
    [0, 'down'],
    [1, 'up'],
  ]),
  up: 1,
  transitions: { metric: carrierChanges, counts: 'both' },
  title: (labels) => `link of ${labels.interface}`,
});

export const interfaces = statefulCollector({
  name: 'interfaces',
  help: 'Links of the interfaces that BGP and BFD sessions use.',
  enabledByDefault: true,
  pace: 'details',
  needs: 'node-addresses',
  commands: [COMMANDS.bgpSummary, COMMANDS.bfdPeers],
  flags: {},
  descriptors: [interfaceUp, carrierChanges],
  states: [linkStates],
  pollWhenChanged: [sessionUp, bfdSessionUp],
  status: {
    interfaces: {
      title: 'Interfaces',
      items: (tables) =>
        tables.rows(interfaceUp).map(({ labels, value, number }) => ({
          interface: labels.interface,
          up: value === 1,
          carrier_changes: number(carrierChanges),
        })),
    },
  },
  create() {
    const finder = createPeerInterfaces();
    let newest: readonly Link[] = [];
    return {
      async query(frr) {
        const [links, addresses] = await Promise.all([frr.links(), frr.addresses()]);
        const answers = await Promise.allSettled([
          frr.json(COMMANDS.bgpSummary),
          frr.json(COMMANDS.bfdPeers),
        ]);
        // A node may run one daemon without the other.
        if (answers.every(({ status }) => status === 'rejected'))
          throw (answers[0] as PromiseRejectedResult).reason;
        const documents = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
        const used = await inTurns(interfacesOf(peersIn(documents), finder(links, addresses)));
        newest = links.filter((link) => used.has(link.interface));
        return newest;
      },
      async isOutdated(node) {
        const links = await node.links(newest.map((link) => link.interface));
        return !isDeepStrictEqual(links, newest);
      },
      *families(links, { emit, labels }) {
        for (const link of links) {
          yield;
          const set = labels(LABELS, [link.interface]);
          emit(interfaceUp, set, link.up);
          emit(carrierChanges, set, link.carrierChanges);
        }
      },
    };
  },
});

/** The name of each session: its interface where FRR reports one, otherwise the address of its peer. */
function* peersIn(documents: readonly unknown[]): Generator<string> {
  for (const document of documents) {
    for (const [, instance] of members(document))
      for (const [, family] of members(instance)) for (const [peer] of members(family.peers)) yield peer;
    for (const session of items(document).map(fields)) yield word(session.interface) || word(session.peer);
  }
}

/** The interfaces of all peers, as far as they can be found. */
function* interfacesOf(peers: Iterable<string>, find: FindInterface): Turns<ReadonlySet<string | undefined>> {
  const found = new Set<string | undefined>();
  for (const peer of peers) {
    yield;
    found.add(find(peer));
  }
  return found;
}
