/**
 * docs/metrics.md, made of the descriptors that the page itself is made of: `make docs` writes it, and a test holds
 * the file to what is made here.
 */
import type { Pace } from '../src/collectors/collector.ts';
import { ALL_COLLECTORS } from '../src/collectors/configurable.ts';
import { COLLECTORS } from '../src/collectors/index.ts';
import { valuesOf } from '../src/flags/flag.ts';
import { yesOrNo } from '../src/flags/values.ts';
import { MAINTENANCE_DESCRIPTORS } from '../src/maintenance.ts';
import { BUILD_DESCRIPTORS } from '../src/metrics/build.ts';
import type { Descriptor } from '../src/metrics/family.ts';
import { startProcessMetrics } from '../src/metrics/process.ts';
import { POLLER_DESCRIPTORS } from '../src/poller/poller-metrics.ts';
import { measureRequests } from '../src/web/request-metrics.ts';
import { WEB_CONFIG_DESCRIPTORS } from '../src/web/web-config-file.ts';
import { DIFFERENCES } from './compat-differences.ts';

const PACES: Readonly<Record<Pace, string>> = {
  sessions: 'every `--poll.interval` (5 s)',
  tables: 'every third `--poll.interval` (15 s)',
  details: 'every twelfth `--poll.interval` (60 s)',
};

/** Text of a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function table(descriptors: readonly Descriptor[]): string {
  const rows = descriptors.map(({ name, type, unit, labels, help, source, since }) => {
    const set = labels.map((label) => `\`${label}\``).join(', ');
    const from = since === undefined ? source : `${source}; FRR ${since} and newer`;
    return `| \`${name}\` | ${type} | ${unit ?? ''} | ${set} | ${cell(help)} | ${cell(from)} |`;
  });
  return [
    '| metric | type | unit | labels | meaning | from |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function collectorSections(): readonly string[] {
  return COLLECTORS.map(({ name, help, enabledByDefault, pace, pollWhenChanged, descriptors }) => {
    const state = enabledByDefault
      ? `On by default (\`--no-collector.${name}\`)`
      : `Off by default (\`--collector.${name}\`)`;
    const also =
      pollWhenChanged === undefined
        ? ''
        : `, and at once when one of these changed: ${pollWhenChanged.map((one) => `\`${one.name}\``).join(', ')}`;
    return `### ${name}\n\n${help} ${state}; asked ${PACES[pace]}${also}.\n\n${table(descriptors)}`;
  });
}

/** The metrics that `--compat.frr-exporter` adds, with all that its flags add. */
export const COMPAT_DESCRIPTORS: readonly Descriptor[] = ALL_COLLECTORS.make((flags) =>
  valuesOf(flags, ({ kind, initial }) => kind === yesOrNo || initial),
)
  .flatMap(({ descriptors }) => descriptors)
  .filter((one) => !COLLECTORS.some(({ descriptors }) => descriptors.includes(one)));

function differencesTable(): string {
  const rows = DIFFERENCES.map(({ metric, collectors: names, only, frr, how, why }) => {
    const of = names === undefined ? '' : ` of ${names.map((name) => `\`${name}\``).join(', ')}`;
    const what = { absent: 'not here', value: 'another value', labels: 'labels more' }[how];
    return `| \`${metric}\`${of} | ${only ?? 'any'}${frr === undefined ? '' : `, FRR ${frr}`} | ${what} | ${cell(why)} |`;
  });
  return ['| metric | version | | why |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

async function processTable(): Promise<string> {
  const metrics = startProcessMetrics();
  measureRequests(() => {}, new Set(), metrics.registry);
  const described = await metrics.registry.getMetricsAsJSON();
  metrics.stop();
  const rows = described
    .map(({ name, type, help }) => `| \`${name}\` | ${type} | ${cell(help)} |`)
    .toSorted();
  return ['| metric | type | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The whole page. */
export async function metricsPage(): Promise<string> {
  const sections = [
    '# Metrics',
    `<!-- Made by \`make docs\` from the code; a test fails when it is out of date. -->`,
    `What the page \`/metrics\` tells, collector by collector. A figure that FRR did not give is no sample: never a zero, never
an old value. "From" names the command and the field of FRR's answer; where no FRR version is named, all from 7.5 on tell it.`,
    `Labels carry identity only. A session is \`{vrf, peer}\`, its prefixes are \`{vrf, peer, afi, safi}\`; what people may edit is
on info metrics, whose value is always 1, to be joined on:`,
    `\`\`\`promql
(frr_bgp_session_up == 0 and on (instance, vrf, peer) frr_bgp_session_admin_up == 1)
  + on (instance, vrf, peer) group_left (description, peer_group) (0 * frr_bgp_session_info)
\`\`\``,
    '## FRR',
    ...collectorSections(),
    '## The polling',
    `A scrape is given the newest figures of the poller and never waits for FRR. How old they are is told by
\`frr_collector_last_success_timestamp_seconds\`; after \`--poll.stale-after\` without success a collector's figures go.`,
    table(POLLER_DESCRIPTORS),
    '## Maintenance',
    table(MAINTENANCE_DESCRIPTORS),
    '## The web configuration',
    'Told where there is a `--web.config.file`; see [web-config.md](web-config.md).',
    table(WEB_CONFIG_DESCRIPTORS),
    '## With --compat.frr-exporter',
    `The names and labels of \`prometheus-frr-exporter\`, made of the same answers, by the collectors above. The labels \`peer_desc\`,
\`peer_group\` and \`peer_hostname\` are there with the [flags](flags.md#collectors) \`--collector.bgp.peer-...\`; a description that was
edited is in them within a minute. Where both exporters have a name, it is as below.`,
    table(COMPAT_DESCRIPTORS),
    `A test compares every series of its versions 1.1.4 and 1.11.0 with ours on the same FRR. What an older FRR does not tell is absent
here, where the other has 0. These differ on purpose:`,
    differencesTable(),
    '## The exporter itself',
    table(BUILD_DESCRIPTORS),
    await processTable(),
  ];
  return `${sections.join('\n\n')}\n`;
}
