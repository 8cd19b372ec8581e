/** What is one page to a real Alertmanager, and what is another one, by the alerts that Prometheus would send. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlert } from '../../../alerts/rule.ts';
import { waitFor } from '../../lab/index.ts';
import { type Messages, startMessages } from '../../lab/messages.ts';
import { hostRoute, target } from './fleet.ts';
import { GROUPS } from './promtool.ts';
import type { Labels } from './scenario.ts';

const PAGES = GROUPS.flatMap(({ rules }) => rules)
  .filter(isAlert)
  .filter(({ labels }) => labels.severity === 'critical');
const SESSION = { ...target('node-1'), vrf: 'default', peer: 'eth2', remote_router_id: '10.0.0.2' };

let messages: Messages;

beforeAll(async () => {
  messages = await startMessages(({ route }) => {
    for (const one of route.routes) Object.assign(one, { group_wait: '1s', group_interval: '1s' });
  });
}, 60_000);
afterAll(() => messages?.stop());

/** Pages, by their alerts' names and labels, that fire from now on, or are over. */
async function send(
  status: 'firing' | 'over',
  ...alerts: readonly (readonly [string, Labels])[]
): Promise<void> {
  const end = status === 'over' ? { endsAt: new Date().toISOString() } : {};
  const response = await fetch(`${messages.alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      alerts.map(([name, labels]) => ({
        labels: { alertname: name, ...PAGES.find(({ alert }) => alert === name)?.labels, ...labels },
        annotations: { title: name },
        ...end,
      })),
    ),
  });
  expect(response.status).toBe(200);
}

/** Incidents of a cluster: what PagerDuty was sent about each, in the order of time. */
function incidents(cluster: string): readonly (readonly string[])[] {
  const found = new Map<string, string[]>();
  for (const { via, status, title, body } of messages.messages) {
    if (via !== 'pagerduty' || !title.endsWith(`(${cluster})`)) continue;
    const { dedup_key: key } = body as { dedup_key: string };
    found.set(key, [...(found.get(key) ?? []), `${status} ${title.replace(/ \(.*/, '')}`]);
  }
  return [...found.values()];
}

const until = (condition: () => boolean, what: string) => waitFor(condition, { within: 30_000, for: what });

test('a session that goes down again and again is one page from its first drop to its last', {
  timeout: 120_000,
}, async () => {
  const session = { ...SESSION, cluster: 'flapping' };
  const down = ['FRRBGPPeerDown', session] as const;
  const flapping = ['FRRBGPPeerFlapping', session] as const;
  await send('firing', down);
  await until(() => incidents('flapping').length > 0, 'the page of the first drop');
  await send('firing', flapping);
  await until(() => incidents('flapping').flat().length > 1, 'the page to change');
  for (let drop = 2; drop <= 4; drop++) {
    await send('over', down);
    await pause(3_000);
    await send('firing', down);
    await pause(3_000);
  }
  await send('over', down, flapping);
  await until(
    () => incidents('flapping').flat().at(-1)?.startsWith('resolved') === true,
    'the end of the page',
  );
  const [page = [], ...others] = incidents('flapping');
  expect(others).toEqual([]);
  expect([...new Set(page.slice(0, -1))]).toEqual(['firing FRRBGPPeerDown', 'firing FRRBGPPeerFlapping']);
  expect(page.at(-1)).toMatch(/^resolved/);
});

test('many addresses of a node are one page, and those of another node another', {
  timeout: 60_000,
}, async () => {
  const of = (node: string) => {
    const labels = { ...target(node), cluster: 'addresses' };
    return [
      ...[1, 2, 3, 4, 5].map(
        (last) => ['FRRHostRouteNotAdvertised', { ...labels, ...hostRoute(`203.0.113.${last}`) }] as const,
      ),
      ['FRRAddressesFault', { ...labels, fault: 'FRRHostRouteNotAdvertised' }] as const,
    ];
  };
  await send('firing', ...of('node-1'));
  await until(() => incidents('addresses').length > 0, 'the page of the first node');
  await send('firing', ...of('node-2'));
  await until(() => incidents('addresses').length > 1, 'the page of the second node');
  await pause(3_000);
  expect(incidents('addresses')).toEqual([['firing FRRAddressesFault'], ['firing FRRAddressesFault']]);
});
