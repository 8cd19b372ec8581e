/** The six uses on real FRR, with the configuration that the role renders: what works, and what each fault shows and fires. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/status/verdict.ts';
import {
  CLOUD_NODES,
  type Cloud,
  type CloudNode,
  type Exporter,
  type Page,
  type Router,
  startCloud,
  startCloudExporter,
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
    const exporter = await startCloudExporter(cloud, node, rendered[node]['frr.conf'], {
      flags: ['--poll.interval=0.5s'],
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

/** The pages, once they show what is expected, and the status pages say it. */
async function showing(
  expected: Fault['shows'],
  says: Fault['says'],
  what: string,
  isSettled: (page: Page) => boolean,
): Promise<Pages> {
  const from = Date.now() / 1000;
  return waitFor(
    async () => {
      expect(await said()).toEqual(says);
      const now = await readPages(exporters);
      if (!Object.values(now).every((page) => polledSince(from, page) && isSettled(page))) return undefined;
      expect(shown(now, Object.keys(expected))).toEqual(expected);
      return now;
    },
    { within: 30_000, every: 250, for: what },
  );
}

/** What the status pages say, besides what is fine. */
async function said(): Promise<readonly string[]> {
  const documents = Object.entries(exporters).map(async ([node, exporter]) => {
    const { verdict } = JSON.parse(await exporter.text('/api/v1/status')) as { readonly verdict: Verdict };
    return verdict.findings
      .filter(({ level }) => level !== 'ok')
      .map(({ level, text }) => `${node} ${level}: ${text}`);
  });
  return (await Promise.all(documents)).flat();
}

/** The pages while all works. BFD sessions come up last, and an alert may report one that is down. */
const working = ({ name, works }: UseCase): Promise<Pages> =>
  showing(works, [], `${name} to work`, ({ find }) =>
    find('frr_bfd_session_up').every(({ value }) => value === 1),
  );

/** Whether no session that is up has anything left to send: an alert may report one that has for long. */
const isQuiet = ({ find, value }: Page): boolean =>
  find('frr_bgp_session_queue_messages').every(
    ({ labels: { vrf = '', peer = '' }, value: queued }) =>
      queued === 0 || value('frr_bgp_session_up', { vrf, peer }) !== 1,
  );

test.each(CLOUD_NODES)('`make scenario` runs what the role renders for %s', async (node) => {
  await expect(rendered[node]['frr.conf']).toMatchFileSnapshot(`../../scenarios/rendered/${node}.conf`);
});

describe.each(USE_CASES)('$name', (use) => {
  const traffic: Record<string, Traffic> = {};
  let before: Pages;
  beforeAll(async () => {
    await use.prepare(cloud);
    for (const address of use.addresses) traffic[address] = await cloud.traffic(address);
  });
  afterAll(async () => {
    for (const one of Object.values(traffic)) await one[Symbol.asyncDispose]();
    await use.remove(cloud);
  });

  /** By address, the packets that are lost of twenty, once routing has settled. */
  async function lostOfTwenty(lost: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const counted = Object.entries(traffic).map(async ([address, one]) => {
      await one.until(lost.includes(address) ? 'lost' : 'flowing');
      return [address, await one.lostOf(20)] as const;
    });
    return Object.fromEntries(await Promise.all(counted));
  }
  const expected = (lost: readonly string[]) =>
    Object.fromEntries(use.addresses.map((address) => [address, lost.includes(address) ? 20 : 0]));

  test('works', async () => {
    await lostOfTwenty([]);
    before = await working(use);
    expect(await lostOfTwenty([])).toEqual(expected([]));
  });

  test.each(use.faults)('$what', async ({ what, cause, undo, shows, says, alerts, lost, settles }) => {
    const lostBefore = Object.values(traffic).map((one) => one.lost());
    try {
      await cause(cloud);
      const after = await showing(shows, says, what, isQuiet);
      expect(await lostOfTwenty(lost)).toEqual(expected(lost));
      if (settles !== undefined)
        for (const [index, one] of Object.values(traffic).entries()) {
          const settling = one.lost() - (lostBefore[index] as number);
          expect(settling).toBeGreaterThan(0);
          expect(settling).toBeLessThanOrEqual(settles);
        }
      const name = `${use.name}: ${what}`;
      stories.set(name, story(name, before, after, alerts));
    } finally {
      // Also if this test fails, so that the next try begins while all works.
      await undo(cloud);
    }
    await lostOfTwenty([]);
    await working(use);
  });
});

/** The labels of a VPN route, as a router has them. */
async function labelsOf(router: Router, prefix: string): Promise<readonly (number | undefined)[]> {
  type Routes = Readonly<Record<string, { readonly paths: readonly { readonly remoteLabel?: number }[] }>>;
  const routes = await router.json<Routes>(`show bgp ipv4 vpn ${prefix} json`);
  return Object.values(routes).flatMap(({ paths }) => paths.map(({ remoteLabel }) => remoteLabel));
}

test('the label of a VPN route reaches the gateway', async () => {
  const [label, ...others] = await labelsOf(cloud.node1, '10.102.1.10/32');
  // RFC 3032: the first that is not reserved.
  expect(label).toBeGreaterThanOrEqual(16);
  expect(others).toEqual([]);
  expect(await labelsOf(cloud.tor1, '10.102.1.10/32')).toEqual([label]);
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
