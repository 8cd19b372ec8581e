/** The silence that a runbook shows for work on a router: what it covers, and that it hides no node that is cut off. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startMessages } from '../../lab/messages.ts';
import { run } from './promtool.ts';

const ROUTER = '10.0.0.2';
const ALERTS: readonly (readonly [Readonly<Record<string, string>>, 'suppressed' | 'active'])[] = [
  [{ alertname: 'FRRRemoteRouterDown', remote_router_id: ROUTER }, 'suppressed'],
  [{ alertname: 'FRRBGPPeerDown', instance: 'node-1:9342', remote_router_id: ROUTER }, 'suppressed'],
  [{ alertname: 'FRRBGPPeerFlapping', instance: 'node-1:9342', remote_router_id: ROUTER }, 'suppressed'],
  [{ alertname: 'FRRBGPPeerDown', instance: 'node-2:9342', remote_router_id: '10.0.0.3' }, 'active'],
  [{ alertname: 'FRRBGPAllUplinksDown', instance: 'node-1:9342' }, 'active'],
  [{ alertname: 'FRRBGPNodesCutOff', storm: '1763990000' }, 'active'],
];

test('work on a router is silenced by its ID, and a node that loses its last uplink is not', {
  timeout: 60_000,
}, async () => {
  await using paging = await startMessages();
  const { url } = paging.alertmanager;
  const runbook = readFileSync('alerts/runbooks/FRRRemoteRouterDown.md', 'utf8');
  const [, line = ''] = /^amtool (silence add .*)$/m.exec(runbook) ?? [];
  const words =
    line
      .replace('ROUTER', ROUTER)
      .replace('CLUSTER', 'cloud-1')
      .match(/[^\s']+(?:'[^']*')?/g)
      ?.map((word) => word.replaceAll("'", '')) ?? [];
  const { passed, output } = await run(['amtool', `--alertmanager.url=${url}`, ...words, '--author=test']);
  expect({ passed, output }).toEqual({ passed: true, output: expect.any(String) });
  await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // Each alone, so that nothing is inhibited.
    body: JSON.stringify(
      ALERTS.map(([labels]) => ({ labels: { severity: 'none', cluster: 'cloud-1', ...labels } })),
    ),
  });
  interface Known {
    readonly labels: Readonly<Record<string, string>>;
    readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
  }
  const known = (await (await fetch(`${url}/api/v2/alerts`)).json()) as readonly Known[];
  const stateOf = (labels: Readonly<Record<string, string>>) =>
    known.find((one) => Object.entries(labels).every(([name, value]) => one.labels[name] === value))?.status
      .silencedBy.length;
  expect(ALERTS.map(([labels]) => stateOf(labels))).toEqual(
    ALERTS.map(([, state]) => (state === 'suppressed' ? 1 : 0)),
  );
});
