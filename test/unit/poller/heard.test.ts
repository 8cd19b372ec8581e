import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { createHeard } from '../../../src/poller/heard.ts';

function hearing() {
  const time = { now: 100 };
  return { time, heard: createHeard(5, () => time.now) };
}

describe('a daemon', () => {
  test('lives for an interval after an answer, counted from the question', () => {
    const { time, heard } = hearing();
    expect(heard.lives('bgpd')).toBe(false);
    const over = heard.asked('bgpd');
    time.now = 100.4;
    over(true);
    expect(heard.lives('bgpd')).toBe(true);
    expect(heard.lives('zebra')).toBe(false);
    time.now = 106;
    expect(heard.lives('bgpd')).toBe(true);
    time.now = 106.1;
    expect(heard.lives('bgpd')).toBe(false);
  });

  test('is doubted while a question waits, and after one that was not answered', () => {
    const { time, heard } = hearing();
    heard.asked('bgpd')(true);
    const over = heard.asked('bgpd');
    time.now = 100.5;
    expect(heard.lives('bgpd')).toBe(true);
    time.now = 100.6;
    expect(heard.lives('bgpd')).toBe(false);
    over(false);
    expect(heard.lives('bgpd')).toBe(false);
    heard.asked('bgpd')(true);
    expect(heard.lives('bgpd')).toBe(true);
  });
});

describe('a text', () => {
  test('is kept for three intervals once somebody wants it', () => {
    const { time, heard } = hearing();
    heard.told(COMMANDS.vrfs, 'too early');
    expect(heard.kept(COMMANDS.vrfs)).toBeUndefined();
    heard.told(COMMANDS.vrfs, 'vrf red id 5 table 10\n');
    heard.told(COMMANDS.watchfrr, 'not wanted');
    expect(heard.kept(COMMANDS.vrfs)).toBe('vrf red id 5 table 10\n');
    expect(heard.kept(COMMANDS.watchfrr)).toBeUndefined();
    time.now = 115;
    expect(heard.kept(COMMANDS.vrfs)).toBe('vrf red id 5 table 10\n');
    time.now = 115.1;
    expect(heard.kept(COMMANDS.vrfs)).toBeUndefined();
  });

  test('goes when its daemon does not answer', () => {
    const { heard } = hearing();
    heard.kept(COMMANDS.vrfs);
    heard.told(COMMANDS.vrfs, '');
    heard.asked('bgpd')(false);
    expect(heard.kept(COMMANDS.vrfs)).toBe('');
    heard.asked('zebra')(false);
    expect(heard.kept(COMMANDS.vrfs)).toBeUndefined();
  });
});
