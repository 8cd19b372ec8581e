/** The page about a BGP session: `/session/VRF/PEER`. */
import { eventTable } from './events.ts';
import { html } from './html.ts';
import { page, type View } from './page.ts';
import { bfdFinder, sessionCard, sessionName } from './sessions.ts';
import { table } from './table.ts';
import { timeline } from './timeline.ts';

/** Makes the page; undefined where FRR has no such session. */
export function sessionPage(view: View, vrf: string, peer: string): string | undefined {
  const session = view.status.bgp_sessions.find((one) => one.vrf === vrf && one.peer === peer);
  if (session === undefined) return undefined;
  const bfd = bfdFinder(view.status.bfd_sessions)(session);
  const events = view.history
    .events()
    .filter(({ topic, labels }) => topic === 'bgp_session' && labels.vrf === vrf && labels.peer === peer);
  const number = (value: number | null) => value ?? '–';
  return page(
    view,
    peer,
    html`<h2>BGP session with <code>${peer}</code></h2>
${sessionCard(view, session, bfd, sessionName(session))}
<h2>The last 24 hours</h2>
${timeline(view, session)}
${eventTable(view, events)}
<h2>Prefixes</h2>
${table(
  ['Address family', 'Received', 'Accepted', 'Advertised', 'Limit', 'Problem'],
  session.prefixes.map(({ afi, safi, received, accepted, advertised, limit, ...problem }) => [
    `${afi} ${safi}`,
    number(received),
    number(accepted),
    number(advertised),
    number(limit),
    problem.limit_exceeded
      ? 'the peer exceeded the limit'
      : problem.policy_missing
        ? 'no policy lets routes through (RFC 8212)'
        : '',
  ]),
)}`,
  );
}
