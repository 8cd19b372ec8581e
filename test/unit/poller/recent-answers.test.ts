import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { createRecentAnswers } from '../../../src/poller/recent-answers.ts';

function remembering() {
  const time = { now: 100 };
  return { time, recent: createRecentAnswers(5, () => time.now) };
}

describe('a text', () => {
  test('is recent for so many intervals, and what polls are late, once somebody wants it', () => {
    const { time, recent } = remembering();
    recent.remember(COMMANDS.vrfs, 'too early');
    expect(recent.recentText(COMMANDS.vrfs, 3)).toBeUndefined();
    recent.remember(COMMANDS.vrfs, 'vrf red id 5 table 10\n');
    recent.remember(COMMANDS.watchfrr, 'not wanted');
    expect(recent.recentText(COMMANDS.vrfs, 3)).toBe('vrf red id 5 table 10\n');
    expect(recent.recentText(COMMANDS.watchfrr, 3)).toBeUndefined();
    time.now = 117.5;
    expect(recent.recentText(COMMANDS.vrfs, 3)).toBe('vrf red id 5 table 10\n');
    time.now = 117.6;
    expect(recent.recentText(COMMANDS.vrfs, 3)).toBeUndefined();
  });

  test('goes when its daemon does not answer', () => {
    const { recent } = remembering();
    recent.recentText(COMMANDS.vrfs, 3);
    recent.remember(COMMANDS.vrfs, '');
    recent.failed('bgpd');
    expect(recent.recentText(COMMANDS.vrfs, 3)).toBe('');
    recent.failed('zebra');
    expect(recent.recentText(COMMANDS.vrfs, 3)).toBeUndefined();
  });
});
