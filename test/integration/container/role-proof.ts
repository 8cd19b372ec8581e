/** What the tests of both roles look at: what a deployment leaves on the machine, and what answers on it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/index.ts';
import type { PlayResult } from './ansible.ts';
import type { Machine, Result } from './machine.ts';

/** podman's account of a container, as far as it is looked at here. */
export interface Inspected {
  readonly Id: string;
  /** The id of its image. */
  readonly Image: string;
  readonly Args: readonly string[];
  readonly State: { readonly StartedAt: string; readonly Running: boolean };
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Healthcheck: { readonly Test: readonly string[]; readonly Interval: number };
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string; readonly RW: boolean }[];
}

/** The names and states of all containers. */
export async function containers(machine: Machine): Promise<readonly string[]> {
  const found = JSON.parse(await machine.podman('ps', '--all', '--format=json')) as {
    readonly Names: readonly string[];
    readonly State: string;
  }[];
  return found.map(({ Names, State }) => `${Names[0]} ${State}`);
}

/** Everything that was put on the machine: files and folders over those of the real one, and containers. */
export async function traces(machine: Machine): Promise<readonly string[]> {
  const files = ['etc', 'var/lib', 'var/log'].flatMap((layer) =>
    readdirSync(join(machine.folder, 'layers', layer, 'upper'), { recursive: true }).map(
      (file) => `/${layer}/${file}`,
    ),
  );
  // What podman and the tests put there on their own.
  const own = /^\/etc\/(cni|pki|ipa)\b|^\/var\/lib\/(cni|openstack\/(ca)?certs)\b/;
  return [...files.filter((file) => !own.test(file)), ...(await containers(machine))].sort();
}

export async function inspect(machine: Machine, container: string): Promise<Inspected> {
  return JSON.parse(await machine.podman('inspect', container))[0];
}

/** What the program is given, without what Node is given before it. */
export function programArguments({ Args }: Inspected): readonly string[] {
  return Args.slice(Args.indexOf('/app/dist/main.js') + 1);
}

/** Everything about a container that a definition decides. */
export function decided(inspected: Inspected): Readonly<Record<string, unknown>> {
  const { Config, HostConfig, Mounts } = inspected;
  const { CapAdd, CapDrop, SecurityOpt, ReadonlyRootfs, Tmpfs, Memory, GroupAdd, NetworkMode, Privileged } =
    HostConfig;
  return {
    arguments: programArguments(inspected),
    user: Config.User,
    // podman adds these two when it starts a container.
    environment: Config.Env.filter((setting) => !/^(HOME|HOSTNAME)=/.test(setting)).sort(),
    healthcheck: Config.Healthcheck.Test,
    mounts: Mounts.map(
      ({ Source, Destination, RW }) => `${Source}:${Destination}:${RW ? 'rw' : 'ro'}`,
    ).sort(),
    ...{ CapAdd, CapDrop, SecurityOpt, ReadonlyRootfs, Tmpfs, Memory, GroupAdd, NetworkMode, Privileged },
  };
}

/** A request from the machine itself. */
export function request(machine: Machine, ...args: string[]): Promise<Result> {
  return machine.attempt('curl', ['--silent', '--show-error', '--fail', '--max-time', '3', ...args]);
}

/** Waits until a request succeeds, and gives what came. */
export async function answer(machine: Machine, ...args: string[]): Promise<string> {
  const result = await waitFor(
    async () => {
      const given = await request(machine, ...args);
      return given.exitCode === 0 ? given : undefined;
    },
    { within: 30_000, for: `${args.at(-1)} to answer` },
  );
  return result.stdout;
}

/** A play ended with a line that says what is wrong, before it changed anything. */
export async function expectRefusal(machine: Machine, result: PlayResult, message: RegExp): Promise<void> {
  expect(result).toMatchObject({ exitCode: 2, changed: 0, failed: 1 });
  expect(result.stdout).toMatch(message);
  expect(await traces(machine)).toEqual([]);
}

/** A deployment that is done again changes nothing, and the container is the one that was there. */
export async function expectUnchanged(machine: Machine, deploy: () => Promise<PlayResult>): Promise<void> {
  const { Id } = await inspect(machine, 'frr_exporter');
  expect(await deploy()).toMatchObject({ exitCode: 0, changed: 0, changes: [] });
  expect((await inspect(machine, 'frr_exporter')).Id).toBe(Id);
}

/** The last tests of a role: it removes everything that it created. */
export function describeRemoval(
  machine: () => Machine,
  remove: (check?: boolean) => Promise<PlayResult>,
): void {
  describe('a removal', () => {
    it('changes nothing in check mode', async () => {
      const before = await traces(machine());
      expect((await remove(true)).exitCode).toBe(0);
      expect(await traces(machine())).toEqual(before);
    });

    it('leaves nothing behind', async () => {
      const result = await remove();
      expect(result.exitCode, result.stdout).toBe(0);
      // Folders that are not only the exporter's stay.
      expect((await traces(machine())).filter((trace) => /exporter/.test(trace))).toEqual([]);
      expect(await containers(machine())).toEqual([]);
    });

    it('changes nothing when it is done again', async () => {
      expect(await remove()).toMatchObject({ exitCode: 0, changed: 0 });
    });
  });
}
