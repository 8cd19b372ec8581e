import { describe, expect, test } from 'vitest';
import { BadRequest } from '../../../src/web/bad-request.ts';
import { wantedCollectors } from '../../../src/web/collect-filter.ts';

const names = { known: new Set(['bgp', 'bfd', 'rib']), enabled: new Set(['bgp', 'bfd']) };

test.each([
  ['', undefined],
  ['other=1', undefined],
  ['collect[]=bgp', ['bgp']],
  ['collect%5B%5D=bgp&collect[]=bfd&collect[]=bgp', ['bgp', 'bfd']],
  ['exclude[]=bgp', ['bfd']],
  ['exclude[]=rib', ['bgp', 'bfd']],
  ['exclude[]=bgp&exclude[]=bfd', []],
])('%j', (query, expected) => {
  const wanted = wantedCollectors(query, names);
  expect(wanted === undefined ? undefined : [...wanted]).toEqual(expected);
});

describe('what is refused', () => {
  test.each([
    ['collect[]=bgp&exclude[]=bfd', 'collect[] and exclude[] cannot be used together'],
    ['collect[]=ospf', 'there is no collector "ospf"; there are bgp, bfd, rib'],
    ['exclude[]=', 'there is no collector ""; there are bgp, bfd, rib'],
    ['collect[]=rib', 'the collector rib is disabled; --collector.rib enables it'],
  ])('%j', (query, message) => {
    expect(() => wantedCollectors(query, names)).toThrow(new BadRequest(message));
  });
});
