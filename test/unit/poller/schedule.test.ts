import { describe, expect, test } from 'vitest';
import { createSchedule, type Schedule } from '../../../src/poller/schedule.ts';

function poll(
  schedule: Schedule,
  start: number,
  { takes = 0, interval = 60, payback = 0 }: { takes?: number; interval?: number; payback?: number } = {},
): void {
  schedule.started(start);
  schedule.finished(start + takes, interval, payback);
}

describe('the schedule of a collector', () => {
  test('starts on request and continues at its interval, measured from start to start', () => {
    const schedule = createSchedule(3);
    expect(schedule.due()).toBe(3);
    poll(schedule, 3, { takes: 0.5, interval: 5 });
    expect(schedule.due()).toBe(8);
  });

  test('comes back to its round after a late poll and one out of turn', () => {
    const schedule = createSchedule(3, 5);
    poll(schedule, 3.02, { takes: 0.1, interval: 5 });
    expect(schedule.due()).toBe(8);
    poll(schedule, 8.01, { takes: 0.1, interval: 12 });
    expect(schedule.due()).toBe(23);
    schedule.wake(10);
    expect(schedule.due()).toBe(10);
    poll(schedule, 10, { takes: 0.1, interval: 5 });
    expect(schedule.due()).toBe(18);
    poll(schedule, 18, { takes: 6, interval: 5 });
    expect(schedule.due()).toBe(28);
  });

  test('pauses after a poll that took longer than the interval', () => {
    const schedule = createSchedule(0);
    poll(schedule, 0, { takes: 5, interval: 5 });
    expect(schedule.due()).toBe(6);
    poll(schedule, 6, { takes: 5, interval: 0.5 });
    expect(schedule.due()).toBe(11.5);
  });

  test('allows a cheap extra poll immediately, but at most one per second', () => {
    const schedule = createSchedule(0);
    poll(schedule, 0, { payback: 0.04 });
    schedule.wake(20);
    expect(schedule.due()).toBe(20);
    poll(schedule, 20, { payback: 0.04 });
    schedule.wake(20.2);
    expect(schedule.due()).toBe(21);
    poll(schedule, 21, { payback: 0.04 });
    expect(schedule.due()).toBe(81);
  });

  test('is not delayed by being woken', () => {
    const schedule = createSchedule(0);
    poll(schedule, 0, { interval: 5 });
    schedule.wake(0.1);
    expect(schedule.due()).toBe(1);
    schedule.wake(0.9);
    expect(schedule.due()).toBe(1);
  });

  test('allows one expensive extra poll, and then waits until both are paid for', () => {
    const schedule = createSchedule(0);
    const dear = { takes: 0.2, interval: 100, payback: 100 };
    poll(schedule, 0, dear);
    schedule.wake(10);
    expect(schedule.due()).toBe(10);
    poll(schedule, 10, dear);
    expect(schedule.due()).toBe(200);
    schedule.wake(15);
    expect(schedule.due()).toBe(100);
    poll(schedule, 100, dear);
    schedule.wake(101);
    expect(schedule.due()).toBe(200);
  });

  test('allows an extra poll if the interval is shorter than the payback', () => {
    const schedule = createSchedule(0);
    poll(schedule, 0, { interval: 30, payback: 120 });
    expect(schedule.due()).toBe(30);
    poll(schedule, 30, { interval: 120, payback: 120 });
    expect(schedule.due()).toBe(240);
  });

  test('forgets the apparent cost of a poll when the next one is cheaper', () => {
    const schedule = createSchedule(0);
    poll(schedule, 0, { interval: 10, payback: 100 });
    poll(schedule, 10, { interval: 5, payback: 0.1 });
    expect(schedule.due()).toBe(15);
  });

  test('respects the share in the long run, however often it is woken', () => {
    const schedule = createSchedule(0);
    let polls = 0;
    for (let now = 0; now <= 1000; now++) {
      schedule.wake(now);
      if (schedule.due() > now) continue;
      poll(schedule, now, { interval: 100, payback: 100 });
      polls++;
    }
    // One every 100 s from 0 to 1000, and one in advance.
    expect(polls).toBe(12);
  });
});
