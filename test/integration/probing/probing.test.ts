/**
 * An address that is announced but does not answer: real FRR, Prometheus and blackbox_exporter, with the shipped scrape job and
 * rules. A router of the fabric drops the packets to one address, which BGP does not see; then the kernel of the node loses
 * another one, which zebra does not see.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ruleFileText } from '../../../alerts/rule.ts';
import {
  answers,
  belongingTo,
  forwardInto,
  freePort,
  HEALTHY,
  type Lab,
  NODE_HOST_ADDRESSES,
  scrape,
  start,
  startExporter,
  startLab,
  startPrometheus,
  waitFor,
} from '../../lab/index.ts';
import { rulesWith } from '../../rules.ts';

const ADDRESSES = NODE_HOST_ADDRESSES.map(({ address }) => address).sort();
const LOST = '203.0.113.20';
/** The port of blackbox_exporter inside the laboratory. */
const INSIDE = 9115;

/** Starts blackbox_exporter beside a router of the fabric. Returns its port on this machine. */
async function startProber(lab: Lab): Promise<number> {
  const { namespace } = lab.tor2;
  const port = await freePort();
  await forwardInto({ name: lab.name, node: lab.tor2 }, port, INSIDE);
  const config = resolve('alerts/prometheus/blackbox.yml');
  const program = ['prometheus-blackbox-exporter', `--config.file=${config}`];
  await start('ip', ['netns', 'exec', namespace, ...program, `--web.listen-address=127.0.0.1:${INSIDE}`], {
    env: belongingTo(lab.name),
    ready: () => answers(`http://127.0.0.1:${port}/-/healthy`),
  });
  return port;
}

interface ScrapeJob {
  readonly http_sd_configs: readonly object[];
  readonly relabel_configs: readonly { readonly target_label: string; readonly replacement?: string }[];
}

/** The shipped scrape job, with the addresses of the laboratory. */
function scrapeJob(exporter: string, prober: string): object {
  const { scrape_configs } = parse(readFileSync('alerts/prometheus/probing.yml', 'utf8')) as {
    scrape_configs: readonly [ScrapeJob];
  };
  const [job] = scrape_configs;
  return {
    ...job,
    scrape_interval: '1s',
    scrape_timeout: '1s',
    http_sd_configs: [{ url: `${exporter}/api/v1/targets`, refresh_interval: '1s' }],
    relabel_configs: job.relabel_configs.map((one) =>
      one.replacement === 'prober:9115' ? { ...one, replacement: prober } : one,
    ),
  };
}

test('is alerted on while BGP is up, and no other address is', async () => {
  await using lab = await startLab({ name: 'probing', topology: HEALTHY });
  await using exporter = await startExporter({
    lab,
    flags: ['--poll.interval=1s', '--web.targets.exclude=f00d:f00d::/32'],
  });
  const targets = (await (await fetch(`${exporter.url}/api/v1/targets`)).json()) as { targets: string[] }[];
  const probed = ADDRESSES.filter((address) => address !== 'f00d:f00d::1');
  expect(targets.flatMap((group) => group.targets).sort()).toEqual(probed);

  const shortened = rulesWith({
    scrape_interval: '1s',
    evaluation_interval: '1s',
    address_unanswered_for: '3s',
  });
  const rules = join(lab.folder, 'rules.yaml');
  const probing = shortened.filter(({ topic }) => topic === 'probing');
  writeFileSync(rules, probing.map(ruleFileText).join(''));
  const prober = await startProber(lab);
  await using prometheus = await startPrometheus({
    config: {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: [
        scrape([{ url: exporter.url, labels: { cluster: 'cloud-1', hostname: 'node' } }]),
        scrapeJob(exporter.url, `127.0.0.1:${prober}`),
      ],
    },
  });

  const addressesOf = async (expression: string) =>
    (await prometheus.query(expression)).map(({ metric }) => metric.address as string).sort();
  const firing = 'ALERTS{alertname="FRRAddressUnanswered",alertstate="firing",severity="warning"}';
  await waitFor(async () => (await addressesOf('probe_success == 1')).length === probed.length, {
    within: 60_000,
    for: 'all addresses to answer',
  });
  expect(await addressesOf('probe_success')).toEqual(probed);
  await waitFor(
    async () => (await addressesOf('address:probe_success:last_timestamp_seconds')).length === probed.length,
    { within: 60_000, for: 'the rules to know it' },
  );

  await lab.tor2.ip(`rule add pref 0 to ${LOST} blackhole`);
  await waitFor(async () => (await addressesOf(firing)).length > 0, { within: 60_000, for: 'the alert' });
  expect(await addressesOf(firing)).toEqual([LOST]);
  expect(await addressesOf('probe_success == 0')).toEqual([LOST]);
  expect(await addressesOf(`frr_host_route_advertised_peers{address="${LOST}"} == 2`)).toEqual([LOST]);
  expect(await prometheus.query('changes(frr_bgp_session_dropped_total[1m]) > 0')).toEqual([]);

  await lab.tor2.ip(`rule del pref 0 to ${LOST} blackhole`);
  await waitFor(async () => (await addressesOf(firing)).length === 0, { within: 60_000, for: 'its end' });

  // The kernel of the node loses an address that zebra goes on announcing.
  await lab.node.ip('route del local 172.31.0.5 dev lo table local');
  await waitFor(async () => (await prometheus.query('frr_kernel_route_missing == 1')).length > 0, {
    within: 60_000,
    for: 'the exporter to miss the route',
  });
  expect(
    (await prometheus.query('frr_kernel_route_missing == 1')).map(({ metric }) => metric.prefix),
  ).toEqual(['172.31.0.5/32']);
  expect(await prometheus.query('frr_kernel_routes_unknown > 0')).toEqual([]);
  expect(await addressesOf('frr_host_route_advertised_peers{address="172.31.0.5"} == 2')).toEqual([
    '172.31.0.5',
  ]);
}, 180_000);
