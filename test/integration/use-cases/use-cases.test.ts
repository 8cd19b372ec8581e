/** The six uses on real FRR, with the configuration that the role renders: what works, and what each fault shows and fires. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CLOUD_NODES,
  type Cloud,
  type CloudNode,
  type Exporter,
  type Page,
  recordPlaced,
  startCloud,
  startExporter,
  type Traffic,
  waitFor,
} from '../../lab/index.ts';
import { USE_CASES } from '../../scenarios/index.ts';
import { CLOUD_PARAMETERS } from '../../scenarios/parameters.ts';
import { type Pages, readPages, shown } from '../../scenarios/shown.ts';
import type { Fault, UseCase } from '../../scenarios/use-case.ts';
import { type Outcome, PROMTOOL, run, twoAtATime, writeTest } from '../alerts/promtool.ts';
import type { Scenario } from '../alerts/scenario.ts';
import { type Rendered, render } from '../frr-service/rendering.ts';
import { story } from './story.ts';

const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-use-cases-'));
let rendered: Readonly<Record<CloudNode, Rendered>>;
let cloud: Cloud;
let exporters: Readonly<Record<CloudNode, Exporter>>;
const stories = new Map<string, Scenario>();

beforeAll(async () => {
  rendered = await render(CLOUD_PARAMETERS);
  cloud = await startCloud({ node1: rendered.node1['frr.conf'], node2: rendered.node2['frr.conf'] });
  const started = CLOUD_NODES.map(async (node) => {
    const beside = cloud.beside(node);
    const placed = join(folder, node);
    await recordPlaced(beside.node, rendered[node]['frr.conf'], placed);
    const flags = ['--poll.interval=0.5s', '--poll.max-share=50%'];
    const exporter = await startExporter({
      lab: beside,
      source: 'socket',
      flags: [
        ...flags,
        '--collector.config-drift',
        `--collector.config-drift.digest=${placed}/placed.sha256`,
      ],
    });
    return [node, exporter] as const;
  });
  exporters = Object.fromEntries(await Promise.all(started)) as Record<CloudNode, Exporter>;
});
afterAll(async () => {
  await Promise.all(Object.values(exporters ?? {}).map((exporter) => exporter.stop()));
  await cloud?.stop();
  rmSync(folder, { recursive: true });
});

/** Whether all that is polled often has been polled since a time, in seconds since the epoch. */
function polledSince(time: number, { find, value }: Page): boolean {
  return find('frr_collector_interval_seconds')
    .filter((interval) => interval.value < 3)
    .every(
      ({ labels }) => (value('frr_collector_last_success_timestamp_seconds', labels) ?? Infinity) >= time,
    );
}

/** The pages, once they show what is expected. */
async function showing(
  expected: Fault['shows'],
  what: string,
  isSettled: (page: Page) => boolean = () => true,
): Promise<Pages> {
  const from = Date.now() / 1000;
  return waitFor(
    async () => {
      const now = await readPages(exporters);
      if (!Object.values(now).every((page) => polledSince(from, page) && isSettled(page))) return undefined;
      expect(shown(now, Object.keys(expected))).toEqual(expected);
      return now;
    },
    { within: 30_000, every: 250, for: what },
  );
}

/** The pages while all works. BFD sessions come up last, and an alert may report one that is down. */
const working = ({ name, works }: UseCase): Promise<Pages> =>
  showing(works, `${name} to work`, ({ find }) =>
    find('frr_bfd_session_up').every(({ value }) => value === 1),
  );

test.each(CLOUD_NODES)('`make scenario` runs what the role renders for %s', async (node) => {
  await expect(rendered[node]['frr.conf']).toMatchFileSnapshot(`../../scenarios/rendered/${node}.conf`);
});

describe.each(USE_CASES)('$name', (use) => {
  let traffic: Traffic;
  let before: Pages;
  beforeAll(async () => {
    await use.prepare(cloud);
    traffic = await cloud.traffic(use.address);
  });
  afterAll(async () => {
    await traffic?.[Symbol.asyncDispose]();
    await use.remove(cloud);
  });

  test('works', async () => {
    await traffic.until('flowing');
    before = await working(use);
    expect(await traffic.lostOf(20)).toBe(0);
  });

  test.each(use.faults)('$what', async ({ what, cause, undo, shows, alerts, traffic: state }) => {
    try {
      await cause(cloud);
      const after = await showing(shows, what);
      await traffic.until(state);
      expect(await traffic.lostOf(20)).toBe(state === 'lost' ? 20 : 0);
      const name = `${use.name}: ${what}`;
      stories.set(name, story(name, before, after, alerts));
    } finally {
      // Also if this test fails, so that the next try begins while all works.
      await undo(cloud);
    }
    await traffic.until('flowing');
    await working(use);
  });
});

describe('the shipped rules, with what the exporters showed', () => {
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    await twoAtATime([...stories.values()], async (one, index) => {
      const path = join(folder, `${index}.yaml`);
      writeTest(path, one);
      outcomes.set(one.name, await run(PROMTOOL, 'test', 'rules', path));
    });
  });

  const faults = USE_CASES.flatMap(({ name, faults }) => faults.map(({ what }) => `${name}: ${what}`));
  test.each(faults)('%s', (name) => {
    expect(outcomes.get(name)).toEqual({ passed: true, output: expect.stringContaining('SUCCESS') });
  });
});
