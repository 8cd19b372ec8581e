/** FRR in a container, as TripleO runs it, in the place of the laboratory's own FRR on the node. */
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { type Lab, TRIPLEO, waitFor } from '../../lab/index.ts';
import { FRR_IMAGE, type Machine } from './machine.ts';
import { run } from './tripleo-container.ts';

/** The users and groups that kolla creates in TripleO's images. */
export const FRR_UID = 42484;
export const FRRVTY_GID = 42483;

export interface FrrContainer {
  vtysh(...commands: string[]): Promise<string>;
  /** What was typed at any of the daemons' sockets since the start. */
  commandsSeen(): Promise<readonly string[]>;
  /** Stops it, does something, and starts it again, as an update does. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  /** Resolves when both uplinks are up. */
  untilUp(): Promise<void>;
}

const DEFINITION = {
  image: FRR_IMAGE,
  net: 'host',
  restart: 'always',
  cap_add: ['NET_BIND_SERVICE', 'NET_RAW', 'NET_ADMIN', 'SYS_ADMIN'],
  volumes: ['/var/lib/frr-of-the-test:/etc/frr', '/run/frr:/run/frr:shared,z'],
};

/** FRR logs every command that it receives, from any client. */
const LOG = '/var/log/frr/frr.log';

export async function startFrrContainer(lab: Lab, machine: Machine): Promise<FrrContainer> {
  for (const daemon of ['watchfrr', ...lab.node.daemons]) await lab.kill('node', daemon);

  const folder = machine.path('/var/lib/frr-of-the-test');
  mkdirSync(folder);
  const files = {
    'frr.conf': `log file ${LOG} informational\nlog commands\n${TRIPLEO.routers.node.config}`,
    'vtysh.conf': 'service integrated-vtysh-config\n',
    daemons:
      'bgpd=yes\nbfdd=yes\nvtysh_enable=yes\nzebra_options="-A 127.0.0.1"\nbgpd_options="-A 127.0.0.1"\n',
  };
  for (const [name, content] of Object.entries({ '': undefined, ...files })) {
    if (content !== undefined) writeFileSync(`${folder}/${name}`, content);
    chownSync(`${folder}/${name}`, FRR_UID, FRR_UID);
  }
  await run(machine, 'frr', DEFINITION);

  const vtysh = (...commands: string[]) =>
    machine.podman('exec', 'frr', 'vtysh', ...commands.flatMap((command) => ['-c', command]));
  const untilUp = async () => {
    await waitFor(
      async () => {
        const { ipv4Unicast } = JSON.parse(await vtysh('show bgp summary json'));
        return ['100.64.1.1', 'eth2'].every((peer) => ipv4Unicast?.peers?.[peer]?.state === 'Established');
      },
      { within: 60_000, every: 250, for: 'the uplinks of the FRR container to come up' },
    );
  };
  await untilUp();
  return {
    vtysh,
    untilUp,
    commandsSeen: async () => {
      const log = await machine.podman('exec', 'frr', 'cat', LOG);
      return [...log.matchAll(/vty\[[^\]]*\]@[^>#]*[>#] ?(.*)$/gm)].map(([, command]) => command as string);
    },
    restart: async (meanwhile) => {
      await machine.podman('stop', '--time', '1', 'frr');
      await meanwhile?.();
      await machine.podman('start', 'frr');
      await untilUp();
    },
  };
}
