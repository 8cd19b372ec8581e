/**
 * One fault is one message that names its cause, and what is done on purpose is none: real FRR in a rack of eight nodes,
 * the exporter beside each, Prometheus and Alertmanager with the files of alerts/ as they are shipped.
 *
 * The first three nodes are the cluster `rack`; each of the others is a cluster of its own to the rules, so that all
 * faults happen side by side and know nothing of one another. How long a message takes, `make time-to-page` measures.
 *
 * With WRITE_EXAMPLES=1 the messages become those of docs/examples/alerts (`npm run format` then breaks their lines).
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleContent, exampleText } from '../../lab/examples.ts';
import { FAULTS, type Fault } from '../../lab/faults.ts';
import { type Rack, type Router, startRack, waitFor } from '../../lab/index.ts';
import type { Message } from '../../lab/messages.ts';
import { type Paging, startPaging, type WatchedNode, watchNode } from '../../lab/paging.ts';

const EXAMPLES = resolve('docs/examples/alerts');
const WRITE = process.env.WRITE_EXAMPLES === '1';

/** Which node has which fault. */
const AT_FAULT = {
  silentLinkBfd: 4,
  killedBgpd: 5,
  hungBgpd: 6,
  deadExporter: 7,
  deadNode: 8,
} as const satisfies Partial<Record<keyof typeof FAULTS, number>>;
type FaultName = keyof typeof AT_FAULT;
const FAULT_NAMES = Object.keys(AT_FAULT) as FaultName[];
const NODES = 8;

/** Generous: a laboratory on a machine that does other things too. */
const MINUTES = { within: 300_000, every: 500 } as const;

let rack: Rack;
let paging: Paging;
let nodes: readonly WatchedNode[] = [];

const node = (number: number): WatchedNode => nodes[number - 1] as WatchedNode;

/** What was sent about a cluster, its ends left out. */
function sent(cluster: string, since = 0): readonly Message[] {
  // In parentheses, or where the title of what is about a whole cluster has it.
  const about = new RegExp(`\\(${cluster}\\)|(^|: |of )${cluster} `);
  return paging.messages.slice(since).filter(({ title, status }) => status === 'firing' && about.test(title));
}

async function current(expression: string): Promise<number | undefined> {
  return (await paging.prometheus.query(expression))[0]?.value;
}

async function untilValue(expression: string, value: number): Promise<void> {
  await waitFor(async () => (await current(expression)) === value, {
    ...MINUTES,
    for: `${expression} to be ${value}`,
  });
}

function text({ body }: Message): string {
  return typeof body === 'string' ? body.replace(/=\n/g, '') : JSON.stringify(body);
}

/** Compares a message with its example in the documentation, or makes it one. */
function likeExample(name: string, message: Message): void {
  const path = join(EXAMPLES, `${name}-${message.via}.${typeof message.body === 'string' ? 'eml' : 'json'}`);
  const now = exampleText(message);
  if (WRITE) writeFileSync(path, now);
  expect(exampleContent(now), path).toEqual(exampleContent(readFileSync(path, 'utf8')));
}

beforeAll(async () => {
  if (WRITE) mkdirSync(EXAMPLES, { recursive: true });
  rack = await startRack({ nodes: NODES, name: 'live' });
  // So that the nodes help it when it restarts; in force from the next session on, so before anybody watches.
  await rack.tor2.configure('router bgp 65002', 'bgp graceful-restart');
  await rack.tor2.vtysh('clear bgp *');
  nodes = await Promise.all(
    rack.nodes.map((one, i) => watchNode(one, { cluster: i < 3 ? 'rack' : `cloud-${i + 1}` })),
  );
  await rack.untilUp();
  paging = await startPaging({ nodes });
  await untilValue('sum(up{job=~"frr|node"})', 2 * NODES);
  await untilValue('sum(instance:frr_bgp_uplinks_up:count)', 2 * NODES);
}, 300_000);

afterAll(async () => {
  await Promise.all(nodes.map((one) => one.stop()));
  await paging?.stop();
  await rack?.stop();
  for (const one of nodes) rmSync(one.maintenanceFile, { force: true });
}, 120_000);

test('the graceful restart of a router sends no notification', { timeout: 400_000 }, async () => {
  const { tor2 } = rack;
  // bfdd would report the end of bgpd at the same moment, and a busy node that reads that first resets the session
  // for good (Cease/BFD Down is a hard reset, RFC 8538), without a graceful restart.
  process.kill(tor2.pid('bfdd') as number, 'SIGSTOP');
  process.kill(tor2.pid('bgpd') as number, 'SIGKILL');
  await untilValue('sum(frr_bgp_session_graceful_restart_active{peer="eth2"})', NODES);
  await untilValue('sum(frr_bgp_session_up{peer="eth2"})', 0);
  // As long as a page would take: a `for` of 5 s, a group_wait of 11 s, and the evaluations between.
  await pause(26_000);
  process.kill(tor2.pid('bfdd') as number, 'SIGCONT');
  await tor2.start('bgpd');
  await rack.untilUp();
  await untilValue('sum(instance:frr_bgp_uplinks_up:count)', 2 * NODES);
  expect(paging.messages.filter(({ via }) => via !== 'watchdog').map(({ title }) => title)).toEqual([]);
});

describe('while other things are done on purpose', () => {
  const happening = new Map<FaultName, Promise<Message>>();

  beforeAll(async () => {
    // On purpose: a session is shut, a node is under maintenance and loses bgpd, an exporter is restarted.
    await node(1).node.router.configure('router bgp 64999', 'neighbor 100.64.1.1 shutdown');
    const end = new Date(Date.now() + 3_600_000).toISOString();
    writeFileSync(node(2).maintenanceFile, `${end} an upgrade of FRR\n`);
    await untilValue('count(instance:frr_maintenance:active{instance="node2:9342"})', 1);
    await node(2).node.kill('bgpd');
    await node(3).killExporter();
    await node(3).startExporter();
    for (const name of FAULT_NAMES) {
      const fault: Fault = FAULTS[name];
      const watched = node(AT_FAULT[name]);
      const way = fault.reaches === 'page' ? 'slack' : 'mail';
      const happened = fault.happen(watched).then(() =>
        waitFor(() => sent(watched.labels.cluster as string).find(({ via }) => via === way), {
          ...MINUTES,
          for: `a message about ${watched.node.name}: ${fault.name}`,
        }),
      );
      // The rejection is handled by whoever waits for it; until then it must not count as unhandled.
      happened.catch(() => undefined);
      happening.set(name, happened);
    }
  }, 300_000);

  test.each(FAULT_NAMES.map((name) => [FAULTS[name].name, name] as const))(
    '%s: the message names the cause',
    { timeout: 400_000 },
    async (_, name) => {
      const message = (await happening.get(name)) as Message;
      for (const pattern of FAULTS[name].says) expect(text(message)).toMatch(pattern);
      likeExample(name, message);
    },
  );

  test('each fault sends one notification, and what is done on purpose none', {
    timeout: 400_000,
  }, async () => {
    await Promise.all(happening.values());
    // The ticket came last, after more than a minute: whatever else would have come of the pages has been sent.
    const ways = Object.fromEntries(
      FAULT_NAMES.map((name) => [
        name,
        sent(`cloud-${AT_FAULT[name]}`)
          .map(({ via }) => via)
          .toSorted(),
      ]),
    );
    expect(ways).toEqual(
      Object.fromEntries(
        FAULT_NAMES.map((name) => [
          name,
          (FAULTS[name] as Fault).reaches === 'page' ? ['pagerduty', 'slack'] : ['mail'],
        ]),
      ),
    );
    for (const name of FAULT_NAMES)
      for (const message of sent(`cloud-${AT_FAULT[name]}`)) likeExample(name, message);

    // What was done on purpose has been seen.
    expect(await current('frr_bgp_session_up{instance="node1:9342", peer="100.64.1.1"}')).toBe(0);
    expect(await current('frr_daemon_up{instance="node2:9342", daemon="bgpd"}')).toBe(0);
    expect(await current('changes(process_start_time_seconds{instance="node3:9342"}[10m])')).toBe(1);
    expect(sent('rack').map(({ title }) => title)).toEqual([]);
  });
});

test('a router that dies under three nodes is one page, about the router', { timeout: 600_000 }, async () => {
  // What was done on purpose is over.
  await node(1).node.router.configure('router bgp 64999', 'no neighbor 100.64.1.1 shutdown');
  if (node(2).node.router.pid('bgpd') === undefined) await node(2).node.restart('bgpd');
  await Promise.all([1, 2, 3].map((number) => node(number).node.untilUp()));
  rmSync(node(2).maintenanceFile, { force: true });
  await untilValue('sum(instance:frr_bgp_uplinks_up:count{cluster="rack"})', 6);
  await waitFor(
    async () =>
      (await paging.prometheus.query('ALERTS{cluster="rack", severity=~"critical|warning"}')).length === 0,
    { ...MINUTES, for: 'the rack to be healthy' },
  );
  // A session that bgpd has lost by its own restart does not count for two minutes (start_grace).
  await waitFor(
    async () => (await paging.prometheus.query('instance:frr_bgp_start:recent{cluster="rack"}')).length === 0,
    { ...MINUTES, for: 'the restart of bgpd on node2 to be over' },
  );

  const since = paging.messages.length;
  freeze(rack.tor1);
  const message = await waitFor(() => sent('rack', since).find(({ via }) => via === 'slack'), {
    ...MINUTES,
    for: 'a message about the router',
  });
  expect(text(message)).toMatch(/Router 10\.0\.0\.1 \(AS 65001\) is lost by node1, node2, node3\./);
  // The pages about its peers would have come by now.
  const silenced = 'count(ALERTS{cluster="rack", alertname="FRRBGPPeerDown", alertstate="firing"})';
  await untilValue(silenced, 3);
  await pause(20_000);
  expect(
    sent('rack', since)
      .map(({ via, title }) => `${via}: ${title}`)
      .toSorted(),
  ).toEqual([
    'pagerduty: tor1 rack A lost by 3 of 3 nodes (rack)',
    'slack: PAGE: tor1 rack A lost by 3 of 3 nodes (rack)',
  ]);
  for (const one of sent('rack', since)) likeExample('deadRouter', one);
});

/** Power off, as its neighbors see it: nothing of it answers any more. */
function freeze(router: Router): void {
  for (const daemon of router.daemons) {
    const pid = router.pid(daemon);
    if (pid !== undefined) process.kill(pid, 'SIGSTOP');
  }
}
