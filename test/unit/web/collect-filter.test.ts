import { describe, expect, test } from 'vitest';
import { BadRequest } from '../../../src/web/bad-request.ts';
import { selectedCollectors } from '../../../src/web/collect-filter.ts';

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
  const wanted = selectedCollectors(query, names);
  expect(wanted === undefined ? undefined : [...wanted]).toEqual(expected);
});

describe('what is refused', () => {
  test.each([
    ['collect[]=bgp&exclude[]=bfd', 'collect[] and exclude[] cannot be used together'],
    ['collect[]=ospf', 'unknown collector "ospf"; the collectors are bgp, bfd, rib'],
    ['exclude[]=', 'unknown collector ""; the collectors are bgp, bfd, rib'],
    ['collect[]=rib', 'the collector rib is disabled; --collector.rib enables it'],
  ])('%j', (query, message) => {
    expect(() => selectedCollectors(query, names)).toThrow(new BadRequest(message));
  });
});
