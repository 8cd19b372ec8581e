/** Several mistakes in one play, because a play of its own for each takes seconds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { playTasks } from './ansible.ts';
import type { Machine } from './machine.ts';

/** Runs each list of tasks, and gives what each failed with; empty where it did not. */
export async function refusals(
  machine: Machine,
  attempts: readonly (readonly unknown[])[],
): Promise<readonly string[]> {
  const file = join(machine.folder, 'messages');
  const tasks = attempts.map((steps, index) => ({
    block: steps,
    rescue: [
      {
        'ansible.builtin.lineinfile': {
          path: file,
          line: `${index} {{ ansible_failed_result.argument_errors | default(said) | join(' ') | to_json }}`,
          create: true,
        },
        // Of a loop, the items have the messages.
        vars: {
          said: "{{ ansible_failed_result.results | default([ansible_failed_result]) | map(attribute='msg', default='') }}",
        },
      },
    ],
  }));
  const result = await playTasks(machine, tasks);
  expect(result.exitCode, result.stdout).toBe(0);
  const messages = attempts.map(() => '');
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const end = line.indexOf(' ');
    messages[Number(line.slice(0, end))] = JSON.parse(line.slice(end + 1));
  }
  return messages;
}
