import { describe, expect, test } from 'vitest';
import { COMMANDS, type Command, runningConfig } from '../../../src/frr/commands.ts';
import { createRecorder } from '../../../src/frr/recorder.ts';
import type { FrrSource } from '../../../src/frr/source.ts';

/** Answers each command with its text and enough blanks that the answer has memory of its own, which a reader can free. */
const source = {
  show: async ({ text }: Command) => ({ bytes: Buffer.from(text.padEnd(300_000)), seconds: 0 }),
} as unknown as FrrSource;

function recorded(recorder: ReturnType<typeof createRecorder>) {
  return recorder
    .recorded()
    .map(({ outcome }) => (outcome instanceof Error ? outcome : outcome.bytes.toString().trimEnd()));
}

describe('a recorder', () => {
  test('never records a configuration, which may hold passwords', async () => {
    const recorder = createRecorder(source, 1);
    const signal = new AbortController().signal;
    expect((await recorder.show(runningConfig('bgpd'), signal)).bytes.toString().trimEnd()).toBe(
      'show running-config',
    );
    await recorder.show(COMMANDS.vrfs, signal);
    expect(recorded(recorder)).toEqual(['show vrf']);
  });

  test('keeps an answer whose memory the reader frees', async () => {
    const recorder = createRecorder(source, 1);
    const { bytes } = await recorder.show(COMMANDS.vrfs, new AbortController().signal);
    (bytes.buffer as ArrayBuffer).transfer(0);
    expect(recorded(recorder)).toEqual(['show vrf']);
  });
});
