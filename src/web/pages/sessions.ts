/** BGP sessions: those that are down as cards with everything that is known, the others as rows. */
import { type StatusDocument, UPLINK_GROUP } from '../../status/document.ts';
import { type Content, type Html, html, words } from './html.ts';
import { marked, neutral, runbookLink, type Site, type View } from './page.ts';
import { table } from './table.ts';
import { clockTime, sinceWhen, timeOfDay } from './times.ts';

export type Session = StatusDocument['bgp_sessions'][number];
export type BfdSession = StatusDocument['bfd_sessions'][number];

/** The states of a session, the most urgent first. */
export const STATES = ['down', 'never', 'shut', 'established'] as const;
export type SessionState = (typeof STATES)[number];

/** After a number: `2 down`. */
export const STATE_WORDS: Readonly<Record<SessionState, string>> = {
  down: 'down',
  never: 'never up',
  shut: 'shut on purpose',
  established: 'established',
};

/** A session of which FRR reports no count was up at some time: that is the more urgent assumption. */
export function stateOf({ up, admin_up, established_count }: Session): SessionState {
  if (up) return 'established';
  if (admin_up === false) return 'shut';
  return established_count === 0 ? 'never' : 'down';
}

export function isUplink({ peer_group }: Session): boolean {
  return peer_group === UPLINK_GROUP;
}

/** As the history has it. */
export const historyObject = ({ vrf, peer }: Session) => ({
  topic: 'bgp_session',
  labels: { vrf, peer },
});

const DAY = 86_400;

/**
 * `2 in 24 h`, or `2 since 03:12:09 UTC` if nothing earlier is known; `0` for a session that never went down.
 * @param all whether to add FRR's count
 */
function dropsText({ history, now }: View, session: Session, all: boolean): Html {
  const { dropped_count } = session;
  const { since, count } = history.downs(historyObject(session), now - DAY);
  if (count === 0 && dropped_count === 0) return html`0`;
  const when = since > now - DAY ? html`since ${clockTime(since, now)}` : 'in 24 h';
  return html`${count} ${when}${all && dropped_count !== null && `, ${dropped_count} since bgpd started`}`;
}

/** Path of the page about a session. */
export function sessionPath({ prefix }: Site, { vrf, peer }: Pick<Session, 'vrf' | 'peer'>): string {
  return `${prefix}/session/${encodeURIComponent(vrf)}/${encodeURIComponent(peer)}`;
}

/**
 * The BFD session of a BGP session: that with the same peer, or that over the interface of an unnumbered one. Searching
 * a list for each session would be a million steps for a thousand sessions.
 */
export function bfdFinder(
  sessions: readonly BfdSession[],
): (session: Pick<Session, 'vrf' | 'peer'>) => BfdSession | undefined {
  const found = new Map<string, BfdSession>();
  for (const one of sessions)
    for (const name of [one.interface, one.peer])
      if (name !== null) found.set(JSON.stringify([one.vrf, name]), one);
  return ({ vrf, peer }) => found.get(JSON.stringify([vrf, peer]));
}

/** A shell's word that means the text itself. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command line of a query of FRR, as typed on the node. */
export function vtyshLine({ vtysh }: Site, command: string): Html {
  return html`<code class="copy">${[...vtysh, '-c', command].map(quoted).join(' ')}</code>`;
}

function vrfWords(vrf: string): string {
  return vrf === 'default' ? '' : ` in VRF ${vrf}`;
}

function stateText(session: Session, now: number): Html {
  const { state, since } = session;
  const when = since !== null && html` <span class="soft">${sinceWhen(since, now)}</span>`;
  switch (stateOf(session)) {
    case 'established':
      return html`${marked('ok', STATE_WORDS.established)}${when}`;
    case 'shut':
      return html`${neutral(STATE_WORDS.shut)}${when}`;
    case 'never':
      return html`${marked('warning', STATE_WORDS.never)}${state !== null && ` (${state})`}`;
    case 'down':
      return html`${marked('critical', STATE_WORDS.down)}${state !== null && ` (${state})`}${when}`;
  }
}

function bfdMark({ up, admin_up, state }: BfdSession): Html {
  const name = state ?? 'down';
  if (up) return marked('ok', name);
  return admin_up === false ? neutral(name) : marked('critical', name);
}

function bfdText(bfd: BfdSession, now: number): Html {
  const { up, since, diagnostic, remote_diagnostic } = bfd;
  const diagnostics = [
    diagnostic === null ? '' : `here: ${diagnostic}`,
    remote_diagnostic === null ? '' : `peer: ${remote_diagnostic}`,
  ].filter((text) => text !== '');
  return html`${bfdMark(bfd)} ${sinceWhen(since, now)}${!up && diagnostics.length > 0 && ` (${diagnostics.join(', ')})`}`;
}

/** Name and value; nothing without a value. */
function pair(name: string, value: Content): Content {
  return value === null || value === '' ? null : html`<dt>${name}</dt><dd>${value}</dd>`;
}

function resetText(session: Session, now: number): Content {
  const { last_reset: reset, reason } = session;
  if (reset === null) return reason === null ? null : words(reason);
  const { at, notification } = reset;
  return html`${words(reset.reason ?? 'no reason')}${notification !== null && html`, notification ${words(notification)}`}${at !== null && html`, ${timeOfDay(at, now)}`}`;
}

/** The alert about a session that should be up and is not. */
const ALERTS: Readonly<Partial<Record<SessionState, string>>> = {
  down: 'FRRBGPPeerDown',
  never: 'FRRBGPPeerNeverEstablished',
};

function dashboardLink({ dashboard }: Site, { vrf, peer }: Session): Content {
  if (dashboard === undefined) return null;
  const url = new URL(dashboard);
  url.searchParams.set('var-vrf', vrf);
  url.searchParams.set('var-peer', peer);
  return html`<a href="${url.href}">Dashboard</a>`;
}

function links(site: Site, session: Session): Content {
  const alert = ALERTS[stateOf(session)];
  const found = [alert === undefined ? null : runbookLink(site, alert), dashboardLink(site, session)].filter(
    (link) => link !== null,
  );
  return found.length > 0 && html`<p>${found.map((link) => html`${link} `)}</p>`;
}

/** All that is known about a session. @param name its name, a link where the card is not the page about it */
export function sessionCard(view: View, session: Session, bfd: BfdSession | undefined, name: Html): Html {
  const { site, now } = view;
  const { vrf, peer, description, remote_hostname, remote_as, peer_group } = session;
  const router = [remote_hostname, remote_as === null ? null : `AS ${remote_as}`].filter(
    (one) => one !== null,
  );
  return html`<article class="card ${stateOf(session)}">
<h3>${name}${vrfWords(vrf)}${description !== null && html` ${words(description)}`}</h3>
<p>${stateText(session, now)}</p>
${session.cause !== null && html`<p class="cause">${words(session.cause.text)}</p>\n`}<dl>${pair('FRR reports', resetText(session, now))}${pair('BFD', bfd === undefined ? 'no session' : bfdText(bfd, now))}${pair('Router', router.length === 0 ? null : words(router.join(', ')))}${pair('Peer group', peer_group === null ? null : words(peer_group))}${pair('Drops', dropsText(view, session, true))}</dl>
${vtyshLine(site, `show bgp${vrf === 'default' ? '' : ` vrf ${vrf}`} neighbors ${peer}`)}
${links(site, session)}
</article>`;
}

export function sessionName(session: Session, site?: Site): Html {
  const name = html`<code>${session.peer}</code>`;
  return site === undefined ? name : html`<a href="${sessionPath(site, session)}">${name}</a>`;
}

function prefixCounts({ prefixes }: Session): string {
  return prefixes
    .map(({ afi, safi, received, advertised }) => {
      const family = safi === 'unicast' ? afi : `${afi} ${safi}`;
      return `${family} ${received ?? '–'} in, ${advertised ?? '–'} out`;
    })
    .join('; ');
}

/** One line for each session. */
export function sessionTable(
  view: View,
  sessions: readonly Session[],
  bfdOf: (session: Session) => BfdSession | undefined,
): Html {
  const { site, now } = view;
  return table(
    ['Peer', 'State', 'BFD', 'Prefixes', 'Drops'],
    sessions.map((session) => {
      const bfd = bfdOf(session);
      return [
        html`${sessionName(session, site)}${vrfWords(session.vrf)}${session.description !== null && html` ${words(session.description)}`}`,
        stateText(session, now),
        bfd === undefined ? '–' : bfdMark(bfd),
        prefixCounts(session),
        dropsText(view, session, false),
      ];
    }),
  );
}
