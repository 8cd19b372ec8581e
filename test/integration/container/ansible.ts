/** Ansible on a machine of the tests: the connection is local, the roles are those of this repository. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type Machine, REPOSITORY, type Result } from './machine.ts';

export interface PlayResult extends Result {
  /** The line of the recap, read. */
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  /** Names of the tasks that changed something. */
  readonly changes: readonly string[];
}

const FOLDER = join(REPOSITORY, 'container');
const COLLECTIONS = fileURLToPath(new URL('collections', import.meta.url));

let count = 0;

async function playbook(machine: Machine, args: readonly string[]): Promise<PlayResult> {
  const result = await machine.attempt('ansible-playbook', args, {
    cwd: FOLDER,
    env: {
      ANSIBLE_CONFIG: join(FOLDER, 'ansible.cfg'),
      // osp.edpm, without which the role for EDPM does not run
      ANSIBLE_COLLECTIONS_PATHS: COLLECTIONS,
      ANSIBLE_NOCOLOR: '1',
      // Quicker; a play that needs more facts gathers them.
      ANSIBLE_PIPELINING: 'true',
      ANSIBLE_GATHER_SUBSET: '!all,!min,selinux',
      ANSIBLE_LOCALHOST_WARNING: 'false',
      ANSIBLE_INVENTORY_UNPARSED_WARNING: 'false',
      ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
    },
  });
  const number = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(result.stdout)?.[1] ?? 0);
  const tasks = result.stdout.split(/^(?=TASK \[|RUNNING HANDLER \[)/m);
  return {
    ...result,
    ok: number('ok'),
    changed: number('changed'),
    failed: number('failed'),
    changes: tasks
      .filter((task) => /^changed: /m.test(task))
      .map((task) => /^(?:TASK|RUNNING HANDLER) \[(?:\S+ : )?(.*?)\]/.exec(task)?.[1] as string),
  };
}

export interface PlayOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly check?: boolean;
  /** An inventory file; the machine alone when left out. */
  readonly inventory?: string;
  /** The only host of the inventory to play on. */
  readonly limit?: string;
}

function write(machine: Machine, content: unknown): string {
  count += 1;
  const file = join(machine.folder, `play-${count}.yaml`);
  writeFileSync(file, stringify(content, { aliasDuplicateObjects: false }));
  return file;
}

function options(
  machine: Machine,
  { variables = {}, check = false, inventory, limit }: PlayOptions,
): string[] {
  return [
    `--inventory=${inventory ?? 'localhost,'}`,
    '--connection=local',
    `--extra-vars=@${write(machine, variables)}`,
    ...(check ? ['--check'] : []),
    ...(limit === undefined ? [] : [`--limit=${limit}`]),
  ];
}

/** Runs a playbook of the repository, or of one's own. */
export function play(machine: Machine, file: string, given: PlayOptions = {}): Promise<PlayResult> {
  return playbook(machine, [...options(machine, given), file]);
}

/** Runs tasks on the machine. */
export function playTasks(machine: Machine, tasks: unknown, given: PlayOptions = {}): Promise<PlayResult> {
  return play(machine, write(machine, [{ hosts: 'localhost', gather_facts: true, tasks }]), given);
}
