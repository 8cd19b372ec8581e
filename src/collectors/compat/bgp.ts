/** BGP, as frr_exporter's collectors `bgp`, `bgp6` and `bgpl2vpn` have it, with the labels that its flags add. */

import { inTurns, type Turns } from '../../base/turns.ts';
import { type FlagValues, flag, list } from '../../flags/flag.ts';
import { yesOrNo } from '../../flags/values.ts';
import { COMMANDS } from '../../frr/commands.ts';
import { metric, numberOf } from '../../metrics/family.ts';
import { addressFamily } from '../address-family.ts';
import { bgp, sessionKey } from '../bgp.ts';
import { bgpNeighbors } from '../bgp-neighbors.ts';
import { type Fields, members, seconds, word } from '../fields.ts';
import { counter, type Extension, extension, gauge } from './extension.ts';

function compatSwitch(name: string, what: string) {
  return flag({
    name,
    group: 'Compatibility',
    help: `With --compat.frr-exporter: ${what}`,
    kind: yesOrNo,
    default: 'false',
  });
}

/** Flags of frr_exporter, by its own names. */
export const BGP_NAME_FLAGS = {
  descriptions: compatSwitch(
    'collector.bgp.peer-descriptions',
    'label peer_desc, the member desc of a description that is JSON',
  ),
  plainDescriptions: compatSwitch(
    'collector.bgp.peer-descriptions.plain-text',
    'the whole description in the label peer_desc',
  ),
  groups: compatSwitch('collector.bgp.peer-groups', 'label peer_group'),
  types: compatSwitch('collector.bgp.peer-types', 'frr_bgp_peer_types_up'),
  typeKeys: list({
    name: 'collector.bgp.peer-types.keys',
    group: 'Compatibility',
    help: 'With --compat.frr-exporter: members of a JSON description that are types',
    kind: {
      placeholder: 'NAME',
      takes: 'the name of a member, such as type',
      read: (given) => (given === '' ? undefined : given),
    },
    default: 'type',
  }),
  hostnames: compatSwitch('collector.bgp.peer-hostnames', 'label peer_hostname'),
  accepted: compatSwitch(
    'collector.bgp.accepted-filtered-prefixes',
    'frr_bgp_peer_prefixes_accepted_count_total',
  ),
};

export type BgpNameSettings = FlagValues<typeof BGP_NAME_FLAGS>;

/** Whether `peer_desc` is wanted, of either kind. */
function describes({ descriptions, plainDescriptions }: BgpNameSettings): boolean {
  return descriptions || plainDescriptions;
}

/** Whether something is wanted that the summary lacks and the collector `bgp-neighbors` has. */
export function needsNeighbors(settings: BgpNameSettings): boolean {
  return describes(settings) || settings.groups || settings.types;
}

/** What only the neighbors command reports about a peer, as labels. */
interface Neighbor {
  readonly description: string;
  readonly group: string;
  readonly types: readonly string[];
}

const STRANGER: Neighbor = { description: '', group: '', types: [] };

/** By VRF and peer. */
type Neighbors = ReadonlyMap<string, Neighbor>;

const NO_NEIGHBORS: Neighbors = new Map();

/** The members of a description that is a JSON object; none of any other. */
function membersOf(description: string): readonly (readonly [string, unknown])[] {
  // Most descriptions are not JSON, and a parser's error is slow to create.
  if (!description.trimStart().startsWith('{')) return [];
  try {
    return Object.entries(JSON.parse(description) as object);
  } catch {
    return [];
  }
}

function neighborOf({ nbrDesc, peerGroup }: Fields, settings: BgpNameSettings): Neighbor {
  const text = word(nbrDesc);
  const json = membersOf(text);
  // Go, which frr_exporter is written in, ignores the case of this name.
  const named = json.findLast(([name]) => name.toLowerCase() === 'desc')?.[1];
  const types = settings.typeKeys
    .map((key) => json.findLast(([name]) => name === key)?.[1])
    .filter((type): type is string => typeof type === 'string' && type !== '');
  return {
    description: settings.plainDescriptions ? text : typeof named === 'string' ? named : '',
    group: word(peerGroup),
    types: types.map((type) => type.trim()),
  };
}

/** The neighbors in the answers to the neighbors command. */
function* neighborsIn(documents: readonly unknown[], settings: BgpNameSettings): Turns<Neighbors> {
  const neighbors = new Map<string, Neighbor>();
  for (const [vrf, instance] of documents.flatMap((document) => [...members(document)])) {
    for (const [peer, neighbor] of members(instance)) {
      yield;
      neighbors.set(sessionKey(vrf, peer), neighborOf(neighbor, settings));
    }
  }
  return neighbors;
}

const SUMMARY = COMMANDS.bgpSummary.text;
const NEIGHBORS = COMMANDS.bgpNeighbors;

const TABLE = ['afi', 'local_as', 'safi', 'vrf'] as const;
const TYPE = ['afi', 'safi', 'type'] as const;

const ribCount = gauge(
  'frr_bgp_rib_count_total',
  TABLE,
  'Number of entries in the BGP table.',
  `${SUMMARY}: ribCount`,
);
const peersCount = gauge('frr_bgp_peers_count_total', TABLE, 'BGP peers.', `${SUMMARY}: peerCount`);
const groupsCount = gauge(
  'frr_bgp_peer_groups_count_total',
  TABLE,
  'BGP peer groups.',
  `${SUMMARY}: peerGroupCount`,
);
const memory = (name: string, help: string, field: string) =>
  metric({ name, type: 'gauge', unit: 'bytes', help, labels: TABLE, source: `${SUMMARY}: ${field}` });
const ribMemory = memory('frr_bgp_rib_memory_bytes', 'Memory of the BGP table.', 'ribMemory');
const peersMemory = memory('frr_bgp_peers_memory_bytes', 'Memory of the BGP peers.', 'peerMemory');
const groupsMemory = memory(
  'frr_bgp_peer_groups_memory_bytes',
  'Memory of the BGP peer groups.',
  'peerGroupMemory',
);

/** The metrics that get one more label with each flag. */
function peerMetrics(settings: BgpNameSettings) {
  const set: readonly string[] = [
    ...['afi', 'local_as', 'peer', 'peer_as'],
    ...(describes(settings) ? ['peer_desc'] : []),
    ...(settings.groups ? ['peer_group'] : []),
    ...(settings.hostnames ? ['peer_hostname'] : []),
    ...['safi', 'vrf'],
  ];
  return {
    set,
    messagesReceived: counter(
      'frr_bgp_peer_message_received_total',
      set,
      'Number of BGP messages received from the peer.',
      `${SUMMARY}: msgRcvd`,
    ),
    messagesSent: counter(
      'frr_bgp_peer_message_sent_total',
      set,
      'Number of BGP messages sent to the peer.',
      `${SUMMARY}: msgSent`,
    ),
    received: gauge(
      'frr_bgp_peer_prefixes_received_count_total',
      set,
      'Prefixes received from the peer.',
      `${SUMMARY}: pfxRcd`,
    ),
    accepted: gauge(
      'frr_bgp_peer_prefixes_accepted_count_total',
      set,
      'Prefixes from the peer that the inbound policy accepted, which are the only ones that FRR counts. With `--collector.bgp.accepted-filtered-prefixes`.',
      `${SUMMARY}: pfxRcd`,
    ),
    advertised: gauge(
      'frr_bgp_peer_prefixes_advertised_count_total',
      set,
      'Number of prefixes advertised to the peer.',
      `${SUMMARY}: pfxSnt`,
    ),
    state: gauge(
      'frr_bgp_peer_state',
      set,
      'State of the BGP peer, repeated for each address family: 1 established, 0 down, 2 administratively down.',
      `${SUMMARY}: state`,
    ),
    uptime: metric({
      name: 'frr_bgp_peer_uptime_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Seconds since the BGP session came up or went down.',
      labels: set,
      source: `${SUMMARY}: peerUptimeMsec`,
    }),
  };
}

const typesUp = gauge(
  'frr_bgp_peer_types_up',
  TYPE,
  'Established BGP peers whose description is JSON, by its members that are types. With `--collector.bgp.peer-types`.',
  `${SUMMARY}: state; ${NEIGHBORS.text}: nbrDesc`,
);

/** Extends `bgp`, and `bgp-neighbors`, from which it learns who the neighbors are. */
export function bgpNames(settings: BgpNameSettings): readonly Extension[] {
  const of = peerMetrics(settings);
  /** Undefined before the first answer to the neighbors command. */
  let known: Neighbors | undefined;
  const wanted = needsNeighbors(settings);
  const learner = extension({
    of: bgpNeighbors,
    descriptors: [],
    *families({ neighbors }) {
      if (wanted) known = yield* neighborsIn(neighbors, settings);
    },
  });
  const names = extension({
    of: bgp,
    names: ['bgp', 'bgp6', 'bgpl2vpn'],
    commands: wanted ? [NEIGHBORS] : [],
    descriptors: [
      ...[ribCount, ribMemory, peersCount, peersMemory, groupsCount, groupsMemory],
      ...[of.messagesReceived, of.messagesSent, of.received],
      ...(settings.accepted ? [of.accepted] : []),
      ...[of.advertised, of.state, of.uptime],
      ...(settings.types ? [typesUp] : []),
    ],
    async query(frr) {
      // Only until the collector bgp-neighbors has polled, so that no series begins without its labels.
      if (known === undefined && wanted)
        known = await inTurns(neighborsIn(await frr.json(NEIGHBORS), settings));
      return known ?? NO_NEIGHBORS;
    },
    *families(documents, { emit, labels }, neighbors = NO_NEIGHBORS) {
      const typed = new Map<string, { readonly set: readonly [string, string, string]; up: number }>();
      for (const [vrf, instance] of documents.flatMap((document) => [...members(document)])) {
        for (const [name, summary] of members(instance)) {
          if (numberOf(summary.peerCount) === 0) continue;
          const { afi, safi } = addressFamilyWords(name);
          const localAs = word(summary.as);
          const vrfWord = vrf.toLowerCase();
          const table = labels(TABLE, [afi, localAs, safi, vrfWord]);
          emit(ribCount, table, summary.ribCount);
          emit(ribMemory, table, summary.ribMemory);
          emit(peersCount, table, summary.peerCount);
          emit(peersMemory, table, summary.peerMemory);
          emit(groupsCount, table, summary.peerGroupCount ?? 0);
          emit(groupsMemory, table, summary.peerGroupMemory ?? 0);
          for (const [peer, session] of members(summary.peers)) {
            yield;
            const neighbor = neighbors.get(sessionKey(vrf, peer)) ?? STRANGER;
            const set = labels(of.set, [
              ...[afi, localAs, peer, word(session.remoteAs)],
              ...(describes(settings) ? [neighbor.description] : []),
              ...(settings.groups ? [neighbor.group] : []),
              ...(settings.hostnames ? [word(session.hostname)] : []),
              ...[safi, vrfWord],
            ]);
            const state = stateOf(session.state);
            emit(of.messagesReceived, set, session.msgRcvd);
            emit(of.messagesSent, set, session.msgSent);
            emit(of.received, set, session.pfxRcd);
            if (settings.accepted) emit(of.accepted, set, session.pfxRcd);
            emit(of.advertised, set, session.pfxSnt);
            emit(of.state, set, state);
            emit(of.uptime, set, seconds(session.peerUptimeMsec, 1_000));
            if (!settings.types) continue;
            for (const type of neighbor.types) {
              const key = `${afi} ${safi} ${type}`;
              const count = typed.get(key) ?? { set: [afi, safi, type], up: 0 };
              if (state === 1) count.up++;
              typed.set(key, count);
            }
          }
        }
      }
      for (const { set, up } of typed.values()) emit(typesUp, labels(TYPE, set), up);
    },
  });
  return [names, learner];
}

/** frr_exporter writes `labeledunicast`. */
function addressFamilyWords(name: string): { readonly afi: string; readonly safi: string } {
  const { afi, safi } = addressFamily(name);
  return { afi, safi: safi.replaceAll('-', '') };
}

function stateOf(state: unknown): 0 | 1 | 2 | undefined {
  if (typeof state !== 'string') return undefined;
  return state === 'Established' ? 1 : state === 'Idle (Admin)' ? 2 : 0;
}
