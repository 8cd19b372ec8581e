import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { durationSeconds } from '../../../alerts/duration.ts';
import { readThresholds, THRESHOLD_NAMES } from '../../../alerts/thresholds.ts';

const SHIPPED = readFileSync('alerts/thresholds.yaml', 'utf8');

function refusal(text: string, flags: Record<string, string> = {}): string {
  try {
    readThresholds(text, 'site.yaml', flags);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

const changed = (key: string, value: string): string =>
  SHIPPED.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`);

test('the shipped file has every key', () => {
  const thresholds = readThresholds(SHIPPED, 'alerts/thresholds.yaml');
  expect(THRESHOLD_NAMES.filter((name) => !(name in thresholds))).toEqual([]);
  expect(thresholds).toMatchObject({
    uplink_peer_group: 'uplink',
    peer_down_for: '5s',
    fleet_peers_down_ratio: 0.2,
    remote_router_down_nodes: 3,
  });
});

test('a flag goes before the file', () => {
  const flags = { uplink_peer_group: 'spines|leaves', fleet_peers_down_ratio: '0.5', flapping_drops: '7' };
  expect(readThresholds(SHIPPED, 'site.yaml', flags)).toMatchObject({
    uplink_peer_group: 'spines|leaves',
    fleet_peers_down_ratio: 0.5,
    flapping_drops: 7,
  });
});

test.each([
  ['0s', 0],
  ['30s', 30],
  ['5m', 300],
  ['1h30m', 5400],
  ['2d', 172800],
  ['', undefined],
  ['5', undefined],
  ['5 m', undefined],
  ['m5', undefined],
  ['-5s', undefined],
  ['1.5h', undefined],
])('%j is %s seconds', (text, seconds) => {
  expect(durationSeconds(text)).toBe(seconds);
});

test.each([
  [`${SHIPPED}\npeer_down_after: 5s`, 'site.yaml: unknown key peer_down_after (did you mean peer_down_for?)'],
  [`${SHIPPED}\nxyz: 1`, 'site.yaml: unknown key xyz'],
  [
    changed('fleet_peers_down_ratio', '1.5'),
    'site.yaml: fleet_peers_down_ratio: 1.5 is not above 0 and at most 1',
  ],
  [changed('availability_objective', '1'), 'site.yaml: availability_objective: 1 is not above 0 and below 1'],
  [changed('prefix_drop_ratio', '0'), 'site.yaml: prefix_drop_ratio: 0 is not above 0 and at most 1'],
  [
    changed('prefix_drop_ratio', 'half'),
    'site.yaml: prefix_drop_ratio: "half" is not a number between 0 and 1',
  ],
  [
    changed('peer_missing_for', 'soon'),
    'site.yaml: peer_missing_for: "soon" is not a duration; write it as 30s, 5m or 1h30m',
  ],
  [
    changed('peer_missing_for', '30'),
    'site.yaml: peer_missing_for: 30 is not a duration; write it as 30s, 5m or 1h30m',
  ],
  [changed('flapping_window', '0s'), 'site.yaml: flapping_window: "0s" must be longer than 0s'],
  [changed('flapping_drops', '2.5'), 'site.yaml: flapping_drops: 2.5 is not a whole number of 1 or more'],
  [
    changed('uplink_peer_group', '"up(link"'),
    'site.yaml: uplink_peer_group: "up(link" is not a regular expression',
  ],
  [changed('node_label', 'host-name'), 'site.yaml: node_label: "host-name" is not a label name'],
  [
    changed('base_url', 'https://wiki.example.org/'),
    'site.yaml: base_url: "https://wiki.example.org/" is not an http or https URL without a slash at the end',
  ],
  [SHIPPED.replace(/^vtysh: .*$/m, ''), 'site.yaml: vtysh is missing'],
  ['- peer_down_for', 'site.yaml: must be a mapping of thresholds, one "key: value" a line'],
  ['', 'site.yaml: must be a mapping of thresholds, one "key: value" a line'],
  [
    changed('all_uplinks_down_for', '20s'),
    'site.yaml: all_uplinks_down_for: "20s" is longer than peer_down_for (5s), which it must inhibit; the page it replaces would be sent first',
  ],
  [
    changed('keep_inhibiting_sessions_for', '4m'),
    'site.yaml: keep_inhibiting_sessions_for: "4m" is longer than keep_inhibiting_routers_for (3m), which must inhibit it to its end; a page would be sent when the fault is over',
  ],
])('refuses a file by the name of what is wrong (%#)', (text, message) => {
  expect(refusal(text)).toBe(message);
});

test.each([
  [changed('scrape_interval', '2m'), 'site.yaml: scrape_interval: "2m" must be from 1s to 1m'],
  [changed('evaluation_interval', '0s'), 'site.yaml: evaluation_interval: "0s" must be from 1s to 1m'],
  [
    changed('evaluation_interval', 'often'),
    'site.yaml: evaluation_interval: "often" is not a duration; write it as 30s, 5m or 1h30m',
  ],
])('refuses an interval that rules cannot work with (%#)', (text, message) => {
  expect(refusal(text)).toBe(message);
});

test.each([
  ['5s', { carry: '1m', peer_down_for: '5s', node_down_for: '10s', slow_interval: '1m', recent: '2m' }],
  ['15s', { carry: '1m', peer_down_for: '15s', node_down_for: '30s', slow_interval: '1m', recent: '2m' }],
  ['30s', { carry: '2m', peer_down_for: '30s', node_down_for: '1m', slow_interval: '1m', recent: '2m' }],
  ['60s', { carry: '4m', peer_down_for: '1m', node_down_for: '2m', slow_interval: '1m', recent: '4m' }],
  ['7s', { carry: '1m', peer_down_for: '7s', node_down_for: '14s', slow_interval: '1m3s', recent: '2m6s' }],
])('what follows from intervals of %s', (interval, derived) => {
  const flags = { scrape_interval: interval, evaluation_interval: interval };
  expect(readThresholds(SHIPPED, 'site.yaml', flags)).toMatchObject(derived);
});

describe('the file of addresses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-addresses-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'addresses.txt');
  const read = (text: string): string => {
    writeFileSync(path, text);
    return refusal(SHIPPED, { addresses_file: path });
  };

  test('lists what must exist and what is anycast', () => {
    writeFileSync(path, '# VIPs\n192.0.2.10\n2001:db8::10   # public API\n\n192.0.2.53 anycast\n');
    expect(readThresholds(SHIPPED, 'site.yaml', { addresses_file: path }).addresses).toEqual([
      { address: '192.0.2.10', kind: 'must-exist' },
      { address: '2001:db8::10', kind: 'must-exist' },
      { address: '192.0.2.53', kind: 'anycast' },
    ]);
  });

  test('is refused by the line that is wrong', () => {
    expect(read('192.0.2.10\n192.0.2.300\n')).toBe(`${path}: line 2: "192.0.2.300" is not an IP address`);
    expect(read('192.0.2.0/24\n')).toBe(`${path}: line 1: "192.0.2.0/24" is not an IP address`);
    expect(read('192.0.2.10 twice\n')).toBe(`${path}: line 1: write "ADDRESS" or "ADDRESS anycast"`);
    expect(refusal(SHIPPED, { addresses_file: `${folder}/none` })).toBe(
      `--addresses-file: cannot read ${folder}/none: ENOENT`,
    );
  });
});

test('refuses YAML that is none', () => {
  expect(refusal('vtysh: "1m')).toMatch(/^site\.yaml: Missing closing "quote/);
  expect(refusal('vtysh: vtysh\nvtysh: vtysh')).toMatch(/^site\.yaml: Map keys must be unique/);
});

test.each([
  [{ fleet_peers_down_ratio: '2' }, '--fleet-peers-down-ratio: "2" is not above 0 and at most 1'],
  [{ peer_down_for: '' }, '--peer-down-for: "" is not a duration; write it as 30s, 5m or 1h30m'],
  [{ peer_down_after: '5s' }, '--peer-down-after: unknown flag'],
])('refuses a flag by its name (%#)', (flags, message) => {
  expect(refusal(SHIPPED, flags as Record<string, string>)).toBe(message);
});
