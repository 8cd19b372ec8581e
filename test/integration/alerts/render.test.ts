import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frr-exporter-rules-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function render(...args: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, ['alerts/render.ts', ...args], { encoding: 'utf8' });
  return { status, stderr };
}

function contents(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

test('the committed rules are what `make rules` makes', () => {
  expect(render(`--output=${folder}`)).toEqual({ status: 0, stderr: '' });
  expect(contents(folder)).toEqual(contents('alerts/rules'));
});

test('a site changes peer group, fractions and times by flags', () => {
  const flags = ['--uplink-peer-group=spines', '--fleet-peers-down-ratio=0.5', '--peer-down-for=20s'];
  expect(render(`--output=${folder}`, ...flags)).toEqual({ status: 0, stderr: '' });
  const { groups } = parse(readFileSync(join(folder, 'sessions.yaml'), 'utf8'));
  const alerts = (name: string) => groups[0].rules.filter((rule: { alert?: string }) => rule.alert === name);
  expect(
    alerts('FRRBGPPeerDown').map((rule: { expr: string; for: string }) => [rule.expr, rule.for]),
  ).toEqual([
    [expect.stringContaining(' and on '), '20s'],
    [expect.stringContaining(' unless on '), '20s'],
  ]);
  const matched = groups[0].rules.find(
    (rule: { record?: string }) => rule.record === 'session:frr_bgp_session_uplink:matched',
  );
  expect(matched.expr).toEqual(
    expect.stringMatching(
      /^group without \(.+\) \(session:frr_bgp_session_info:last\{peer_group=~"spines"\}\)$/,
    ),
  );
  expect(alerts('FRRBGPFleetPeersDown')[0].expr).toContain(') > 0.5\n');
});

test.each([
  ['--fleet-peers-down-ratio=1.01', '--fleet-peers-down-ratio: "1.01" is not above 0 and at most 1\n'],
  ['--scrape-interval=2m', '--scrape-interval: "2m" must be from 1s to 1m\n'],
  ['--no-such-key=1', '--no-such-key: unknown flag\n'],
  ['peer-down-for=5s', 'peer-down-for=5s: write flags as --name=value\n'],
  ['--thresholds=no/such/file', '--thresholds: cannot read no/such/file: ENOENT\n'],
])('refuses %s and writes nothing', (flag, message) => {
  expect(render(`--output=${folder}`, flag)).toEqual({ status: 2, stderr: message });
  expect(readdirSync(folder)).toEqual([]);
});

test('refuses a list with what is no address and writes nothing', () => {
  const addresses = join(folder, 'addresses');
  writeFileSync(addresses, '192.0.2.1\n192.0.2.300\n');
  expect(render(`--output=${folder}/rules`, `--addresses-file=${addresses}`)).toEqual({
    status: 2,
    stderr: `${addresses}: line 2: "192.0.2.300" is not an IP address\n`,
  });
  expect(readdirSync(folder)).toEqual(['addresses']);
});

test('refuses a file with an unknown key and leaves the rules that are there', () => {
  const site = join(folder, 'site.yaml');
  const rules = join(folder, 'rules');
  render(`--output=${rules}`);
  const before = contents(rules);
  writeFileSync(site, `${readFileSync('alerts/thresholds.yaml', 'utf8')}\npeer_down_four: 5s\n`);
  expect(render(`--output=${rules}`, `--thresholds=${site}`, '--peer-down-for=50s')).toEqual({
    status: 2,
    stderr: `${site}: unknown key peer_down_four (did you mean peer_down_for?)\n`,
  });
  expect(contents(rules)).toEqual(before);
});
