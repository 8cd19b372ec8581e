/** What all pages have in common: the verdict on the node, how old it is, and the frame around the rest. */
import type { History } from '../../events/history.ts';
import type { StatusDocument } from '../../status/document.ts';
import { MARKS, type VerdictLevel } from '../../status/verdict.ts';
import { type Content, type Html, html, words } from './html.ts';
import { STYLE } from './style.ts';
import { clockTime, durationText, timeOfDay } from './times.ts';

/** What the pages know besides the status document. The same for every request. */
export interface Site {
  /** Host name of the node. */
  readonly node: string;
  /** Before the path of every link. */
  readonly prefix: string;
  /** How vtysh is started on this node: program and arguments. */
  readonly vtysh: readonly string[];
  /** The directory of the runbooks, one for each alert; undefined without links to them. */
  readonly runbooks: URL | undefined;
  /** The dashboard of a session; undefined without links to it. */
  readonly dashboard: URL | undefined;
  /** The other paths that are served. */
  readonly links: readonly Link[];
}

export interface Link {
  readonly path: string;
  readonly what: string;
}

/** One request. */
export interface View {
  readonly site: Site;
  readonly status: StatusDocument;
  readonly history: Pick<History, 'events' | 'timeline' | 'downs'>;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Something with its mark. */
export function marked(level: VerdictLevel, ...content: readonly Content[]): Html {
  return html`<span class="${level}"><span class="mark">${MARKS[level]}</span> ${content}</span>`;
}

/** Neither good nor bad, with a mark too. */
export function neutral(text: string): Html {
  return html`<span class="soft">– ${text}</span>`;
}

/** A link to the runbook of an alert; nothing where no URL is configured. */
export function runbookLink({ runbooks }: Site, alert: string): Content {
  if (runbooks === undefined) return null;
  return html`<a href="${`${runbooks.href.replace(/\/$/, '')}/${alert}.md`}">Runbook</a>`;
}

/** How many of its intervals a poll may be late before its results count as old. */
const LATE = 3;

type Polled = StatusDocument['collectors'][number];

/** Whether the newest polls of a collector failed, or did not happen. */
export function isOld({ age_seconds, interval_seconds }: Polled): boolean {
  return age_seconds !== null && age_seconds > LATE * interval_seconds;
}

/** Seconds since FRR answered any collector; undefined before the first answer. */
function ageOf({ collectors }: StatusDocument): number | undefined {
  const ages = collectors.flatMap(({ age_seconds }) => (age_seconds === null ? [] : [age_seconds]));
  return ages.length === 0 ? undefined : Math.min(...ages);
}

/** Whether no collector polls as often as the fastest one should. */
function isStale(status: StatusDocument): boolean {
  const age = ageOf(status);
  const fastest = Math.min(...status.collectors.map(({ interval_seconds }) => interval_seconds));
  return age !== undefined && age > LATE * fastest;
}

function frrWords({ frr, collectors }: StatusDocument): string {
  const name = frr.version === null ? 'FRR' : `FRR ${frr.version}`;
  if (frr.up) return name;
  return collectors.some(({ up }) => up !== null) ? `${name} does not answer` : 'FRR has not been polled yet';
}

function asOf({ status, now }: View): Html {
  const age = ageOf(status);
  if (age === undefined) return html`no data yet`;
  return html`as of ${clockTime(now - age, now)}, ${durationText(age)} ago`;
}

function maintenanceBanner({ status: { maintenance }, now }: View): Html {
  const { active, end, reason } = maintenance;
  if (!active) return html``;
  return html`<p class="banner">${marked('warning', 'Under maintenance')}${end !== null && html` until ${timeOfDay(end, now)}`}${reason !== null && html`: ${words(reason)}`}</p>`;
}

/**
 * The frame of a page.
 * @param title what the page is about, if not the whole node
 */
export function page(view: View, title: string | undefined, content: Content): string {
  const { site, status } = view;
  const stale = isStale(status);
  const level = stale ? 'unknown' : status.verdict.level;
  const age = durationText(ageOf(status) ?? 0);
  const verdict = stale ? `${age} old: ${status.verdict.headline}` : status.verdict.headline;
  const name = title === undefined ? site.node : `${title} · ${site.node}`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${MARKS[level]} ${verdict} · ${name}</title>
<style>${STYLE}</style>
</head>
<body${stale && html` class="stale"`}>
<header>
<p><strong>${title === undefined ? site.node : html`<a href="${site.prefix}/">${site.node}</a>`}</strong> · ${frrWords(status)} · ${asOf(view)}</p>
<h1>${marked(level, words(verdict))}</h1>
${stale && html`<p class="old">✗ No poll has succeeded for ${age}. What follows was true then.</p>`}
${maintenanceBanner(view)}
</header>
<main>
${content}
</main>
<footer>
<p class="soft">frr-exporter ${status.exporter.version}</p>
</footer>
</body>
</html>
`.source;
}
