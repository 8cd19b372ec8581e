/**
 * Causes of lost sessions, provoked on real FRR: many sessions at the same time, each with another fate. Causes that the
 * laboratory shows anyway are in the tests of `on-version.ts`.
 */
import { cpus } from 'node:os';
import { execa } from 'execa';
import { expect } from 'vitest';
import { RESET } from '../../../src/causes/cause.ts';
import {
  belongingTo,
  type Exporter,
  type Lab,
  type Router,
  type Running,
  start,
  waitFor,
} from '../../lab/index.ts';

/**
 * A session of the node with tor1, over a network of its own on their link. In lines of `router bgp`, `PEER` stands for
 * `neighbor` and the address; a line that begins with `in` is one of an address family: `in ipv4 PEER activate`.
 */
interface Fate {
  /** `cause: text` */
  readonly cause: RegExp;
  /** What is special about the configuration on either side. */
  readonly node?: readonly string[];
  readonly tor?: readonly string[];
  /** Nobody has the address of tor1. */
  readonly nobody?: true;
  /** The NOTIFICATION that each attempt ends with, as FRR shows it. */
  readonly refused?: '0202' | '0207';
  /** What happens once the session is up; left out for a session that never is. */
  readonly later?: Happening;
}

interface Happening {
  readonly tor?: readonly string[];
  /** What tor1 sends is lost. */
  readonly silence?: true;
  /** `clear bgp` on the node. */
  readonly clear?: true;
}

/** Where a peer of {@link startHastyPeer} takes connections. */
const HASTY_PORT = 1790;

const FATES: readonly Fate[] = [
  {
    later: { tor: ['PEER shutdown message maintenance of rack B'] },
    cause: /^peer_shut: shut down by the peer: "maintenance of rack B"$/,
  },
  {
    later: { tor: ['in ipv4 PEER maximum-prefix 1'] },
    cause: /^peer_over_limit: the peer stopped it: its prefix limit is exceeded$/,
  },
  {
    later: { tor: ['no PEER'] },
    cause: /^peer_removed: the peer has removed this session$/,
  },
  {
    node: ['PEER bfd'],
    tor: ['PEER bfd'],
    later: { silence: true },
    cause: /^path_silent: path silent: BFD timed out, link up$/,
  },
  {
    node: ['PEER timers 1 3'],
    later: { silence: true },
    cause: /^path_silent: path silent: hold timer expired, link up$/,
  },
  {
    later: { silence: true, clear: true },
    cause: /^reset_here: reset on this node: (Cease\/Administrative(ly)? Reset|User reset)$/,
  },
  {
    node: ['PEER remote-as 65009'],
    refused: '0202',
    cause: /^wrong_as: the peer has another AS number than configured here$/,
  },
  {
    tor: ['PEER remote-as 64000'],
    refused: '0202',
    cause: /^wrong_as: the peer expects another AS number of this node$/,
  },
  {
    node: ['PEER remote-as 65009'],
    tor: ['PEER remote-as 64000'],
    refused: '0202',
    cause:
      /^wrong_as: the peer (has another AS number than configured here|expects another AS number of this node)$/,
  },
  {
    node: ['in ipv4 no PEER activate', 'in ipv6 PEER activate'],
    refused: '0207',
    cause: /^rejected: rejected by (the peer|this node): OPEN Message Error\/Unsupported Capability$/,
  },
  {
    node: [`PEER port ${HASTY_PORT}`],
    tor: ['PEER shutdown'],
    cause: /^rejected: rejected by the peer before it sent its OPEN$/,
  },
  {
    node: ['PEER ttl-security hops 1'],
    cause: /^low_ttl: never up: the TTL of packets is too low for ttl-security$/,
  },
  {
    nobody: true,
    cause: /^never_up: never up: the peer does not answer, link up$/,
  },
];

/** The fates with the addresses of their sessions. */
const SESSIONS = FATES.map((fate, index) => ({
  ...fate,
  nodeAddress: `100.66.${index}.2`,
  torAddress: `100.66.${index}.1`,
}));

type Session = (typeof SESSIONS)[number];

/** A MAC address that nobody has: what is sent to it is lost, while the link stays up. */
const NOBODY = '02:00:00:00:00:01';

/** What both sides have in common, on the node and on tor1. */
const ORDINARY = ['PEER timers 3 9', 'PEER timers connect 1', 'in ipv4 PEER activate'];
const NODE = ['PEER remote-as 65001', ...ORDINARY, 'in ipv4 PEER route-map own-host-routes out'];
const TOR = ['PEER remote-as 64999', ...ORDINARY];

/** The lines of a session as FRR takes them. */
function frrLines(address: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, family, inFamily = line] = /^in (\S+) (.*)$/.exec(line) ?? [];
    const named = inFamily.replace('PEER', `neighbor ${address}`);
    return family === undefined
      ? [named]
      : [`address-family ${family} unicast`, named, 'exit-address-family'];
  });
}

/** Waits until the exporter reports these causes by the peer, each as `cause: text`, and perhaps others. */
export function untilCauses(
  exporter: Exporter,
  expected: Readonly<Record<string, RegExp>>,
  within: number,
): Promise<unknown> {
  return waitFor(
    async () => {
      const found = (await exporter.page()).find('frr_bgp_session_down_cause');
      const reported = Object.fromEntries(
        found.map(({ labels: { peer, cause, text } }) => [peer as string, `${cause}: ${text}`]),
      );
      for (const [peer, cause] of Object.entries(expected))
        expect(reported[peer] ?? 'none', peer).toMatch(cause);
      return true;
    },
    { within, for: 'the causes' },
  );
}

/**
 * Takes the CPU away from a process: it shares one core with a program that comes before all others and never pauses. The
 * kernel leaves the others a twentieth of each second.
 * @returns what gives it back
 */
export async function starve(pid: number): Promise<() => Promise<void>> {
  const cores = async (list: string) => {
    await execa('taskset', ['--cpu-list', '--pid', list, String(pid)]);
  };
  await cores('0');
  const greedy = execa('chrt', ['--rr', '1', 'taskset', '-c', '0', 'sh', '-c', 'while :; do :; done'], {
    reject: false,
    // Whatever becomes of this test.
    timeout: 60_000,
  });
  return async () => {
    greedy.kill('SIGKILL');
    await greedy;
    await cores(`0-${cpus().length - 1}`);
  };
}

/** What FRR reports about sessions, by the peer. */
type Neighbors = Readonly<
  Record<string, { bgpState?: string; lastErrorCodeSubcode?: string; lastResetCode?: number }>
>;

/** Waits until sessions are up, with BFD where they use it. */
async function untilEstablished(node: Router, sessions: readonly Session[]): Promise<void> {
  const watched = sessions.filter(({ node: lines }) => lines?.includes('PEER bfd'));
  await waitFor(
    async () => {
      const neighbors = await node.json<Neighbors>('show bgp neighbors json');
      const bfd = await node.json<{ peer: string; status: string }[]>('show bfd peers json');
      return (
        sessions.every(({ torAddress }) => neighbors[torAddress]?.bgpState === 'Established') &&
        watched.every(({ torAddress }) =>
          bfd.some(({ peer, status }) => peer === torAddress && status === 'up'),
        )
      );
    },
    { within: 30_000, every: 250, for: 'the sessions to come up' },
  );
}

/** Lets all that tor1 sends to the node for these sessions be lost. */
async function silence(tor1: Router, sessions: readonly Session[]): Promise<void> {
  await tor1.ip(
    ...sessions.map(
      ({ nodeAddress }) => `neigh replace ${nodeAddress} lladdr ${NOBODY} dev down0 nud permanent`,
    ),
  );
}

/**
 * Waits until FRR has the NOTIFICATION of each session that is refused, and lets no later attempt to connect replace it: tor1
 * may refuse before it has sent its own OPEN, and then the node reports an error of its own state machine instead.
 */
async function untilRefused(node: Router, tor1: Router): Promise<void> {
  const sessions = SESSIONS.filter(({ refused }) => refused !== undefined);
  let silent: readonly Session[] = [];
  await waitFor(
    async () => {
      const neighbors = await node.json<Neighbors>('show bgp neighbors json');
      const right = sessions.filter(
        ({ torAddress, refused }) => neighbors[torAddress]?.lastErrorCodeSubcode === refused,
      );
      const wrong = silent.filter((one) => !right.includes(one));
      await tor1.ip(...wrong.map(({ nodeAddress }) => `neigh del ${nodeAddress} dev down0`));
      await silence(
        tor1,
        right.filter((one) => !silent.includes(one)),
      );
      // An attempt that was under way when its session fell silent may replace it: once more.
      const before = silent;
      silent = right;
      return sessions.every((one) => before.includes(one) && right.includes(one));
    },
    { within: 30_000, every: 1_000, for: 'the sessions that are refused' },
  );
}

/** Configures sessions on tor1. */
function onTor(
  tor1: Router,
  sessions: readonly Session[],
  lines: (fate: Fate) => readonly string[],
): Promise<void> {
  return tor1.configure(
    'router bgp 65001',
    ...sessions.flatMap((one) => frrLines(one.nodeAddress, lines(one))),
  );
}

const torLines = ({ tor = [] }: Fate) => [...TOR, ...tor];

/**
 * Lets tor1 end sessions with a NOTIFICATION, again and again where that is lost: the end of the connection follows it, and FRR 7.5
 * may report that alone (its I/O thread overwrites the reason), or a busy tor1 did not send it.
 */
async function endByNotification(node: Router, tor1: Router): Promise<void> {
  let left: readonly Session[] = SESSIONS.filter(({ later }) => later?.tor !== undefined);
  for (let attempt = 1; left.length > 0 && attempt <= 5; attempt++) {
    if (attempt > 1) {
      await onTor(tor1, left, () => ['no PEER']);
      await onTor(tor1, left, torLines);
      await untilEstablished(node, left);
    }
    await onTor(tor1, left, ({ later }) => later?.tor ?? []);
    left = await waitFor(
      async () => {
        const neighbors = await node.json<Neighbors>('show bgp neighbors json');
        if (left.some(({ torAddress }) => neighbors[torAddress]?.bgpState === 'Established'))
          return undefined;
        return left.filter(({ torAddress }) => neighbors[torAddress]?.lastResetCode === RESET.closed);
      },
      { within: 20_000, for: 'tor1 to end sessions' },
    );
  }
}

/** Starts a peer at tor1 that answers an OPEN with a NOTIFICATION and no OPEN of its own: bad peer AS. */
export function startHastyPeer({ name, tor1 }: Lab): Promise<Running> {
  const program = `
    const refusal = Buffer.from('ff'.repeat(16) + '0015030202', 'hex');
    const refuse = (socket) => socket.on('error', () => {}).once('data', () => socket.end(refusal));
    require('node:net').createServer(refuse).listen(${HASTY_PORT});`;
  return start('ip', ['netns', 'exec', tor1.namespace, process.execPath, '-e', program], {
    env: belongingTo(name),
    ready: async () => (await tor1.run('ss', '-Hltn')).includes(`:${HASTY_PORT} `),
  });
}

/**
 * Configures the sessions, waits until they are up, and lets everything happen to them at the same time.
 * @returns the causes that must follow, by the peer
 */
export async function provokeCauses({ node, tor1 }: Lab): Promise<Readonly<Record<string, RegExp>>> {
  await node.ip(...SESSIONS.map(({ nodeAddress }) => `addr add ${nodeAddress}/30 dev eth1`));
  await Promise.all([
    node.configure(
      'router bgp 64999',
      ...SESSIONS.flatMap((one) => frrLines(one.torAddress, [...NODE, ...(one.node ?? [])])),
    ),
    onTor(tor1, SESSIONS, torLines),
  ]);
  // Now, so that no session comes up with half of its configuration.
  const answering = SESSIONS.filter(({ nobody }) => !nobody);
  await tor1.ip(...answering.map(({ torAddress }) => `addr add ${torAddress}/30 dev down0`));
  await untilEstablished(
    node,
    SESSIONS.filter(({ later }) => later !== undefined),
  );
  await untilRefused(node, tor1);
  await silence(
    tor1,
    SESSIONS.filter(({ later }) => later?.silence),
  );
  const cleared = SESSIONS.filter(({ later }) => later?.clear);
  await Promise.all([
    endByNotification(node, tor1),
    node.vtysh(...cleared.map(({ torAddress }) => `clear bgp ${torAddress}`)),
  ]);
  return Object.fromEntries(SESSIONS.map(({ torAddress, cause }) => [torAddress, cause]));
}

/** Reverts what {@link provokeCauses} did, however far it came, so that it can be tried again. */
export async function revertCauses(lab: Lab): Promise<void> {
  const without = (side: 'nodeAddress' | 'torAddress') => SESSIONS.map((one) => `no neighbor ${one[side]}`);
  await lab.node.configure('router bgp 64999', ...without('torAddress'));
  await lab.tor1.configure('router bgp 65001', ...without('nodeAddress'));
  await lab.node.ip('addr flush to 100.66.0.0/16 dev eth1');
  await lab.tor1.ip(
    'addr flush to 100.66.0.0/16 dev down0',
    'neigh flush to 100.66.0.0/16 dev down0 nud permanent',
  );
  await lab.heal('tor2');
  await lab.restart('tor2', 'bgpd');
  await lab.untilUp();
}
