/** The pages for people in a real Chromium: what a person reads there, and that everybody can read it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axe from 'axe-core';
import { pino } from 'pino';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM } from '../../../dashboards/pictures/chromium.ts';
import { sessionAdminUp, sessionEstablished, sessionState, sessionUp } from '../../../src/collectors/bgp.ts';
import { eventTime } from '../../../src/events/event.ts';
import { createHistory, type History } from '../../../src/events/history.ts';
import { type Maintenance, NO_MAINTENANCE } from '../../../src/maintenance.ts';
import { familiesPart } from '../../../src/metrics/body.ts';
import { labels } from '../../../src/metrics/family.ts';
import type { Snapshot } from '../../../src/poller/snapshot.ts';
import { createRoutes } from '../../../src/web/routes.ts';
import { snapshotOf } from '../../unit/status/snapshots.ts';
import { makeAuthority } from './certificates.ts';
import { startOurs } from './programs.ts';
import { HASH, PASSWORD } from './web-configs.ts';

const PHONE = { width: 390, height: 844 } as const;
const DESK = { width: 1280, height: 900 } as const;

/** What the server below shows. */
let snapshot: Snapshot;
let maintenance: Maintenance = NO_MAINTENANCE;

let history: History;
let browser: Browser;
let base: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  history = createHistory(Date.now() / 1000 - 40_000);
  history.record({
    at: eventTime(Date.now() / 1000 - 20_000),
    topic: 'bgp_session',
    what: 'BGP session with eth2 (vrf default)',
    labels: { vrf: 'default', peer: 'eth2' },
    from: 'established',
    to: 'active',
    was_up: true,
    up: false,
    missed: 2,
    cause: 'link down',
  });
  const handler = await createRoutes({
    config: {
      webTelemetryPath: '/metrics',
      webMaxRequests: 40,
      webExternalUrl: undefined,
      webRoutePrefix: undefined,
      webTargetsInclude: [],
      webTargetsExclude: [],
    },
    poller: {
      snapshot: () => snapshot,
      body: async () => Buffer.alloc(0),
      firstPollDone: Promise.resolve(),
    },
    collectors: { known: new Set(), enabled: new Set() },
    maintenance: () => maintenance,
    history,
    otherParts: () => [],
    version: '1.2.3',
    site: {
      node: 'compute-01',
      vtysh: ['podman', 'exec', 'frr', 'vtysh'],
      runbooks: new URL('https://example.com/runbooks'),
      dashboard: new URL('https://grafana.example/d/frr-session'),
    },
    log: pino({ level: 'silent' }),
  });
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch(CHROMIUM);
  closing.push(() => browser.close());
});

afterAll(async () => {
  while (closing.length > 0) await closing.pop()?.();
});

/** Opens a page, and fails when the browser complains about it, as it does when the policy refuses something. */
async function open(url: string, options: BrowserContextOptions = {}): Promise<Page & AsyncDisposable> {
  const context = await browser.newContext({ viewport: DESK, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  expect(complaints).toEqual([]);
  return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
}

/** What axe-core finds, in words. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as axe.AxeResults;
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary ?? ''}`),
  );
}

/** How many pixels the page is wider than the window. */
function sideways(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { documentElement: root } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document;
    return root.scrollWidth - root.clientWidth;
  });
}

/** The headings of the page, in order. */
const headings = (page: Page) => page.locator('h2').allInnerTexts();

/** A snapshot in which every poll was `age` seconds ago, without the collectors that the recording has nothing for. */
function aged(of: Snapshot, age: number): Snapshot {
  const lastSuccess = Date.now() / 1000 - age;
  const recorded = of.collectors.filter(({ error }) => error?.reason !== 'not_recorded');
  return {
    ...of,
    collectors: recorded.map((one) => (one.up === true ? { ...one, lastSuccess } : one)),
  };
}

/** A thousand sessions, of which every tenth is down. */
function thousandSessions(of: Snapshot): Snapshot {
  const peers = Array.from({ length: 1_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const isUp = (index: number) => (index % 10 === 0 ? 0 : 1);
  const each = (descriptor: typeof sessionUp, value: (index: number) => number) => ({
    descriptor,
    samples: peers.map((peer, index) => ({
      labels: labels(sessionUp.labels, ['default', peer]),
      value: value(index),
    })),
  });
  const families = [
    each(sessionUp, isUp),
    each(sessionState, (index) => (isUp(index) ? 6 : 3)),
    each(sessionAdminUp, () => 1),
    each(sessionEstablished, () => 1),
  ];
  const part = { name: 'bgp', at: of.at, families, body: familiesPart(families) };
  return { ...of, parts: [part] };
}

const WINDOWS = {
  'desk, light': { viewport: DESK, colorScheme: 'light' },
  'phone, dark': { viewport: PHONE, colorScheme: 'dark' },
} as const satisfies Record<string, BrowserContextOptions>;

/** Expects that a page is accessible, and that nobody has to scroll sideways. */
async function expectReadable(url: string): Promise<void> {
  for (const [name, options] of Object.entries(WINDOWS)) {
    await using page = await open(url, options);
    expect([name, await violations(page), await sideways(page)]).toEqual([name, [], 0]);
  }
}

test.each([
  [
    '10.3/healthy',
    '! 2 BGP sessions never up · compute-01',
    [
      '! 2 of 5 BGP sessions never up',
      '– 1 of 5 BGP sessions shut on purpose',
      '✓ 2 of 5 BGP sessions established',
      'Uplinks in the last 24 hours',
    ],
  ],
  [
    '10.3/tor2-link-down',
    '✗ 1 of 2 uplinks down · 2 BGP sessions never up · compute-01',
    [
      '✗ 1 of 5 BGP sessions down',
      '! 2 of 5 BGP sessions never up',
      '– 1 of 5 BGP sessions shut on purpose',
      '✓ 1 of 5 BGP sessions established',
      'Uplinks in the last 24 hours',
    ],
  ],
  [
    '8.4.4/bgpd-dead',
    '✗ bgpd down · no IPv4 or IPv6 default route · compute-01',
    ['✗ 1 of 5 daemons down', '✗ no IPv4 or IPv6 default route', 'BGP sessions'],
  ],
  [
    '8.4.4/no-bgp-configured',
    '✗ 5 of 5 addresses announced to no peer · compute-01',
    ['✗ 5 of 5 addresses announced to no peer', 'BGP sessions'],
  ],
  [
    '10.7.1/host-routes-filtered',
    '✗ 1 of 2 uplinks down · 3 of 5 addresses announced to no peer · 2 BGP sessions never up · compute-01',
    [
      '✗ 3 of 5 addresses announced to no peer',
      '✗ 1 of 5 BGP sessions down',
      '! 2 of 5 BGP sessions never up',
      '– 1 of 5 BGP sessions shut on purpose',
      '✓ 1 of 5 BGP sessions established',
      'Uplinks in the last 24 hours',
    ],
  ],
])('%s', async (recording, title, sections) => {
  snapshot = aged(await snapshotOf(recording), 2);
  {
    await using page = await open(`${base}/`);
    expect([await page.title(), await headings(page)]).toEqual([
      title,
      [...sections, 'Changes', 'Daemons', 'Collectors', 'More'],
    ]);
  }
  await expectReadable(`${base}/`);
});

test('a daemon that hangs', async () => {
  snapshot = aged(await snapshotOf('8.4.4/healthy', 'bgpd'), 2);
  await using page = await open(`${base}/`);
  expect(await page.title()).toBe('✗ bgpd hangs · compute-01');
  expect(await page.getByRole('row', { name: 'bgpd' }).first().innerText()).toContain('✗ hangs');
  await expectReadable(`${base}/`);
});

test('a session, by its link', async () => {
  snapshot = aged(await snapshotOf('10.3/tor2-link-down'), 2);
  await using page = await open(`${base}/`, WINDOWS['phone, dark']);
  await page.getByRole('link', { name: 'eth2' }).first().click();
  expect(page.url()).toBe(`${base}/session/default/eth2`);
  expect(await page.locator('.copy').innerText()).toBe("podman exec frr vtysh -c 'show bgp neighbors eth2'");
  await expectReadable(page.url());
});

test('an address, by its link', async () => {
  snapshot = aged(await snapshotOf('10.7.1/host-routes-filtered'), 2);
  await using page = await open(`${base}/`);
  await page.getByRole('link', { name: '203.0.113.20' }).click();
  expect(page.url()).toBe(`${base}/address/203.0.113.20`);
  await expectReadable(page.url());
});

test('old data is grey', async () => {
  snapshot = aged(await snapshotOf('10.3/tor2-link-down'), 7200);
  await using page = await open(`${base}/`);
  expect(await page.title()).toMatch(/^\? 2 h old: 1 of 2 uplinks down · /);
  expect(await page.locator('.old').innerText()).toBe(
    '✗ No poll has succeeded for 2 h. What follows was true then.',
  );
  await expectReadable(`${base}/`);
});

test('maintenance is a banner', async () => {
  snapshot = aged(await snapshotOf('10.3/healthy'), 2);
  maintenance = {
    active: true,
    end: Date.UTC(2099, 0, 2, 3, 4, 5) / 1000,
    reason: 'line card',
    problem: undefined,
  };
  try {
    await using page = await open(`${base}/`);
    expect(await page.locator('.banner').innerText()).toBe(
      '! Under maintenance until 2099-01-02 03:04:05 UTC: line card',
    );
    await expectReadable(`${base}/`);
  } finally {
    maintenance = NO_MAINTENANCE;
  }
});

test('a thousand sessions', async () => {
  snapshot = thousandSessions(aged(await snapshotOf('10.3/healthy'), 2));
  await using page = await open(`${base}/`);
  expect(await page.title()).toBe('✗ 100 of 1000 BGP sessions down · compute-01');
  expect(await page.locator('article').count()).toBe(50);
  expect(await page.getByText('10.0.0.1', { exact: true }).isVisible()).toBe(false);
  await page.getByText('900 of 1000 BGP sessions established').click();
  expect(await page.getByText('10.0.0.1', { exact: true }).isVisible()).toBe(true);
  await page.getByRole('link', { name: '100 down', exact: true }).click();
  expect(await page.locator('article').count()).toBe(100);
  await expectReadable(`${base}/`);
});

test('behind a prefix, TLS and a password', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'frr-exporter-page-'));
  const config = path.join(folder, 'web.yaml');
  const { certFile, keyFile } = await makeAuthority(folder, 'localhost');
  writeFileSync(
    config,
    `tls_server_config:\n  cert_file: ${certFile}\n  key_file: ${keyFile}\nbasic_auth_users:\n  alice: ${HASH}\n`,
  );
  try {
    await using exporter = await startOurs(['--web.route-prefix=/frr', `--web.config.file=${config}`]);
    const url = `https://127.0.0.1:${exporter.port}/frr/`;
    const httpCredentials = { username: 'alice', password: PASSWORD };
    await using page = await open(url, { httpCredentials, ignoreHTTPSErrors: true });
    await page.getByRole('link', { name: '100.64.1.1' }).first().click();
    expect(page.url()).toBe(`${url}session/default/100.64.1.1`);
    await page.getByRole('banner').getByRole('link').click();
    expect(page.url()).toBe(url);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
