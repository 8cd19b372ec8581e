import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { createRecentAnswers } from '../../../src/poller/recent-answers.ts';

function hearing() {
  const time = { now: 100 };
  return { time, recent: createRecentAnswers(5, () => time.now) };
}

describe('a daemon', () => {
  test('lives for an interval after an answer, counted from the question', () => {
    const { time, recent } = hearing();
    expect(recent.answeredRecently('bgpd')).toBe(false);
    const over = recent.queried('bgpd');
    time.now = 100.4;
    over(true);
    expect(recent.answeredRecently('bgpd')).toBe(true);
    expect(recent.answeredRecently('zebra')).toBe(false);
    time.now = 106;
    expect(recent.answeredRecently('bgpd')).toBe(true);
    time.now = 106.1;
    expect(recent.answeredRecently('bgpd')).toBe(false);
  });

  test('is doubted while a question waits, and after one that was not answered', () => {
    const { time, recent } = hearing();
    recent.queried('bgpd')(true);
    const over = recent.queried('bgpd');
    time.now = 100.5;
    expect(recent.answeredRecently('bgpd')).toBe(true);
    time.now = 100.6;
    expect(recent.answeredRecently('bgpd')).toBe(false);
    over(false);
    expect(recent.answeredRecently('bgpd')).toBe(false);
    recent.queried('bgpd')(true);
    expect(recent.answeredRecently('bgpd')).toBe(true);
  });
});

describe('a text', () => {
  test('is kept for three intervals once somebody wants it', () => {
    const { time, recent } = hearing();
    recent.remember(COMMANDS.vrfs, 'too early');
    expect(recent.recentText(COMMANDS.vrfs)).toBeUndefined();
    recent.remember(COMMANDS.vrfs, 'vrf red id 5 table 10\n');
    recent.remember(COMMANDS.watchfrr, 'not wanted');
    expect(recent.recentText(COMMANDS.vrfs)).toBe('vrf red id 5 table 10\n');
    expect(recent.recentText(COMMANDS.watchfrr)).toBeUndefined();
    time.now = 115;
    expect(recent.recentText(COMMANDS.vrfs)).toBe('vrf red id 5 table 10\n');
    time.now = 115.1;
    expect(recent.recentText(COMMANDS.vrfs)).toBeUndefined();
  });

  test('goes when its daemon does not answer', () => {
    const { recent } = hearing();
    recent.recentText(COMMANDS.vrfs);
    recent.remember(COMMANDS.vrfs, '');
    recent.queried('bgpd')(false);
    expect(recent.recentText(COMMANDS.vrfs)).toBe('');
    recent.queried('zebra')(false);
    expect(recent.recentText(COMMANDS.vrfs)).toBeUndefined();
  });
});
