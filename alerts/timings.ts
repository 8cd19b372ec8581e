/** What Alertmanager must wait, and how long a page takes, with the intervals of a site. */
import { durationSeconds, durationText } from './duration.ts';
import type { Thresholds } from './thresholds.ts';

export interface Timings {
  /**
   * `group_wait` of pages: longer than a scrape and an evaluation. The nodes around a dead router are scraped one after the
   * other, and what inhibits their alerts is there only when the last of them has been evaluated.
   */
  readonly groupWait: string;
  /** `group_interval` of pages. */
  readonly groupInterval: string;
  /** From the sample that shows the fault to the notification: shortest and longest, in seconds, by what is at fault. */
  readonly toPage: readonly (readonly [fault: string, shortest: number, longest: number])[];
}

export function timings(site: Thresholds): Timings {
  const seconds = (text: string): number => durationSeconds(text) ?? 0;
  const scrape = seconds(site.scrape_interval);
  const evaluation = seconds(site.evaluation_interval);
  const groupWait = scrape + evaluation + 1;
  const toPage = (
    [
      ['an uplink, a router, all uplinks of a node', site.peer_down_for, evaluation],
      ['a node', site.node_down_for, evaluation],
      ['a daemon', site.daemon_down_for, evaluation],
      ['a default route', site.default_route_missing_for, evaluation],
      ['an address', site.host_route_not_advertised_for, seconds(site.detail_interval)],
    ] as const
  ).map(([fault, wait, interval]) => {
    // Alerts change at evaluations only.
    const shortest = Math.ceil(seconds(wait) / interval) * interval + groupWait;
    return [fault, shortest, shortest + scrape + interval] as const;
  });
  return {
    groupWait: durationText(groupWait),
    groupInterval: durationText(Math.max(30, 2 * evaluation)),
    toPage,
  };
}

/** The timings in words, for whoever runs `make rules`. */
export function timingsText(site: Thresholds): string {
  const { groupWait, groupInterval, toPage } = timings(site);
  return [
    `Scrapes every ${site.scrape_interval}, evaluations every ${site.evaluation_interval}.`,
    `Route of pages in alertmanager.yml: group_wait: ${groupWait}, group_interval: ${groupInterval}.`,
    'Seconds from the fault in FRR, once the exporter has polled it, to the page:',
    ...toPage.map(([fault, shortest, longest]) => `  ${fault}: ${shortest} to ${longest}`),
    '',
  ].join('\n');
}

/**
 * Markdown: the seconds to the page by interval, a row for each fault, and what Alertmanager needs.
 * @param sites the same settings with other intervals
 */
export function timingsTable(sites: readonly Thresholds[]): string {
  const columns = sites.map((site) => timings(site));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const faults = columns[0]?.toPage.map(([fault]) => fault) ?? [];
  return [
    row(['', ...sites.map((site) => site.scrape_interval)]),
    row(['---', ...sites.map(() => '---:')]),
    ...faults.map((fault, i) =>
      row([fault, ...columns.map(({ toPage }) => toPage[i]?.slice(1).join(' to ') ?? '')]),
    ),
    row(['`group_wait` of pages', ...columns.map(({ groupWait }) => groupWait)]),
    row(['`group_interval` of pages', ...columns.map(({ groupInterval }) => groupInterval)]),
  ].join('\n');
}
