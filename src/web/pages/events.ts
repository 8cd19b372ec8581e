/** The history of changes, the newest first. */
import { type Event, missedText } from '../../events/event.ts';
import { type Content, type Html, html, words } from './html.ts';
import { marked, type View } from './page.ts';
import { table } from './table.ts';
import { timeOfDay } from './times.ts';

function change({ from, to, up, missed }: Event): Html {
  const text = from === to ? to : `${from} → ${to}`;
  const shown = up === null ? words(text) : marked(up ? 'ok' : 'critical', words(text));
  return html`${shown}${missed > 0 && `, ${missedText(missed)}`}`;
}

/** Events as a table; nothing without any. */
export function eventTable({ now }: View, events: readonly Event[]): Content {
  if (events.length === 0) return null;
  return table(
    ['Time', 'What', 'Change', 'Cause'],
    events.map((event) => [
      timeOfDay(event.at, now),
      words(event.what),
      change(event),
      event.cause === null ? '' : words(event.cause),
    ]),
  );
}
