import { expect, it } from 'vitest';
import { vtyshWork } from '../../../src/frr/vtysh-work.ts';

it('takes the start of vtysh for no work', () => {
  const work = vtyshWork();
  expect(work('show version', 0.04)).toBe(0);
  expect(work('show vrf', 0.06)).toBe(0);
});

it('estimates the work of a heavy command, at first cautiously', () => {
  const work = vtyshWork();
  work('show version', 0.04);
  expect(work('routes', 1.66)).toBeCloseTo(0.6);
  expect(work('routes', 1.66)).toBeCloseTo(0.6);
  expect(work('routes', 1.66)).toBeCloseTo(1.6);
});

it('does not take a busy machine for a busy router', () => {
  const work = vtyshWork();
  const seconds = [0.3, 0.75, 0.04, 0.2, 0.31, 0.15, 0.05, 0.4];
  expect(seconds.map((run) => work('show bgp', run))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

it('sees a table that grew within five runs', () => {
  const work = vtyshWork();
  for (let i = 0; i < 10; i++) work('routes', 0.04);
  const grown = Array.from({ length: 5 }, () => work('routes', 0.54));
  expect(grown.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(grown[4]).toBeCloseTo(0.48);
});

it('forgets the commands that were not sent for longest', () => {
  const work = vtyshWork();
  for (let i = 0; i < 3; i++) work('old', 2.04);
  work('show version', 0.04);
  for (let i = 0; i < 1000; i++) work(`show vrf ${i}`, 0.04);
  // As new: with the benefit of the doubt.
  expect(work('old', 2.04)).toBeCloseTo(0.98);
});
