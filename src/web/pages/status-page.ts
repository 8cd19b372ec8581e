/** The page at `/`, for the person on the node: the most important first. */
import type { StatusDocument } from '../../status/document.ts';
import { BadRequest } from '../bad-request.ts';
import { addressPath } from './address-page.ts';
import { eventTable } from './events.ts';
import { type Content, type Html, html, words } from './html.ts';
import { isOld, marked, neutral, page, runbookLink, type Site, type View } from './page.ts';
import {
  bfdFinder,
  isUplink,
  type Session,
  type SessionState,
  STATE_WORDS,
  STATES,
  sessionCard,
  sessionName,
  sessionTable,
  stateOf,
  vtyshLine,
} from './sessions.ts';
import { table } from './table.ts';
import { timeline } from './timeline.ts';
import { durationText } from './times.ts';

/** Sessions on one page, of those in one state. */
const MOST_ON_A_PAGE = 200;
/** Maximum cards and rows of each state if all states are shown. */
const MOST_AT_FIRST = 50;
/** More established sessions than these are folded. */
const MOST_UNFOLDED = 10;
/** Uplinks of which the last day is shown. */
const MOST_STRIPS = 8;

/** As `defaultRoutes` in src/collectors/default-route.ts names it. */
const DEFAULT_ROUTES_MISSING = 'default_routes_missing';

/** The parameters of the page. */
export interface Shown {
  /** Only the sessions in this state. */
  readonly state: SessionState | undefined;
  /** From 1. */
  readonly number: number;
}

/**
 * Reads the query: `?show=down&page=2`.
 * @throws BadRequest
 */
export function readShown(query: string): Shown {
  const parameters = new URLSearchParams(query);
  const show = parameters.get('show');
  const state = STATES.find((one) => one === show);
  if (show !== null && state === undefined)
    throw new BadRequest(`show must be one of ${STATES.join(', ')}, not ${JSON.stringify(show)}`);
  const number = parameters.get('page') ?? '1';
  if (!/^[1-9]\d{0,4}$/.test(number))
    throw new BadRequest(`page must be a whole number from 1 to 99999, not ${JSON.stringify(number)}`);
  return { state, number: Number(number) };
}

function pageQuery({ state, number }: Shown): string {
  const parameters = [state === undefined ? '' : `show=${state}`, number === 1 ? '' : `page=${number}`];
  return parameters.filter((one) => one !== '').join('&');
}

function statePath({ prefix }: Site, shown: Shown): string {
  const query = pageQuery(shown);
  return `${prefix}/${query === '' ? '' : `?${query}`}`;
}

/** Says that the results of a collector are old or missing, and why. */
function collectorProblem({ status }: View, name: string): Content {
  const collector = status.collectors.find((one) => one.name === name);
  if (collector === undefined || (collector.error === null && !isOld(collector))) return null;
  const { age_seconds, error } = collector;
  const age = age_seconds === null ? 'No data' : `${durationText(age_seconds)} old`;
  return html`<p>${marked('warning', age, error !== null && html`: ${words(error.message)}`)}</p>`;
}

function addresses(view: View): Content {
  const { host_routes } = view.status;
  const expected = host_routes.filter((route) => route.expected);
  const missing = expected.filter(({ advertised_peers }) => advertised_peers === 0);
  const listed = missing.slice(0, MOST_ON_A_PAGE);
  if (missing.length === 0) return null;
  return html`<section>
<h2>${marked('critical', `${missing.length} of ${expected.length} addresses announced to no peer`)}</h2>
${collectorProblem(view, 'host-routes')}
${runbookLink(view.site, 'FRRHostRouteNotAdvertised')}
${table(
  ['Address', 'VRF', 'Interface', 'In BGP'],
  listed.map((route) => [
    html`<a href="${addressPath(view.site, route.address)}"><code>${route.address}</code></a>`,
    html`<bdi>${route.vrf}</bdi>`,
    html`<code>${route.interface}</code>`,
    route.in_bgp ? 'yes, but advertised to no peer' : 'no',
  ]),
)}
${listed.length < missing.length && html`<p>and ${missing.length - listed.length} more</p>`}
</section>`;
}

/** A default route may be missing on purpose, so only those that the verdict is about are shown. */
function defaultRoutes({ status, site }: View): Content {
  const finding = status.verdict.findings.find(({ measure }) => measure.name === DEFAULT_ROUTES_MISSING);
  if (finding === undefined || finding.level === 'ok') return null;
  const missing = status.default_routes.filter(({ expected, installed }) => expected && !installed);
  return html`<section>
<h2>${marked(finding.level, finding.text)}</h2>
${missing.map(({ afi }) => vtyshLine(site, afi === 'ipv4' ? 'show ip route 0.0.0.0/0' : 'show ipv6 route ::/0'))}
${runbookLink(site, 'FRRDefaultRouteMissing')}
</section>`;
}

/** The links that choose a state, each with its number of sessions. */
function filters({ site }: View, groups: ReadonlyMap<SessionState, readonly Session[]>, shown: Shown): Html {
  const choice = (state: SessionState | undefined, text: string) => {
    const current = state === shown.state;
    return html`<li><a href="${statePath(site, { state, number: 1 })}"${current && html` aria-current="page"`}>${text}</a></li>`;
  };
  return html`<nav aria-label="BGP sessions by state"><ul>${choice(undefined, 'All')}${STATES.map((state) => {
    const count = groups.get(state)?.length ?? 0;
    return count > 0 || state === shown.state ? choice(state, `${count} ${STATE_WORDS[state]}`) : null;
  })}</ul></nav>`;
}

/** Links to the page before and after. */
function turning({ site }: View, shown: Shown, count: number): Content {
  const last = Math.max(1, Math.ceil(count / MOST_ON_A_PAGE));
  if (last === 1) return null;
  const to = (number: number, text: string) =>
    number >= 1 && number <= last
      ? html`<li><a href="${statePath(site, { ...shown, number })}">${text}</a></li>`
      : null;
  return html`<nav aria-label="Pages"><ul>${to(shown.number - 1, 'previous')}<li>page ${shown.number} of ${last}</li>${to(shown.number + 1, 'next')}</ul></nav>`;
}

function stateTitle(state: SessionState, text: string): Html {
  switch (state) {
    case 'down':
      return marked('critical', text);
    case 'never':
      return marked('warning', text);
    case 'shut':
      return neutral(text);
    case 'established':
      return marked('ok', text);
  }
}

function sessions(view: View, shown: Shown): Html {
  const { site, status } = view;
  const all = status.bgp_sessions;
  const groups = Map.groupBy(all, stateOf);
  const bfdOf = bfdFinder(status.bfd_sessions);

  const group = (state: SessionState): Content => {
    const found = groups.get(state) ?? [];
    if (found.length === 0) return null;
    const alone = shown.state === state;
    const first = alone ? (shown.number - 1) * MOST_ON_A_PAGE : 0;
    const listed = found.slice(first, first + (alone ? MOST_ON_A_PAGE : MOST_AT_FIRST));
    const rest = found.length - listed.length;
    const title = html`<h2>${stateTitle(state, `${found.length} of ${all.length} BGP sessions ${STATE_WORDS[state]}`)}</h2>`;
    const broken = state === 'down' || state === 'never';
    const list = broken
      ? html`<div class="cards">${listed.map((session) => sessionCard(view, session, bfdOf(session), sessionName(session, site)))}</div>`
      : sessionTable(view, listed, bfdOf);
    const more = alone
      ? turning(view, shown, found.length)
      : rest > 0 &&
        html`<p><a href="${statePath(site, { state, number: 1 })}">${rest} more ${STATE_WORDS[state]}</a></p>`;
    return broken || alone || found.length <= MOST_UNFOLDED
      ? html`<section>${title}\n${list}\n${more}</section>\n`
      : html`<details><summary>${title}</summary>\n${list}\n${more}</details>\n`;
  };

  const problem = collectorProblem(view, 'bgp');
  return html`${all.length === 0 && html`<h2>BGP sessions</h2>\n${problem === null && html`<p>None is known.</p>`}`}
${problem}
${all.length > 0 && filters(view, groups, shown)}
${(shown.state === undefined ? STATES : [shown.state]).map(group)}`;
}

/** The last day of the sessions that connect this node with its fabric. */
function uplinks(view: View): Content {
  const found = view.status.bgp_sessions.filter(isUplink).slice(0, MOST_STRIPS);
  if (found.length === 0) return null;
  return html`<section>
<h2>Uplinks in the last 24 hours</h2>
${found.map((session) => html`<div>${sessionName(session, view.site)} ${timeline(view, session)}</div>\n`)}</section>`;
}

function changes(view: View): Content {
  const { events } = view.status;
  if (events.length === 0) return null;
  return html`<details${events.length <= MOST_UNFOLDED && html` open`}><summary><h2>Changes</h2></summary>
${eventTable(view, events)}
</details>`;
}

type Daemon = StatusDocument['daemons'][number];

const works = ({ up, hung }: Daemon): boolean => up && hung !== true;

function daemonTable(daemons: readonly Daemon[]): Html {
  return table(
    ['Daemon', 'State', 'Restarts'],
    daemons.map(({ name, up, hung, restarts }) => [
      html`<code>${name}</code>`,
      hung ? marked('critical', 'hangs') : up ? marked('ok', 'up') : marked('critical', 'down'),
      restarts ?? '–',
    ]),
  );
}

/** Before all else: whatever comes below may follow from it. */
function brokenDaemons({ status, site }: View): Content {
  const broken = status.daemons.filter((daemon) => !works(daemon));
  if (broken.length === 0) return null;
  const allHang = broken.every(({ hung }) => hung);
  return html`<section>
<h2>${marked('critical', `${broken.length} of ${status.daemons.length} daemons ${allHang ? 'hanging' : 'down'}`)}</h2>
${daemonTable(broken)}
${vtyshLine(site, 'show watchfrr')}
${runbookLink(site, allHang ? 'FRRDaemonHung' : 'FRRDaemonDown')}
</section>`;
}

function workingDaemons({ status }: View): Content {
  const working = status.daemons.filter(works);
  return working.length > 0 && html`<section>\n<h2>Daemons</h2>\n${daemonTable(working)}\n</section>`;
}

function collectors({ status }: View): Html {
  const failing = status.collectors.some((one) => one.up === false && one.supported !== false);
  return html`<details${failing && html` open`}><summary><h2>Collectors</h2></summary>
${table(
  ['Collector', 'Newest poll', 'Age', 'Interval', 'Duration'],
  status.collectors.map(({ name, up, supported, error, age_seconds, interval_seconds, duration_seconds }) => [
    html`<code>${name}</code>`,
    supported === false
      ? 'not supported by this FRR'
      : up === null
        ? 'not polled yet'
        : up
          ? marked('ok', 'succeeded')
          : marked('warning', 'failed', error !== null && html`: ${words(error.message)}`),
    age_seconds === null ? '–' : durationText(age_seconds),
    durationText(interval_seconds),
    duration_seconds === null ? '–' : `${duration_seconds.toFixed(3)} s`,
  ]),
)}
</details>`;
}

function links({ site }: View): Html {
  return html`<section>
<h2>More</h2>
<ul>${site.links.map(({ path, what }) => html`<li><a href="${path}"><code>${path}</code></a> ${what}</li>`)}</ul>
</section>`;
}

/** Makes the page. */
export function statusPage(view: View, shown: Shown): string {
  const good = view.status.verdict.findings.filter(({ level }) => level === 'ok');
  const rest = view.status.verdict.level === 'ok' ? [] : good;
  return page(view, undefined, [
    rest.length > 0 && html`<p>${rest.map(({ text }) => html`${marked('ok', words(text))} `)}</p>\n`,
    brokenDaemons(view),
    addresses(view),
    defaultRoutes(view),
    sessions(view, shown),
    uplinks(view),
    changes(view),
    workingDaemons(view),
    collectors(view),
    links(view),
  ]);
}
