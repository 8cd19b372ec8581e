/**
 * The last 24 hours of a session as a strip: high where it was down, low where it was up, and a line where that is not
 * known.
 */
import type { Segment } from '../../events/history.ts';
import { type Html, html } from './html.ts';
import type { View } from './page.ts';
import { historyObject, type Session } from './sessions.ts';
import { durationText } from './times.ts';

const DAY = 86_400;

/** Units of the picture: one for each minute of a day, whatever its size on the screen. */
const WIDTH = 1_440;
const HEIGHT = 16;

const SHAPES = {
  up: { y: 8, height: 8 },
  down: { y: 0, height: 16 },
  unknown: { y: 14, height: 2 },
} as const;

function nameOf({ up }: Segment): keyof typeof SHAPES {
  if (up === null) return 'unknown';
  return up ? 'up' : 'down';
}

/**
 * `down 2 times, 14 min` in words next to the strip, also for those who do not see it.
 * @param downs how often it went down, also where that was too fast for the strip
 */
function summary(segments: readonly Segment[], downs: number): string {
  const total = (name: keyof typeof SHAPES) =>
    segments.filter((one) => nameOf(one) === name).reduce((sum, { from, to }) => sum + to - from, 0);
  const times = Math.max(downs, segments.filter(({ up }) => up === false).length);
  const down =
    times === 0
      ? 'never down'
      : `down ${times} ${times === 1 ? 'time' : 'times'}, ${durationText(total('down'))}`;
  const unknown = total('unknown');
  return unknown < 1 ? down : `${down}; unknown for ${durationText(unknown)}`;
}

/** The strip of a session, with its summary. */
export function timeline({ history, now }: View, session: Session): Html {
  const begin = now - DAY;
  const object = historyObject(session);
  const segments = history.timeline(object, session.up, begin, now);
  const x = (at: number) => Math.round(((at - begin) / DAY) * WIDTH);
  const text = summary(segments, history.downs(object, begin).count);
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="The last 24 hours: ${text}">${segments.map(
    (segment) => {
      const name = nameOf(segment);
      const { y, height } = SHAPES[name];
      const left = x(segment.from);
      // A short outage must show.
      return html`<rect class="${name}" x="${left}" y="${y}" width="${Math.max(2, x(segment.to) - left)}" height="${height}"/>`;
    },
  )}</svg> <span class="soft">${text}</span>`;
}
