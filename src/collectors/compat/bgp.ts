/** BGP, as frr_exporter's collectors `bgp`, `bgp6` and `bgpl2vpn` have it, with the labels that its flags add. */
import {
  buildFamiliesInTurns,
  type Descriptor,
  type Families,
  figure,
  labels,
  metric,
} from '../../metrics/family.ts';
import { inTurns } from '../../turns.ts';
import { addressFamily } from '../address-family.ts';
import { bgpNeighbors, sessionInfo } from '../bgp-neighbors.ts';
import { items, members, seconds, word } from '../fields.ts';
import { type Addition, addition, counter, gauge } from './addition.ts';

/** frr_exporter's own flags, by the same names. */
export interface BgpNameSettings {
  /** `--collector.bgp.peer-descriptions`: label `peer_desc`, the member `desc` of a description that is JSON. */
  readonly descriptions: boolean;
  /** `--collector.bgp.peer-descriptions.plain-text`: `peer_desc` is the description as it is. */
  readonly plainDescriptions: boolean;
  /** `--collector.bgp.peer-groups`: label `peer_group`. */
  readonly groups: boolean;
  /** `--collector.bgp.peer-hostnames`: label `peer_hostname`. */
  readonly hostnames: boolean;
  /** `--collector.bgp.peer-types`: `frr_bgp_peer_types_up`. */
  readonly types: boolean;
  /** `--collector.bgp.peer-types.keys`: the members of a description that is JSON which are types. */
  readonly typeKeys: readonly string[];
  /** `--collector.bgp.accepted-filtered-prefixes`: `frr_bgp_peer_prefixes_accepted_count_total`. */
  readonly accepted: boolean;
}

export const BGP_NAME_DEFAULTS: BgpNameSettings = {
  descriptions: false,
  plainDescriptions: false,
  groups: false,
  hostnames: false,
  types: false,
  typeKeys: ['type'],
  accepted: false,
};

/** Whether something is wanted that the summary does not tell, and the collector `bgp-neighbors` does. */
export function needsNeighbors({ descriptions, groups, types }: BgpNameSettings): boolean {
  return descriptions || groups || types;
}

/** What only the neighbors command tells of a peer, as labels. */
interface Neighbor {
  readonly description: string;
  readonly group: string;
  readonly types: readonly string[];
}

const STRANGER: Neighbor = { description: '', group: '', types: [] };

/** By VRF and peer. */
type Neighbors = ReadonlyMap<string, Neighbor>;

const neighborKey = (vrf: string, peer: string) => JSON.stringify([vrf, peer]);

/** The members of a description that is a JSON object; none of any other. */
function membersOf(description: string): readonly (readonly [string, unknown])[] {
  // Most descriptions are none, and a parser's error takes long to make.
  if (!description.trimStart().startsWith('{')) return [];
  try {
    return Object.entries(JSON.parse(description) as object);
  } catch {
    return [];
  }
}

/** Who the neighbors are, from what the collector `bgp-neighbors` gave. */
function neighborsIn({ families }: Families, settings: BgpNameSettings): Neighbors {
  const samples = families.find(({ descriptor }) => descriptor === sessionInfo)?.samples ?? [];
  return new Map(
    samples.map(({ labels: { values } }) => {
      const of = (label: (typeof sessionInfo.labels)[number]) =>
        values[sessionInfo.labels.indexOf(label)] as string;
      const text = of('description');
      const told = membersOf(text);
      // Go, which frr_exporter is written in, takes no notice of the case of this name.
      const named = told.findLast(([name]) => name.toLowerCase() === 'desc')?.[1];
      const types = settings.typeKeys
        .map((key) => told.findLast(([name]) => name === key)?.[1])
        .filter((type): type is string => typeof type === 'string' && type !== '');
      const neighbor: Neighbor = {
        description: settings.plainDescriptions ? text : typeof named === 'string' ? named : '',
        group: of('peer_group'),
        types: types.map((type) => type.trim()),
      };
      return [neighborKey(of('vrf'), of('peer')), neighbor] as const;
    }),
  );
}

const SUMMARY = 'show bgp vrf all summary json';
const NEIGHBORS = 'show bgp vrf all neighbors json';

const TABLE = ['afi', 'local_as', 'safi', 'vrf'] as const;
const TYPE = ['afi', 'safi', 'type'] as const;

const ribCount = gauge('frr_bgp_rib_count_total', TABLE, 'Entries of the BGP table.', `${SUMMARY}: ribCount`);
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

/** The metrics that have a label more with each flag. */
function peerMetrics(settings: BgpNameSettings) {
  const set: readonly string[] = [
    ...['afi', 'local_as', 'peer', 'peer_as'],
    ...(settings.descriptions ? ['peer_desc'] : []),
    ...(settings.groups ? ['peer_group'] : []),
    ...(settings.hostnames ? ['peer_hostname'] : []),
    ...['safi', 'vrf'],
  ];
  return {
    set,
    messagesReceived: counter(
      'frr_bgp_peer_message_received_total',
      set,
      'BGP messages received from the peer.',
      `${SUMMARY}: msgRcvd`,
    ),
    messagesSent: counter(
      'frr_bgp_peer_message_sent_total',
      set,
      'BGP messages sent to the peer.',
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
      'Prefixes from the peer that the inbound policy let in, which are the only ones that FRR counts. With `--collector.bgp.accepted-filtered-prefixes`.',
      `${SUMMARY}: pfxRcd`,
    ),
    advertised: gauge(
      'frr_bgp_peer_prefixes_advertised_count_total',
      set,
      'Prefixes advertised to the peer.',
      `${SUMMARY}: pfxSnt`,
    ),
    state: gauge(
      'frr_bgp_peer_state',
      set,
      'State of the BGP peer, repeated for each address family: 1 established, 0 down, 2 shut on purpose.',
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
  `${SUMMARY}: state; ${NEIGHBORS}: nbrDesc`,
);

/** What is added to the collector `bgp`. */
export interface BgpNames {
  readonly addition: Addition;
  /** To be given what the collector `bgp-neighbors` makes of each of its polls. */
  learn(families: Families): void;
}

export function bgpNames(settings: BgpNameSettings): BgpNames {
  const of = peerMetrics(settings);
  const descriptors: readonly Descriptor[] = [
    ...[ribCount, ribMemory, peersCount, peersMemory, groupsCount, groupsMemory],
    ...[of.messagesReceived, of.messagesSent, of.received],
    ...(settings.accepted ? [of.accepted] : []),
    ...[of.advertised, of.state, of.uptime],
    ...(settings.types ? [typesUp] : []),
  ];
  /** Undefined before the neighbors command has told. */
  let known: Neighbors | undefined;
  const learn = (families: Families) => {
    if (needsNeighbors(settings)) known = neighborsIn(families, settings);
  };
  return {
    learn,
    addition: addition<Neighbors>({
      descriptors,
      ask: async (frr) => {
        // Only until the collector bgp-neighbors had its turn, so that no series begins without its labels.
        if (known === undefined && needsNeighbors(settings))
          learn(await inTurns(bgpNeighbors.families(await bgpNeighbors.ask(frr), { now: 0 })));
        return known ?? new Map();
      },
      families: (documents, neighbors = new Map()) =>
        buildFamiliesInTurns(descriptors, function* (emit) {
          const typed = new Map<string, { readonly set: readonly [string, string, string]; up: number }>();
          for (const [vrf, instance] of items(documents).flatMap((document) => [...members(document)])) {
            for (const [name, summary] of members(instance)) {
              if (figure(summary.peerCount) === 0) continue;
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
                const neighbor = neighbors.get(neighborKey(vrf, peer)) ?? STRANGER;
                const set = labels(of.set, [
                  ...[afi, localAs, peer, word(session.remoteAs)],
                  ...(settings.descriptions ? [neighbor.description] : []),
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
        }),
    }),
  };
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
