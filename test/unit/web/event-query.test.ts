import { expect, test } from 'vitest';
import { BadRequest } from '../../../src/web/bad-request.ts';
import { eventQuery } from '../../../src/web/event-query.ts';

test.each([
  ['', {}],
  ['limit=1', { limit: 1 }],
  ['limit=500', { limit: 500 }],
  ['since=2026-11-22T18:00:00Z', { since: '2026-11-22T18:00:00.000Z' }],
  ['since=2026-11-22T18:00:00.5%2B02:00&limit=20', { since: '2026-11-22T16:00:00.500Z', limit: 20 }],
])('%j', (query, expected) => {
  expect(eventQuery(query)).toEqual(expected);
});

const SINCE = 'since takes an RFC 3339 time such as 2026-11-22T18:00:00Z (write + as %2B), not ';
const LIMIT = 'limit takes a whole number from 1 to 500, not ';

test.each([
  ['limit=', `${LIMIT}""`],
  ['limit=0', `${LIMIT}"0"`],
  ['limit=501', `${LIMIT}"501"`],
  ['limit=1e2', `${LIMIT}"1e2"`],
  ['limit=-1', `${LIMIT}"-1"`],
  ['since=', `${SINCE}""`],
  ['since=yesterday', `${SINCE}"yesterday"`],
  ['since=1732400000', `${SINCE}"1732400000"`],
  ['since=2026-13-22T18:00:00Z', `${SINCE}"2026-13-22T18:00:00Z"`],
  ['since=2026-11-22T18:00:00%0A', `${SINCE}"2026-11-22T18:00:00\\n"`],
  ['limit=1&limit=2', 'limit may be given only once'],
  ['limits=1', 'unknown parameter "limits"; the parameters are since and limit'],
])('%j is refused', (query, message) => {
  expect(() => eventQuery(query)).toThrow(new BadRequest(message));
});
