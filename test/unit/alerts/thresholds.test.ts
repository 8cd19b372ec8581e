import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { durationSeconds, readThresholds, THRESHOLD_NAMES } from '../../../alerts/thresholds.ts';

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
  expect(Object.keys(thresholds).sort()).toEqual([...THRESHOLD_NAMES].sort());
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
  [changed('prefix_drop_ratio', 'half'), 'site.yaml: prefix_drop_ratio: "half" is no number between 0 and 1'],
  [
    changed('peer_missing_for', 'soon'),
    'site.yaml: peer_missing_for: "soon" is no time; write it as 30s, 5m or 1h30m',
  ],
  [
    changed('peer_missing_for', '30'),
    'site.yaml: peer_missing_for: 30 is no time; write it as 30s, 5m or 1h30m',
  ],
  [changed('flapping_window', '0s'), 'site.yaml: flapping_window: "0s" must be longer than 0s'],
  [changed('flapping_drops', '2.5'), 'site.yaml: flapping_drops: 2.5 is no whole number of 1 or more'],
  [
    changed('uplink_peer_group', '"up(link"'),
    'site.yaml: uplink_peer_group: "up(link" is no regular expression',
  ],
  [changed('node_label', 'host-name'), 'site.yaml: node_label: "host-name" is no label name'],
  [
    changed('runbook_url', 'https://wiki.example.org/'),
    'site.yaml: runbook_url: "https://wiki.example.org/" is no URL or path (without a slash at the end)',
  ],
  [SHIPPED.replace(/^carry: .*$/m, ''), 'site.yaml: carry is missing'],
  ['- peer_down_for', 'site.yaml: must be a mapping of thresholds, one "key: value" a line'],
  ['', 'site.yaml: must be a mapping of thresholds, one "key: value" a line'],
  [
    changed('all_uplinks_down_for', '20s'),
    'site.yaml: all_uplinks_down_for: "20s" is longer than peer_down_for (5s), which it must silence; the page it replaces would be out first',
  ],
  [
    changed('keep_silencing_sessions_for', '4m'),
    'site.yaml: keep_silencing_sessions_for: "4m" is longer than keep_silencing_routers_for (3m), which must silence it to its end; a page would come when the fault is over',
  ],
])('refuses a file by the name of what is wrong (%#)', (text, message) => {
  expect(refusal(text)).toBe(message);
});

test('refuses YAML that is none', () => {
  expect(refusal('carry: "1m')).toMatch(/^site\.yaml: Missing closing "quote/);
  expect(refusal('carry: 1m\ncarry: 2m')).toMatch(/^site\.yaml: Map keys must be unique/);
});

test.each([
  [{ fleet_peers_down_ratio: '2' }, '--fleet-peers-down-ratio: "2" is not above 0 and at most 1'],
  [{ peer_down_for: '' }, '--peer-down-for: "" is no time; write it as 30s, 5m or 1h30m'],
  [{ peer_down_after: '5s' }, '--peer-down-after: unknown flag'],
])('refuses a flag by its name (%#)', (flags, message) => {
  expect(refusal(SHIPPED, flags as Record<string, string>)).toBe(message);
});
