/** `since` and `limit`: which events a request wants. */
import { eventTime } from '../events/event.ts';
import type { EventQuery } from '../events/history.ts';
import { BadRequest } from './bad-request.ts';

/** RFC 3339, section 5.6. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** @throws BadRequest for a parameter that is unknown, repeated or invalid */
export function eventQuery(query: string): EventQuery {
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (name !== 'since' && name !== 'limit')
      throw new BadRequest(`unknown parameter ${JSON.stringify(name)}; the parameters are since and limit`);
    if (parameters.getAll(name).length > 1) throw new BadRequest(`${name} may be given only once`);
  }
  const since = parameters.get('since');
  const limit = parameters.get('limit');
  return {
    ...(since !== null && { since: readSince(since) }),
    ...(limit !== null && { limit: readLimit(limit) }),
  };
}

function readSince(text: string): string {
  const seconds = RFC_3339.test(text) ? Date.parse(text) / 1000 : Number.NaN;
  if (Number.isNaN(seconds))
    throw new BadRequest(
      `since takes an RFC 3339 time such as 2026-11-22T18:00:00Z (write + as %2B), not ${JSON.stringify(text)}`,
    );
  return eventTime(seconds);
}

function readLimit(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 500)
    throw new BadRequest(`limit takes a whole number from 1 to 500, not ${JSON.stringify(text)}`);
  return number;
}
