/** Where a command writes in a test. */
import { Writable } from 'node:stream';
import { readCommandLine } from '../../../src/cli/command-line.ts';
import type { Config } from '../../../src/flags/config.ts';

export interface Captured extends Writable {
  text(): string;
}

export function captured(): Captured {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return Object.assign(stream, { text: () => text });
}

/** The configuration that these flags make. */
export function configured(...flags: string[]): Config {
  const line = readCommandLine(['once', ...flags], {}, '0');
  if (line.command === 'print') throw new Error(line.text);
  return line.config;
}
