/**
 * Storms, with a real Prometheus and a real Alertmanager: each of them is one page whose first words say how many, who and
 * what; a second fault is a second page; and when everything is back, everything is resolved and nothing else is sent.
 *
 * Each storm has a cluster of its own, so that all happen side by side. `make storm` measures them in a cluster of 1,000.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALM, type Storm, startStorm } from '../../fleet/storm.ts';
import { waitFor } from '../../lab/index.ts';

const CLUSTERS = { 'dead-100': 200, 'dead-300': 320, router: 60, fabric: 80, calm: 10 } as const;
const WITHIN = { within: 90_000, every: 500 } as const;

let storm: Storm;

/** The pages of a status by Slack, or by PagerDuty, which must be the same. */
const pages = (status: 'firing' | 'resolved', via: 'slack' | 'pagerduty' = 'slack'): readonly string[] =>
  storm.messages
    .filter((message) => message.status === status && message.via === via)
    .map(({ title }) => title.replace(/^(PAGE|RESOLVED): /, ''))
    .toSorted();

beforeAll(async () => {
  storm = await startStorm({
    hurry: true,
    clusters: CLUSTERS,
    // What inhibits goes on for minutes; the order is the same in seconds.
    settings: {
      keep_inhibiting_sessions_for: '10s',
      keep_inhibiting_routers_for: '20s',
      keep_inhibiting_nodes_for: '30s',
    },
  });
  const announced = 'count(host_route:frr_host_route_advertised:last_timestamp_seconds)';
  const nodes = Object.values(CLUSTERS).reduce((sum, count) => sum + count, 0);
  await waitFor(async () => (await storm.prometheus.query(announced))[0]?.value === 12 * nodes, {
    ...WITHIN,
    for: 'the rules to know every address',
  });
}, 180_000);

afterAll(async () => {
  await storm?.[Symbol.asyncDispose]();
}, 60_000);

const STORMS = [
  '100 nodes gone: dead-100 compute-001…',
  '300 nodes gone: dead-300 compute-001…',
  'compute-001 is gone (calm)',
  'fabric of fabric down: 8 routers lost',
  'leaf-1-2 lost by 20 of 20 nodes (router)',
];

test('each storm is one page, which says how many, who and what', { timeout: 120_000 }, async () => {
  storm.weather = {
    dead: ({ cluster, number }) =>
      (cluster === 'dead-100' && number <= 100) ||
      (cluster === 'dead-300' && number <= 300) ||
      (cluster === 'calm' && number === 1),
    cut: ({ cluster, rack }, router) =>
      cluster === 'fabric' || (cluster === 'router' && rack === 1 && router === 2),
  };
  await waitFor(() => pages('firing').length >= STORMS.length, { ...WITHIN, for: 'a page for each storm' });
  // What the storms inhibit would have been sent by now.
  await pause(15_000);
  expect(pages('firing')).toEqual(STORMS);
  expect(pages('firing', 'pagerduty')).toEqual(STORMS);
  const firing = async (alert: string) =>
    (await storm.prometheus.query(`count(ALERTS{alertname="${alert}", alertstate="firing"})`))[0]?.value;
  expect([
    await firing('FRRNodeDown'),
    await firing('FRRBGPAllUplinksDown'),
    await firing('FRRBGPPeerDown'),
  ]).toEqual([401, 80, 180]);
  const body = JSON.stringify(storm.messages.find(({ title }) => title.includes('100 nodes gone'))?.body);
  // Ten routers have 20 of these nodes each; which four of them are named is left to Prometheus.
  const routers = body.match(/Routers of these nodes: ([^.]*)\./)?.[1]?.split(', ');
  expect(new Set(routers).size).toBe(4);
  for (const router of routers ?? []) expect(router).toMatch(/^leaf-[1-5]-[12] \(20\)$/);
});

const SECOND = ['compute-002 is gone (calm)', 'compute-041 → leaf-3-1 down, 1 of 2 left (router)'];

test('a second fault is a second page', { timeout: 120_000 }, async () => {
  const { dead, cut } = storm.weather;
  storm.weather = {
    dead: (node) => dead(node) || (node.cluster === 'calm' && node.number === 2),
    cut: (node, router) =>
      cut(node, router) || (node.cluster === 'router' && node.number === 41 && router === 1),
  };
  const expected = [...STORMS, ...SECOND].toSorted();
  await waitFor(() => pages('firing').length >= expected.length, { ...WITHIN, for: 'the second pages' });
  expect(pages('firing')).toEqual(expected);
});

test('everything comes back: everything is resolved, and nothing else is sent', {
  timeout: 180_000,
}, async () => {
  const sent = pages('firing');
  storm.weather = CALM;
  await waitFor(() => pages('resolved').length >= sent.length, {
    within: 150_000,
    every: 500,
    for: 'the end of each page',
  });
  expect(pages('firing')).toEqual(sent);
  expect(pages('resolved', 'pagerduty')).toHaveLength(sent.length);
});
