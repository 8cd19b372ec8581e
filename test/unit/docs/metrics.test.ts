import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMPAT_DESCRIPTORS, metricsPage } from '../../../docs/metrics-page.ts';
import { COLLECTORS } from '../../../src/collectors/index.ts';
import { MAINTENANCE_DESCRIPTORS } from '../../../src/maintenance.ts';
import { BUILD_DESCRIPTORS } from '../../../src/metrics/build.ts';
import { POLLER_DESCRIPTORS } from '../../../src/poller/poller-metrics.ts';
import { WEB_CONFIG_DESCRIPTORS } from '../../../src/web/config/watch.ts';

const descriptors = [
  ...COLLECTORS.flatMap((collector) => collector.descriptors),
  ...POLLER_DESCRIPTORS,
  ...MAINTENANCE_DESCRIPTORS,
  ...BUILD_DESCRIPTORS,
  ...WEB_CONFIG_DESCRIPTORS,
];

test('docs/metrics.md is what the code says (make docs writes it)', async () => {
  const file = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  expect(file).toBe(await metricsPage());
});

test('no two metrics have a name, and what a name ends in is what the metric is', () => {
  const names = descriptors.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  for (const { name, type, unit, labels } of descriptors) {
    expect(name).toMatch(/^frr_[a-z0-9_]+$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect([name, name.endsWith('_info')]).toEqual([name, type === 'info']);
    if (unit !== undefined) expect(name.replace(/_total$/, '')).toMatch(new RegExp(`_${unit}$`));
    expect([name, /_(seconds|bytes|ratio)(_total)?$/.test(name)]).toEqual([name, unit !== undefined]);
    expect(new Set(labels).size).toBe(labels.length);
  }
});

test('the names of frr_exporter appear once, and replace ours where both have them', () => {
  const names = COMPAT_DESCRIPTORS.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  const own = new Set(descriptors.map(({ name }) => name));
  expect(names.filter((name) => own.has(name))).toEqual([
    'frr_bgp_rib_memory_bytes',
    'frr_bgp_peers_memory_bytes',
    'frr_bgp_peer_groups_memory_bytes',
    'frr_ospf_neighbor_state',
    'frr_rpki_cache_preference',
  ]);
});
