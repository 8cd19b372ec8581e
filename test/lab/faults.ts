/** Faults that can happen to a watched node, and the one message that each must become. */
import type { WatchedNode } from './paging.ts';
import type { Tor } from './rack.ts';

export interface Fault {
  readonly name: string;
  /** The alert about it. */
  readonly alert: string;
  /** Whom it reaches: a page, or a ticket. */
  readonly reaches: 'page' | 'ticket';
  /** What the message must say, node and cause by name. */
  readonly says: readonly RegExp[];
  /** What must be set up before; undone by {@link Fault.heal}. */
  prepare?(watched: WatchedNode): Promise<void>;
  happen(watched: WatchedNode): Promise<void>;
  heal(watched: WatchedNode): Promise<void>;
}

const LINK: Tor = 'tor1';

const withoutBfd = (no: '' | 'no ') => ['router bgp 64999', `${no}neighbor uplink bfd`];

const lostPeer = {
  alert: 'FRRBGPPeerDown',
  reaches: 'page',
  heal: async ({ node }: WatchedNode) => {
    await node.heal(LINK);
    await node.untilUp();
  },
} as const;

const lostTor1 = /lost its BGP session with tor1 rack A \(peer 100\.64\.\d+\.1, AS 65001, VRF default\)/;

export const FAULTS = {
  silentLinkBfd: {
    ...lostPeer,
    name: 'A cable is cut behind a switch; BFD notices',
    says: [lostTor1, /Why: path silent: (the peer's )?BFD timed out/],
    happen: ({ node }) => node.silence(LINK),
  },
  cutCable: {
    ...lostPeer,
    name: 'A cable is cut; the interface loses its carrier',
    says: [lostTor1],
    happen: ({ node }) => node.cut(LINK),
  },
  silentLinkHoldTimer: {
    ...lostPeer,
    name: 'The same without BFD; the hold timer (3/9 s) notices',
    says: [lostTor1, /Why: path silent: (the peer's )?hold timer expired/],
    prepare: async ({ node }) => {
      await node.router.configure(...withoutBfd('no '));
    },
    happen: ({ node }) => node.silence(LINK),
    heal: async (watched) => {
      await watched.node.router.configure(...withoutBfd(''));
      await lostPeer.heal(watched);
    },
  },
  allUplinks: {
    name: 'Both uplinks are cut',
    alert: 'FRRBGPAllUplinksDown',
    reaches: 'page',
    says: [/has no BGP uplink left/, /Announced by nobody now: 172\.16\.0\.\d+/],
    happen: async ({ node }) => {
      await node.cut('tor1');
      await node.cut('tor2');
    },
    heal: async ({ node }) => {
      await node.heal('tor1');
      await node.heal('tor2');
      await node.untilUp();
    },
  },
  killedBgpd: {
    name: 'bgpd is killed',
    alert: 'FRRDaemonDown',
    reaches: 'page',
    says: [/bgpd on node\d+ is dead/, /Announced by nobody now: 172\.16\.0\.\d+/],
    happen: ({ node }) => node.kill('bgpd'),
    heal: async ({ node }) => {
      await node.restart('bgpd');
      await node.untilUp();
    },
  },
  hungBgpd: {
    name: 'bgpd hangs (SIGSTOP)',
    alert: 'FRRDaemonHung',
    reaches: 'page',
    says: [/bgpd on node\d+ is hung/],
    happen: async ({ node }) => node.hang('bgpd'),
    heal: async ({ node }) => {
      node.resume('bgpd');
      await node.untilUp();
    },
  },
  deadExporter: {
    name: 'The exporter dies, its node lives',
    alert: 'FRRExporterDown',
    reaches: 'ticket',
    says: [/The exporter of node\d+ .*has not answered/s],
    happen: (watched) => watched.killExporter(),
    heal: (watched) => watched.startExporter(),
  },
  deadNode: {
    name: 'The node dies',
    alert: 'FRRNodeDown',
    reaches: 'page',
    says: [/node\d+ is gone/, /172\.16\.0\.\d+/],
    happen: (watched) => watched.freeze(),
    heal: async (watched) => {
      await watched.thaw();
      await watched.node.untilUp();
    },
  },
} as const satisfies Record<string, Fault>;
