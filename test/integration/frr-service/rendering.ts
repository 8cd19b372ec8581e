/** The configuration that the role makes of its parameters, rendered by Ansible itself. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { claim, release } from '../../lab/index.ts';

const ROLE = fileURLToPath(new URL('../../../container/frr/roles/frr_node', import.meta.url));

/** Parameters of the role, without the prefix `frr_node_`. */
export type Parameters = Readonly<Record<string, unknown>>;

export interface Rendered {
  readonly 'frr.conf': string;
  readonly daemons: string;
  readonly 'vtysh.conf': string;
}

const FILES = ['frr.conf', 'daemons', 'vtysh.conf'] as const;

export const prefixed = (parameters: Parameters) =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`frr_node_${name}`, value]));

/** Renders sets of parameters, each by its name. A node's address on the network `ctlplane` is 172.16.0.1. */
export async function render<Name extends string>(
  sets: Readonly<Record<Name, Parameters>>,
): Promise<Readonly<Record<Name, Rendered>>> {
  const { name, folder } = await claim('rendering');
  try {
    const names = Object.keys(sets) as Name[];
    for (const set of names) mkdirSync(join(folder, set));
    const play = {
      hosts: names.join(','),
      gather_facts: false,
      // As in the role, where these are detected.
      vars_files: [
        join(ROLE, 'defaults/main.yml'),
        join(ROLE, 'vars/main.yml'),
        '{{ playbook_dir }}/{{ inventory_hostname }}.json',
      ],
      tasks: [
        {
          'ansible.builtin.template': {
            src: join(ROLE, 'templates/{{ item }}.j2'),
            dest: '{{ playbook_dir }}/{{ inventory_hostname }}/{{ item }}',
          },
          loop: FILES,
        },
      ],
    };
    writeFileSync(join(folder, 'play.json'), JSON.stringify([play]));
    for (const set of names)
      writeFileSync(
        join(folder, `${set}.json`),
        JSON.stringify({ ctlplane_ip: '172.16.0.1', ...prefixed({ hostname: 'node', ...sets[set] }) }),
      );
    await execa(
      'ansible-playbook',
      ['--inventory', `${names.join(',')},`, '--connection=local', join(folder, 'play.json')],
      {
        env: {
          ANSIBLE_FILTER_PLUGINS: join(ROLE, 'filter_plugins'),
          ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
          ANSIBLE_LOCALHOST_WARNING: 'false',
          HOME: folder,
          PATH: `/usr/bin:${process.env.PATH}`,
        },
      },
    );
    const read = (set: Name) =>
      Object.fromEntries(
        FILES.map((file) => [file, readFileSync(join(folder, set, file), 'utf8')]),
      ) as unknown as Rendered;
    return Object.fromEntries(names.map((set) => [set, read(set)])) as Record<Name, Rendered>;
  } finally {
    await release(name);
  }
}
