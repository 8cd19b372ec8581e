/** The page at `/`: what this is, how it is, and where the rest is. Plain HTML, readable without JavaScript. */
import { createHash } from 'node:crypto';
import type { StatusDocument } from '../../status/document.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #c62828; }
@media (prefers-color-scheme: dark) { :root { --good: #57c777; --bad: #ff7b72; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; } .soft { opacity: .7; }
ul { padding-left: 1.2rem; margin: .5rem 0; } li { margin: .2rem 0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } th, .name { white-space: nowrap; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
code { font-family: ui-monospace, monospace; font-size: .92em; }
`;

/** Lets the browser use the style above and load nothing at all. */
export const LANDING_CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Sessions that are listed; those that are down come first. */
const MOST_SESSIONS = 100;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text, made harmless in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** A page that the landing page leads to. */
export interface Link {
  readonly path: string;
  readonly what: string;
}

type Session = StatusDocument['bgp_sessions'][number];
type Collector = StatusDocument['collectors'][number];

const good = (text: string) => `<span class="good">✓ ${escapeHtml(text)}</span>`;
const bad = (text: string) => `<span class="bad">✗ ${escapeHtml(text)}</span>`;

function secondsText(seconds: number | null, digits: number): string {
  return seconds === null ? '–' : `${seconds.toFixed(digits)} s`;
}

function table(head: readonly string[], rows: readonly string[]): string {
  return `<div class="table"><table>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}

function sessionRow({ peer, vrf, description, up, admin_up, state, since, reason }: Session): string {
  const how = up ? good('established') : admin_up === false ? 'shut down' : bad(state ?? 'down');
  const who = description === null ? '' : `<br><span class="soft">${escapeHtml(description)}</span>`;
  return `<tr><td><code>${escapeHtml(peer)}</code>${who}</td><td>${escapeHtml(String(vrf))}</td><td class="name">${how}</td><td class="name">${since ?? '–'}</td><td>${escapeHtml(reason ?? '')}</td></tr>`;
}

/** Down first, then those that are shut on purpose, then the rest. */
function urgency({ up, admin_up }: Session): number {
  if (up) return 2;
  return admin_up === false ? 1 : 0;
}

function sessions(all: readonly Session[]): string {
  if (all.length === 0) return '';
  const listed = all.toSorted((one, other) => urgency(one) - urgency(other)).slice(0, MOST_SESSIONS);
  const up = all.filter((session) => session.up).length;
  const left = all.length > listed.length ? `<p class="soft">and ${all.length - listed.length} more</p>` : '';
  return `<h2>BGP sessions</h2>
<p>${up} of ${all.length} established</p>
${table(['<th>peer</th>', '<th>VRF</th>', '<th>state</th>', '<th>since</th>', '<th>reason</th>'], listed.map(sessionRow))}
${left}`;
}

function collectorRow({
  name,
  up,
  supported,
  error,
  age_seconds,
  interval_seconds,
  duration_seconds,
}: Collector): string {
  const state =
    supported === false
      ? 'not supported by this FRR'
      : up === null
        ? 'not asked yet'
        : up
          ? good('up')
          : bad('failed');
  const why = error === null ? '' : `<br>${escapeHtml(error.message)}`;
  return `<tr><td class="name"><code>${escapeHtml(name)}</code></td><td>${state}${why}</td><td class="figure">${secondsText(age_seconds, 0)}</td><td class="figure">${secondsText(interval_seconds, 0)}</td><td class="figure">${secondsText(duration_seconds, 3)}</td></tr>`;
}

function frrState({ frr, collectors }: StatusDocument): string {
  if (frr.up) return good(`FRR${frr.version === null ? '' : ` ${frr.version}`} answers`);
  return collectors.some(({ up }) => up !== null) ? bad('FRR does not answer') : 'FRR has not been asked yet';
}

function maintenanceState({ active, end, reason }: StatusDocument['maintenance']): string {
  if (!active) return '';
  return `<p><strong>Under maintenance${end === null ? '' : ` until ${end}`}</strong>${reason === null ? '' : `: ${escapeHtml(reason)}`}</p>`;
}

/** Makes the page. */
export function landingPage(status: StatusDocument, links: readonly Link[]): string {
  const pages = links.map(
    ({ path, what }) =>
      `<li><a href="${escapeHtml(path)}"><code>${escapeHtml(path)}</code></a> ${escapeHtml(what)}</li>`,
  );
  const figure = (text: string) => `<th class="figure">${text}</th>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>FRR exporter</title>
<style>${STYLE}</style>
</head>
<body>
<h1>FRR exporter</h1>
<p class="soft">Prometheus exporter for FRRouting, version ${escapeHtml(status.exporter.version)}</p>
<p>${frrState(status)}</p>
${maintenanceState(status.maintenance)}
<h2>Pages</h2>
<ul>
${pages.join('\n')}
</ul>
${sessions(status.bgp_sessions)}
<h2>Collectors</h2>
${table(
  ['<th>collector</th>', '<th>newest poll</th>', figure('age'), figure('asked every'), figure('took')],
  status.collectors.map(collectorRow),
)}
</body>
</html>
`;
}
