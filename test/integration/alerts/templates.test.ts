/** What people read: the templates, rendered by amtool. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Command, newer, run } from './promtool.ts';

const root = mkdtempSync(join(tmpdir(), 'frr-exporter-templates-'));
afterAll(() => rmSync(root, { recursive: true }));

interface TemplateAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

function alert(i: number, change: Partial<TemplateAlert> = {}): TemplateAlert {
  return {
    status: 'firing',
    labels: {
      alertname: 'FRRBGPPeerDown',
      severity: 'critical',
      cluster: 'cloud-1',
      hostname: `node-${i}`,
      instance: `node-${i}:9342`,
      vrf: 'default',
      peer: 'eth2',
    },
    annotations: {
      summary: 'A BGP session that was up is down.',
      title: `node-${i} → tor2 <rack A> down, 1 of 2 left`,
      description: `node-${i} has lost its BGP session with tor2 <rack A> (peer eth2, AS 65002, VRF default). Why: BFD down received.`,
      impact: 'Uplinks left: 1 of 2.',
      action: 'On the node: `ip -br link`.',
      runbook_url: 'https://wiki.example.org/runbooks/FRRBGPPeerDown.md',
      dashboard_url: `https://grafana.example.org/d/frr-session?var-instance=node-${i}%3A9342`,
    },
    startsAt: '2026-11-22T03:12:05Z',
    endsAt: '0001-01-01T00:00:00Z',
    ...change,
  };
}

const OVER = { status: 'resolved', endsAt: '2026-11-22T03:20:30Z' } as const;

/** What Alertmanager gives to templates: common labels and annotations are those that all alerts share. */
function data(alerts: readonly TemplateAlert[]): unknown {
  const common = (key: 'labels' | 'annotations') =>
    Object.fromEntries(
      Object.entries(alerts[0]?.[key] ?? {}).filter(([name, value]) =>
        alerts.every((one) => one[key][name] === value),
      ),
    );
  return {
    receiver: 'page',
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    groupLabels: { cluster: 'cloud-1', peer: 'eth2 & more' },
    commonLabels: common('labels'),
    commonAnnotations: common('annotations'),
    externalURL: 'https://alertmanager.example.org',
  };
}

const SITUATIONS = {
  one: data([alert(1)]),
  over: data([alert(1, OVER)]),
  several: data([alert(1), alert(2, OVER), alert(3), alert(4), alert(5)]),
  many: data(Array.from({ length: 13 }, (_, i) => alert(i + 1))),
  hostile: data([
    alert(1, {
      annotations: {
        ...alert(1).annotations,
        description: 'node-1 has lost <!channel> & <script>alert(1)</script>.',
      },
    }),
  ]),
  router: data([
    alert(1, {
      labels: {
        alertname: 'FRRRemoteRouterDown',
        severity: 'critical',
        cluster: 'cloud-1',
        remote_router_id: '10.0.0.2',
      },
      annotations: { ...alert(1).annotations, since: 'Sun 2026-11-22 02:59:58 UTC' },
    }),
  ]),
  storm: data([
    alert(1, {
      labels: { alertname: 'FRRNodesDown', severity: 'critical', cluster: 'cloud-1', storm: '1763990000' },
      annotations: { ...alert(1).annotations, title: '97 nodes gone: cloud-1 node-1…' },
    }),
  ]),
  fleet: data([alert(1, { labels: { alertname: 'FRRExporterAbsent', severity: 'critical', job: 'frr' } })]),
  bare: data([alert(1, { labels: { alertname: 'Other' }, annotations: {} })]),
  ticket: data([alert(1, { labels: { ...alert(1).labels, severity: 'warning' } })]),
} as const;

describe.each([
  ['0.25', async (): Promise<Command> => ['amtool']],
  ['0.33', () => newer('amtool')],
])('amtool %s', (version, find) => {
  let amtool: Command;
  beforeAll(async () => {
    amtool = await find();
  }, 300_000);

  const render = async (
    template: string,
    situation: keyof typeof SITUATIONS,
    type: 'text' | 'html' = 'text',
  ): Promise<string> => {
    const path = join(root, `${version}-${situation}.json`);
    writeFileSync(path, JSON.stringify(SITUATIONS[situation]));
    const { passed, output } = await run(
      amtool,
      ...['template', 'render', '--template.glob=alerts/alertmanager/templates/*.tmpl'],
      ...[
        `--template.text={{ template "${template}" . }}`,
        `--template.type=${type}`,
        `--template.data=${path}`,
      ],
    );
    expect({ passed, output }).toEqual({ passed: true, output: expect.any(String) });
    return output;
  };

  test.each([
    ['one', 'PAGE: node-1 → tor2 <rack A> down, 1 of 2 left (cloud-1)'],
    ['over', 'RESOLVED: node-1 → tor2 <rack A> down, 1 of 2 left (cloud-1)'],
    ['several', 'PAGE: node-1 → tor2 <rack A> down, 1 of 2 left, and 3 more (cloud-1)'],
    ['many', 'PAGE: node-1 → tor2 <rack A> down, 1 of 2 left, and 12 more (cloud-1)'],
    ['storm', 'PAGE: 97 nodes gone: cloud-1 node-1…'],
    ['router', 'PAGE: node-1 → tor2 <rack A> down, 1 of 2 left (cloud-1)'],
    ['fleet', 'PAGE: node-1 → tor2 <rack A> down, 1 of 2 left'],
    ['bare', 'TICKET: Other'],
    ['ticket', 'TICKET: node-1 → tor2 <rack A> down, 1 of 2 left (cloud-1)'],
  ] as const)('the title of %s', async (situation, title) => {
    expect(await render('frr.title', situation)).toBe(title);
  });

  test('chat: one alert', async () => {
    expect(await render('frr.slack.text', 'one')).toBe(
      `*node-1 has lost its BGP session with tor2 &lt;rack A&gt; (peer eth2, AS 65002, VRF default). Why: BFD down received.*
*Since* Sun 2026-11-22 03:12:05 UTC
*Affected* Uplinks left: 1 of 2.
*First* On the node: \`ip -br link\`.
<https://wiki.example.org/runbooks/FRRBGPPeerDown.md|Runbook>  <https://grafana.example.org/d/frr-session?var-instance=node-1%3A9342|Dashboard>

<https://alertmanager.example.org/#/silences/new?filter=%7Bcluster%3D%22cloud-1%22%2Cpeer%3D%22eth2+%26+more%22%7D|Silence>`,
    );
  });

  test('chat: what somebody wrote into a description is no command', async () => {
    expect(await render('frr.slack.text', 'hostile')).toBe(
      `*node-1 has lost &lt;!channel&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;.*
*Since* Sun 2026-11-22 03:12:05 UTC
*Affected* Uplinks left: 1 of 2.
*First* On the node: \`ip -br link\`.
<https://wiki.example.org/runbooks/FRRBGPPeerDown.md|Runbook>  <https://grafana.example.org/d/frr-session?var-instance=node-1%3A9342|Dashboard>

<https://alertmanager.example.org/#/silences/new?filter=%7Bcluster%3D%22cloud-1%22%2Cpeer%3D%22eth2+%26+more%22%7D|Silence>`,
    );
  });

  test('chat: many are cut after ten, and resolved alerts are listed too', async () => {
    const many = await render('frr.slack.text', 'many');
    expect(many.match(/^\*node-\d+ has lost/gm)).toHaveLength(10);
    expect(many.trimEnd().split('\n').at(-2)).toBe('... and 3 more like these.');
    const several = await render('frr.slack.text', 'several');
    expect(several.trimEnd().split('\n').at(-2)).toBe(
      'Resolved: node-2, Sun 2026-11-22 03:12:05 UTC until Sun 2026-11-22 03:20:30 UTC',
    );
    expect(await render('frr.slack.text', 'over')).toBe(
      'Resolved: node-1, Sun 2026-11-22 03:12:05 UTC until Sun 2026-11-22 03:20:30 UTC',
    );
  });

  test('chat: the title leads to the dashboard, or to Alertmanager when there are several', async () => {
    expect(await render('frr.link', 'one')).toBe(
      'https://grafana.example.org/d/frr-session?var-instance=node-1%3A9342',
    );
    expect(await render('frr.link', 'several')).toBe('https://alertmanager.example.org');
  });

  test('mail: text', async () => {
    expect(await render('frr.email.text', 'ticket')).toBe(
      `TICKET: node-1 → tor2 <rack A> down, 1 of 2 left (cloud-1)

node-1 has lost its BGP session with tor2 <rack A> (peer eth2, AS 65002, VRF default). Why: BFD down received.

  Since     Sun 2026-11-22 03:12:05 UTC
  Affected  Uplinks left: 1 of 2.
  First     On the node: \`ip -br link\`.
  Runbook   https://wiki.example.org/runbooks/FRRBGPPeerDown.md
  Dashboard https://grafana.example.org/d/frr-session?var-instance=node-1%3A9342

All that is firing: https://alertmanager.example.org`,
    );
  });

  test('mail: text of what is over', async () => {
    expect(await render('frr.email.text', 'over')).toBe(
      `RESOLVED: node-1 → tor2 <rack A> down, 1 of 2 left (cloud-1)

Resolved:

- node-1: Sun 2026-11-22 03:12:05 UTC until Sun 2026-11-22 03:20:30 UTC

All that is firing: https://alertmanager.example.org`,
    );
  });

  test('mail: HTML, in which nothing of a description is markup', async () => {
    const html = await render('frr.email.html', 'hostile', 'html');
    expect(html).toContain(
      '<p><strong>node-1 has lost &lt;!channel&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;.</strong></p>',
    );
    expect(html).toContain(
      '<a href="https://grafana.example.org/d/frr-session?var-instance=node-1%3A9342">dashboard</a>',
    );
    expect(html).not.toContain('<script>');
    expect((await render('frr.email.html', 'many', 'html')).match(/<table/g)).toHaveLength(10);
  });

  test('pager', async () => {
    expect(await render('frr.pagerduty.description', 'one')).toBe(
      'node-1 → tor2 <rack A> down, 1 of 2 left (cloud-1)',
    );
    expect(await render('frr.pagerduty.what', 'several')).toBe(
      [1, 3, 4, 5].map((i) => alert(i).annotations.description).join('\n'),
    );
    expect(await render('frr.pagerduty.since', 'one')).toBe('Sun 2026-11-22 03:12:05 UTC');
    expect(await render('frr.pagerduty.since', 'several')).toBe(
      [1, 2, 3, 4, 5]
        .map((i) =>
          i === 2
            ? 'node-2: Sun 2026-11-22 03:12:05 UTC until Sun 2026-11-22 03:20:30 UTC'
            : `node-${i}: Sun 2026-11-22 03:12:05 UTC`,
        )
        .join('\n'),
    );
    expect(await render('frr.pagerduty.affected', 'one')).toBe('Uplinks left: 1 of 2.');
    expect(await render('frr.pagerduty.first', 'one')).toBe('On the node: `ip -br link`.');
    expect(await render('frr.pagerduty.affected', 'several')).toBe('Uplinks left: 1 of 2.');
    expect(await render('frr.pagerduty.first', 'several')).toBe('On the node: `ip -br link`.');
    expect(await render('frr.runbook', 'several')).toBe(
      'https://wiki.example.org/runbooks/FRRBGPPeerDown.md',
    );
    expect(await render('frr.silence', 'one')).toBe(
      'https://alertmanager.example.org/#/silences/new?filter=%7Bcluster%3D%22cloud-1%22%2Cpeer%3D%22eth2+%26+more%22%7D',
    );
  });

  test('since when the fault is, where the alert knows better than Alertmanager', async () => {
    expect(await render('frr.pagerduty.since', 'router')).toBe('Sun 2026-11-22 02:59:58 UTC');
  });
});
