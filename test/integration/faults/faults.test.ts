/**
 * The exporter with a real FRR that fails in every way: every row of "isolation" and "FRR under a running sidecar".
 * One laboratory and one exporter per source. The exporter is never restarted: it must recover without it.
 */
import { chownSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exporter, type Lab, type Page, startExporter, startLab, waitFor } from '../../lab/index.ts';

const INTERVAL = 1000;
/** What is shown within two intervals on a quiet machine; the machine that runs the tests is not always quiet. */
const SOON = 20_000;
const FLAGS = [
  '--poll.interval=1s',
  '--frr.timeout=1s',
  '--poll.stale-after=4s',
  '--poll.max-share=100%',
  '--frr.max-output=1MiB',
  '--log.format=json',
];

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

/** Lines of the log since a moment, as it was written then. */
function logged(exporter: Exporter, since: number): Line[] {
  return exporter
    .output()
    .slice(since)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

function held(pid: number): { descriptors: number; children: number } {
  const children = readdirSync(`/proc/${pid}/task`).length;
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, children };
}

describe.each(['socket', 'vtysh'] as const)('faults of FRR, queried by %s', (source) => {
  let lab: Lab;
  let exporter: Exporter;

  beforeAll(async () => {
    lab = await startLab({ name: `fault${source[0]}` });
    exporter = await startExporter({ lab, source, flags: FLAGS });
    await healthy();
  });
  afterAll(async () => {
    await exporter?.stop();
    await lab?.stop();
  });

  const until = (what: string, predicate: (page: Page) => boolean) =>
    waitFor(
      async () => {
        const page = await exporter.page();
        return predicate(page) ? page : undefined;
      },
      { within: SOON, every: INTERVAL / 4, for: what },
    );
  const healthy = () =>
    until(
      'everything to be healthy',
      (page) =>
        page.value('frr_bgp_session_up', { peer: '100.64.1.1' }) === 1 &&
        page.value('frr_bfd_session_up', { interface: 'eth1' }) === 1 &&
        page.find('frr_collector_up').every(({ value }) => value === 1) &&
        page.find('frr_daemon_up').every(({ value }) => value === 1),
    );
  const errors = (page: Page, collector: string, reason: string) =>
    page.value('frr_collector_errors_total', { collector, reason }) ?? Number.NaN;
  /** Scrapes while something is wrong; the slowest one. */
  const slowestScrape = async (times = 20) => {
    let slowest = 0;
    for (let n = 0; n < times; n++) {
      const begun = performance.now();
      await exporter.text();
      slowest = Math.max(slowest, performance.now() - begun);
    }
    return slowest;
  };

  test('a daemon that hangs loses only its own metrics, and is reported as hung', async () => {
    const before = exporter.output().length;
    lab.hang('node', 'bgpd');
    try {
      const page = await until(
        'bgpd to be reported as hung and its metrics to disappear',
        (p) =>
          p.value('frr_daemon_hung', { daemon: 'bgpd' }) === 1 && p.find('frr_bgp_session_up').length === 0,
      );
      expect(page.value('frr_daemon_up', { daemon: 'bgpd' })).toBe(0);
      expect(await exporter.text('/')).toContain('<title>✗ bgpd hangs');
      expect(page.value('frr_collector_up', { collector: 'bgp' })).toBe(0);
      expect(errors(page, 'bgp', 'timed_out')).toBeGreaterThan(0);
      expect(errors(page, 'bgp', 'not_running')).toBe(0);
      // The others are as healthy as before, and fresh.
      expect(page.value('frr_up')).toBe(1);
      expect(page.value('frr_bfd_session_up', { interface: 'eth1' })).toBe(1);
      expect(page.value('frr_daemon_hung', { daemon: 'zebra' })).toBe(0);
      const bfd = page.value('frr_collector_last_success_timestamp_seconds', { collector: 'bfd' }) ?? 0;
      expect(Date.now() / 1000 - bfd).toBeLessThan(SOON / 1000);
      // A poll of bgpd takes a second to fail; a scrape does not wait for it.
      expect(await slowestScrape()).toBeLessThan(1000);
    } finally {
      lab.resume('node', 'bgpd');
    }
    await healthy();
    const lines = logged(exporter, before).filter((line) => line.collector === 'bgp');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(4);
  });

  test('a daemon that is killed is reported as dead, and as up after its restart', async () => {
    await lab.kill('node', 'bgpd');
    const page = await until(
      'bgpd to be reported as dead and its metrics to disappear',
      (p) => p.value('frr_daemon_up', { daemon: 'bgpd' }) === 0 && p.find('frr_bgp_session_up').length === 0,
    );
    expect(page.value('frr_daemon_hung', { daemon: 'bgpd' })).toBe(0);
    expect(errors(page, 'bgp', 'not_running')).toBeGreaterThan(0);
    expect(page.value('frr_bfd_session_up', { peer: '192.0.2.99' })).toBe(0);
    const restarts = page.value('frr_daemon_restarts_total', { daemon: 'bgpd' }) ?? Number.NaN;
    await lab.restart('node', 'bgpd');
    const after = await healthy();
    expect(after.value('frr_daemon_restarts_total', { daemon: 'bgpd' })).toBe(restarts + 1);
  });

  test('all of FRR is stopped, its socket folder is emptied and remade with another owner', async () => {
    const before = exporter.output().length;
    const folder = lab.node.socketFolder;
    const daemons = [...lab.node.daemons, 'watchfrr'];
    for (const daemon of daemons) await lab.kill('node', daemon);
    rmSync(folder, { recursive: true });
    const page = await until(
      'FRR to be reported as gone',
      (p) => p.value('frr_up') === 0 && p.find('frr_bgp_session_up').length === 0,
    );
    expect(page.find('frr_daemon_up').every(({ value }) => value === 0)).toBe(true);
    expect(page.find('frr_rib_routes')).toEqual([]);
    expect(await slowestScrape(5)).toBeLessThan(1000);
    // A collector that fails says so once, not at every poll.
    await waitFor(async () => errors(await exporter.page(), 'bgp', 'not_running') >= 4, { within: SOON });
    const perCollector = Map.groupBy(
      logged(exporter, before).filter((line) => line.collector !== undefined),
      (line) => line.collector,
    );
    for (const [collector, lines] of perCollector)
      expect(lines.length, `${collector}: ${lines.map(({ msg }) => msg)}`).toBeLessThanOrEqual(2);

    mkdirSync(folder);
    const { stdout } = await execa('id', ['-u', 'frr']);
    const { stdout: group } = await execa('id', ['-g', 'frr']);
    chownSync(folder, Number(stdout), Number(group));
    for (const daemon of daemons) await lab.node.start(daemon);
    await lab.untilUp();
    await healthy();
  });

  test('a daemon that talks without end, or garbage, is cut off', async () => {
    const socket = join(lab.node.socketFolder, 'bfdd.vty');
    await lab.kill('node', 'bfdd');
    rmSync(socket, { force: true });
    let talk: (connection: Socket) => void = () => {};
    const connections = new Set<Socket>();
    const impostor: Server = createServer((connection) => {
      connections.add(connection);
      connection.on('error', () => connection.destroy());
      // vtysh and the socket source send `enable` before the command: each gets its answer.
      connection.on('data', () => talk(connection));
    });
    try {
      const chatter = Buffer.alloc(64 * 1024, 'la ');
      talk = (connection) => {
        const more = () => {
          while (!connection.destroyed && connection.write(chatter));
        };
        connection.on('drain', more);
        more();
      };
      await new Promise<void>((resolve) => impostor.listen(socket, resolve));
      const reasonOfFlood = source === 'socket' ? ['too_large'] : ['too_large', 'timed_out'];
      const page = await until('the flood to be refused', (p) =>
        reasonOfFlood.some((reason) => errors(p, 'bfd', reason) > 0),
      );
      expect(page.value('frr_collector_up', { collector: 'bgp' })).toBe(1);
      const garbled = errors(page, 'bfd', 'not_json');
      talk = (connection) => connection.write('\u{1f600} no json\n\0\0\0\0');
      for (const connection of connections) connection.destroy();
      await until('the garbage to be refused', (p) => errors(p, 'bfd', 'not_json') > garbled);
    } finally {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => impostor.close(resolve));
      await lab.restart('node', 'bfdd');
    }
    await healthy();
  });

  test('nothing of the faults is left behind', async () => {
    await healthy();
    const pid = Number(
      (await execa('pgrep', ['-f', `pathspace=${lab.node.namespace}`])).stdout.split('\n')[0],
    );
    const counts: ReturnType<typeof held>[] = [];
    for (let n = 0; n < 20; n++) {
      counts.push(held(pid));
      await exporter.text();
      await new Promise((resolve) => setTimeout(resolve, INTERVAL / 4));
    }
    // Least of several looks: a vtysh of the moment comes and goes.
    expect(Math.min(...counts.map(({ descriptors }) => descriptors))).toBeLessThan(60);
    const left = await execa('pgrep', ['-fc', `vtysh .*${lab.node.namespace}`], { reject: false });
    expect(Number(left.stdout)).toBeLessThanOrEqual(8);
  });
});

describe('an exporter that is there first', () => {
  test('FRR is started after it, and denied permissions are reported', async () => {
    await using lab = await startLab({ name: 'late', up: false });
    for (const daemon of [...lab.node.daemons, 'watchfrr']) await lab.kill('node', daemon);
    const folder = lab.node.socketFolder;
    rmSync(folder, { recursive: true });
    await using exporter = await startExporter({ lab, source: 'socket', flags: FLAGS });
    const page = await exporter.page();
    expect(page.value('frr_up')).toBe(0);
    expect(page.find('frr_bgp_session_up')).toEqual([]);
    expect(page.value('frr_collector_up', { collector: 'bgp' })).toBe(0);
    mkdirSync(folder);
    const { stdout } = await execa('id', ['-u', 'frr']);
    chownSync(folder, Number(stdout), Number(stdout));
    for (const daemon of lab.node.daemons) await lab.node.start(daemon);
    await waitFor(
      async () => (await exporter.page()).value('frr_bgp_session_up', { peer: '192.0.2.66' }) === 0,
      { within: SOON },
    );
  });
});

describe('limits of our own', () => {
  test('series beyond --metrics.max-series are cut, counted and logged once', async () => {
    await using lab = await startLab({ name: 'limit' });
    await using exporter = await startExporter({
      lab,
      source: 'socket',
      flags: [...FLAGS, '--metrics.max-series=100'],
    });
    const dropped = () =>
      exporter
        .page()
        .then((page) => page.value('frr_exporter_series_dropped_total', { reason: 'limit' }) ?? 0);
    await waitFor(async () => (await dropped()) > 0, { within: SOON });
    const first = await dropped();
    await waitFor(async () => (await dropped()) > first, { within: SOON });
    const lines = logged(exporter, 0).filter(({ msg }) => msg.includes('max-series'));
    // One a collector that was cut, at the first poll and not at each.
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.map(({ collector }) => collector)).toEqual([
      ...new Set(lines.map(({ collector }) => collector)),
    ]);
  });

  test('SIGTERM ends it in under a second, with a daemon hung', async () => {
    await using lab = await startLab({ name: 'term' });
    for (const source of ['socket', 'vtysh'] as const) {
      const exporter = await startExporter({ lab, source, flags: FLAGS });
      lab.hang('node', 'bgpd');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const begun = performance.now();
      await exporter.stop();
      expect(exporter.exit()).toBe(0);
      // A second of its own; the rest is for a busy machine to notice.
      expect(performance.now() - begun).toBeLessThan(3000);
      lab.resume('node', 'bgpd');
    }
    const { stdout } = await execa('pgrep', ['-fc', `vtysh .*${lab.node.namespace}`], { reject: false });
    expect(stdout).toBe('0');
  });
});
