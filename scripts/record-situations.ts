/**
 * Records what the laboratory's node answers, on one FRR version in every situation, for the unit tests:
 *
 *     node scripts/record-situations.ts 8.4.4 [SITUATION...]     writes test/recordings/8.4.4/SITUATION
 *
 * Needs root. The recordings are committed; they are made anew when a collector asks something new.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hostAddresses } from '../src/collectors/host-routes.ts';
import { parseVrfs } from '../src/collectors/vrfs.ts';
import type { InterfaceAddress } from '../src/frr/addresses.ts';
import { allCommands, COMMANDS } from '../src/frr/commands.ts';
import { type Recorded, writeRecording } from '../src/frr/recording.ts';
import { FrrError } from '../src/frr/source.ts';
import { vtyshSource } from '../src/frr/vtysh.ts';
import {
  configureRpki,
  DAEMONS,
  FRR_VERSIONS,
  type FrrVersion,
  FULL,
  type Lab,
  type Router,
  startLab,
  startRpkiCache,
  TRIPLEO,
  waitFor,
} from '../test/lab/index.ts';

interface Situation {
  readonly name: string;
  readonly notOn?: FrrVersion;
  /** Brings the laboratory from the situation before into this one. */
  happen(lab: Lab): Promise<unknown>;
}

/** One after another in one laboratory with the topology TRIPLEO. */
const SITUATIONS: readonly Situation[] = [
  { name: 'healthy', happen: () => seconds(5) },
  {
    name: 'tor1-shutdown-remotely',
    happen: async (lab) => {
      await lab.tor1.configure('router bgp 65001', 'neighbor nodes shutdown');
      await untilDown(lab, '100.64.1.1');
    },
  },
  {
    name: 'tor2-link-down',
    happen: async (lab) => {
      await lab.tor1.configure('router bgp 65001', 'no neighbor nodes shutdown');
      await lab.untilUp();
      await lab.cut('tor2');
      await untilDown(lab, 'eth2');
    },
  },
  {
    name: 'tor2-max-prefix-exceeded',
    happen: async (lab) => {
      await lab.heal('tor2');
      await lab.untilUp();
      const networks = Array.from({ length: 60 }, (_, i) => `network 10.200.${i}.0/24`);
      await lab.tor2.configure('router bgp 65002', 'address-family ipv4 unicast', ...networks);
      await untilDown(lab, 'eth2');
    },
  },
  {
    name: 'host-routes-filtered',
    happen: async (lab) => {
      await lab.node.configure('no route-map only-host-prefixes permit 10');
      // FRR waits five seconds before a changed route-map has its effect.
      await seconds(8);
    },
  },
  {
    name: 'no-bgp-configured',
    happen: (lab) => lab.node.configure('no router bgp 64999 vrf tenant-a', 'no router bgp 64999'),
  },
  { name: 'bgpd-dead', happen: (lab) => lab.kill('node', 'bgpd') },
];

/** One after another in one laboratory with the topology FULL. */
const SITUATIONS_OF_EVERY_KIND: readonly Situation[] = [
  { name: 'every-kind', happen: () => seconds(5) },
  {
    name: 'bfd-echo-and-never-up',
    happen: async ({ node, tor1, tor2 }) => {
      for (const tor of [tor1, tor2]) await tor.configure('bfd', 'profile fast', 'echo-mode');
      await node.configure(
        'bfd',
        'profile tripleo',
        'echo-mode',
        'exit',
        'peer 192.0.2.98 multihop local-address 172.16.0.1',
      );
      await seconds(8);
    },
  },
  {
    name: 'graceful-restart',
    happen: async (lab) => {
      await lab.kill('tor2', 'bgpd');
      await untilDown(lab, '2001:db8:64::1', 'ipv6Unicast');
    },
  },
  {
    name: 'vrf-gone',
    // Debian's zebra 10.3 dies when the namespace of a VRF goes.
    notOn: '10.3',
    happen: async (lab) => {
      await lab.removeVrf('node', 'tenant-b');
      await seconds(5);
    },
  },
];

/** With the topology DAEMONS. */
const SITUATIONS_OF_OTHER_DAEMONS: readonly Situation[] = [
  {
    name: 'other-daemons',
    happen: async (lab) => {
      await configureRpki(lab.node);
      await startRpkiCache(lab);
      await seconds(20);
    },
  },
];

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}

/** Waits until a session is down, and two seconds more, so that FRR has told all of the reasons that it finds. */
async function untilDown(lab: Lab, peer: string, family = 'ipv4Unicast'): Promise<void> {
  type Summary = Readonly<
    Record<string, { readonly peers: Readonly<Record<string, { readonly state: string }>> }>
  >;
  const state = async () =>
    (await lab.node.json<Summary>('show bgp summary json'))[family]?.peers[peer]?.state;
  await waitFor(async () => (await state()) !== 'Established', { within: 20_000, for: `${peer} to go down` });
  await seconds(2);
}

/** The addresses on the interfaces of the node. */
async function addressesOf(router: Router): Promise<readonly InterfaceAddress[]> {
  interface Link {
    readonly ifname: string;
    readonly addr_info: readonly {
      readonly family: string;
      readonly local: string;
      readonly prefixlen: number;
    }[];
  }
  const links: readonly Link[] = JSON.parse(await router.run('ip', '-json', 'address', 'show', 'up'));
  return links.flatMap(({ ifname, addr_info }) =>
    addr_info.map(({ family, local, prefixlen }) => ({
      interface: ifname,
      address: local,
      prefixLength: prefixlen,
      afi: family === 'inet6' ? ('ipv6' as const) : ('ipv4' as const),
    })),
  );
}

async function record({ node }: Lab, directory: string, withMemory: boolean): Promise<void> {
  const source = vtyshSource({
    kind: 'vtysh',
    socketDir: '/var/run/frr',
    pathspace: node.namespace,
    vtyshPath: 'vtysh',
    vtyshPrefix: node.root.path === '/' ? [] : ['chroot', node.root.path],
    maxOutput: 64 * 1024 * 1024,
  });
  const addresses = await addressesOf(node);
  const hosts = hostAddresses(addresses, { include: [], exclude: [] }).map(({ address }) => address);
  const signal = () => AbortSignal.timeout(20_000);
  const vrfs = parseVrfs((await source.show(COMMANDS.vrfs, signal())).bytes.toString());
  const recorded: Recorded[] = [];
  for (const command of allCommands(['default', ...vrfs], hosts)) {
    // Daemons that the laboratory does not have add nothing, and lists of memory are long and much the same.
    if (!['watchfrr', ...node.daemons].includes(command.daemon)) continue;
    if (command.text === 'show memory' && !withMemory) continue;
    const outcome = await source.show(command, signal()).catch((error: unknown) => {
      if (error instanceof FrrError) return error;
      throw error;
    });
    recorded.push({ command, outcome });
  }
  await source.close();
  rmSync(directory, { recursive: true, force: true });
  await writeRecording(directory, recorded, addresses);
}

const [version, ...wanted] = process.argv.slice(2);
if (!FRR_VERSIONS.includes(version as FrrVersion))
  throw new Error(`Which FRR version? One of ${FRR_VERSIONS.join(', ')}`);

for (const [situations, topology] of [
  [SITUATIONS, TRIPLEO],
  [SITUATIONS_OF_EVERY_KIND, FULL],
  [SITUATIONS_OF_OTHER_DAEMONS, DAEMONS],
] as const) {
  if (wanted.length > 0 && !situations.some(({ name }) => wanted.includes(name))) continue;
  await using lab = await startLab({ version: version as FrrVersion, name: 'record', topology });
  for (const { name, notOn, happen } of situations) {
    if (notOn === version) continue;
    await happen(lab);
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const directory = fileURLToPath(new URL(`../test/recordings/${version}/${name}`, import.meta.url));
    await record(lab, directory, name === 'healthy');
    process.stdout.write(`${version}/${name}\n`);
  }
}
