/** Starts containers from TripleO's definitions, as its role tripleo_container_manage does. */
import type { Machine } from './machine.ts';
import type { ContainerDefinition } from './service-template.ts';

type Arguments = (value: never) => readonly string[];

const flag = (name: string) => (value: string | boolean) => [`--${name}=${value}`];
const flags = (name: string) => (values: readonly string[]) => values.map((value) => `--${name}=${value}`);
/** What systemd, or the order of the deployment, sees to. */
const notPodman = () => [];

/** The keys that are handed on to podman, each in the way that the role does it. */
const KEYS: Readonly<Record<keyof ContainerDefinition, Arguments>> = {
  net: flag('network'),
  user: flag('user'),
  group_add: flags('group-add'),
  cap_add: flags('cap-add'),
  cap_drop: flags('cap-drop'),
  security_opt: flags('security-opt'),
  read_only: flag('read-only'),
  read_only_tmpfs: flag('read-only-tmpfs'),
  privileged: flag('privileged'),
  memory: flag('memory'),
  volumes: flags('volume'),
  environment: (environment: Record<string, string>) =>
    Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
  restart: notPodman,
  depends_on: notPodman,
  systemd_exec_flags: notPodman,
  image: notPodman,
  command: notPodman,
};

/** The arguments of `podman run`. @throws Error for a key that the role would not understand */
export function podmanRun(name: string, definition: ContainerDefinition): readonly string[] {
  const options = Object.entries(definition).flatMap(([key, value]) => {
    const make = KEYS[key as keyof ContainerDefinition];
    if (make === undefined) throw new Error(`${name}: tripleo_container_manage knows no ${key}`);
    return make(value as never);
  });
  return ['run', '--detach', `--name=${name}`, ...options, definition.image, ...(definition.command ?? [])];
}

export async function run(machine: Machine, name: string, definition: ContainerDefinition): Promise<void> {
  await machine.podman(...podmanRun(name, definition));
}
