/** Times and durations for people. Times are in UTC, as in FRR's logs and in those of this program. */
import { timeText } from '../../metrics/tables.ts';
import { type Html, html } from './html.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: `14 s`, `13 min 58 s`, `3 d 4 h`. @param seconds negative ones, of clocks that differ, are 0 */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size);
  if (first < 0) return '0 s';
  const [name, size] = UNITS[first] as (typeof UNITS)[number];
  const next = UNITS[first + 1];
  const count = `${Math.floor(whole / size)} ${name}`;
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1]);
  return next === undefined || rest === 0 ? count : `${count} ${rest} ${next[0]}`;
}

/** `03:12:09 UTC`, with the date unless it is today's. @param now seconds since the epoch */
export function timeOfDay(at: string, now: number): Html {
  const [day = '', clock = ''] = at.replace(/(\.\d+)?Z$/, '').split('T');
  const today = new Date(now * 1000).toISOString().startsWith(day);
  return html`<time datetime="${at}">${today ? '' : `${day} `}${clock} UTC</time>`;
}

/** The same of a time in seconds since the epoch. */
export function clockTime(seconds: number, now: number): Html {
  return timeOfDay(timeText(seconds) as string, now);
}

/** `since 03:12:09 UTC, for 13 min 58 s`; nothing without a time. @param now seconds since the epoch */
export function sinceWhen(since: string | null, now: number): Html {
  if (since === null) return html``;
  return html`since ${timeOfDay(since, now)}, for ${durationText(now - Date.parse(since) / 1000)}`;
}
