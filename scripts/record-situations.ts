/**
 * Records what the laboratory's node answers, on one FRR version in every situation, for the unit tests:
 *
 *     node scripts/record-situations.ts 8.4.4 [SITUATION...]     writes test/recordings/8.4.4/SITUATION.json
 *     node scripts/record-situations.ts 8.4.4 --add 'bgpd: show bgp router json' [SITUATION...]
 *     node scripts/record-situations.ts 8.4.4 --collector host-routes [SITUATION...]
 *
 * `--add DAEMON: COMMAND`, which can be repeated, adds one command to recordings that exist and leaves their other
 * answers alone. The command need not be in the allow-list yet: this is how it is tried before it gets there. With
 * `each` for DAEMON, every daemon answers, and the entry is `COMMAND DAEMON`. A `VRF` in the command stands for each
 * VRF of the node. The run fails when a daemon does not survive a command.
 *
 * `--collector NAME` adds whatever that collector queries and a recording does not have yet. `--links` does the same with
 * the links of the node's interfaces, and `--kernel` with the kernel's routing tables.
 *
 * Needs root.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { poll, runEverything } from '../src/cli/record.ts';
import { ALL_COLLECTORS } from '../src/collectors/configurable.ts';
import { parseVrfs } from '../src/collectors/vrfs.ts';
import { defaults } from '../src/flags/flag.ts';
import type { InterfaceAddress } from '../src/frr/addresses.ts';
import { COMMANDS } from '../src/frr/commands.ts';
import type { Link } from '../src/frr/links.ts';
import { createRecorder } from '../src/frr/recorder.ts';
import { type Recorded, writeRecording } from '../src/frr/recording.ts';
import type { FrrSource } from '../src/frr/source.ts';
import { vtyshSource } from '../src/frr/vtysh.ts';
import {
  ADDRESSES,
  configureRpki,
  DAEMONS,
  FRR_VERSIONS,
  type FrrVersion,
  FULL,
  filterTenantAddress,
  type Lab,
  type Router,
  startLab,
  startRpkiCache,
  TRIPLEO,
  waitFor,
} from '../test/lab/index.ts';
import {
  readSituation,
  removeUnusedAnswers,
  type Situation,
  storeAnswer,
  storeRecording,
  writeSituation,
} from '../test/recordings.ts';

interface Happening {
  readonly name: string;
  readonly notOn?: FrrVersion;
  /** Brings the laboratory from the situation before into this one. */
  happen(lab: Lab): Promise<unknown>;
}

/** One after another in one laboratory with the topology TRIPLEO. */
const SITUATIONS: readonly Happening[] = [
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
const SITUATIONS_OF_EVERY_KIND: readonly Happening[] = [
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

/** One after another in one laboratory with the topology ADDRESSES. */
const SITUATIONS_OF_ADDRESSES: readonly Happening[] = [
  { name: 'tenant-addresses', happen: () => seconds(5) },
  {
    name: 'tenant-addresses-filtered',
    happen: async (lab) => {
      await filterTenantAddress(lab.node);
      await seconds(8);
    },
  },
  {
    name: 'tenant-addresses-withdrawn',
    happen: async (lab) => {
      await lab.inVrf('node', 'tenant-c', 'route del 203.0.113.30/32 dev ten0');
      await seconds(5);
    },
  },
  {
    name: 'tenant-vrf-gone',
    // Debian's zebra 10.3 dies when the namespace of a VRF goes.
    notOn: '10.3',
    happen: async (lab) => {
      await lab.removeVrf('node', 'tenant-c');
      await seconds(5);
    },
  },
];

/** With the topology DAEMONS. */
const SITUATIONS_OF_OTHER_DAEMONS: readonly Happening[] = [
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

/** Waits until a session is down, and two seconds more, so that FRR reports all the reasons it finds. */
async function untilDown(lab: Lab, peer: string, family = 'ipv4Unicast'): Promise<void> {
  type Summary = Readonly<
    Record<string, { readonly peers: Readonly<Record<string, { readonly state: string }>> }>
  >;
  const state = async () =>
    (await lab.node.json<Summary>('show bgp summary json'))[family]?.peers[peer]?.state;
  await waitFor(async () => (await state()) !== 'Established', { within: 20_000, for: `${peer} to go down` });
  await seconds(2);
}

/**
 * Runs an expression of this program in the node's network namespace, where alone its addresses, links and routes are seen.
 * @param module in src/frr, which is `it` in the expression
 */
async function onNode<Result>(router: Router, module: string, expression: string): Promise<Result> {
  const url = JSON.stringify(new URL(`../src/frr/${module}`, import.meta.url));
  const print = `const it = await import(${url}); process.stdout.write(JSON.stringify(await ${expression} ?? null))`;
  return JSON.parse(await router.run(process.execPath, '--input-type=module', '--eval', print));
}

const addressesOf = (router: Router) =>
  onNode<readonly InterfaceAddress[]>(router, 'addresses.ts', 'it.interfaceAddresses()');

const linksOf = (router: Router) => onNode<readonly Link[]>(router, 'links.ts', 'it.interfaceLinks()');

/** What is recorded of the node now. */
async function situationOf(node: Router, recorded: readonly Recorded[]): Promise<Situation> {
  const directory = mkdtempSync(path.join(tmpdir(), 'frr-exporter-recording-'));
  try {
    await writeRecording(directory, recorded, await addressesOf(node), await linksOf(node));
    await onNode(node, 'kernel-routes.ts', `it.copyKernelRoutes(${JSON.stringify(directory)})`);
    return storeRecording(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function sourceOf(node: Router): FrrSource {
  const source = vtyshSource({
    kind: 'vtysh',
    socketDir: '/var/run/frr',
    pathspace: node.namespace,
    vtyshPath: 'vtysh',
    vtyshPrefix: node.root.path === '/' ? [] : ['chroot', node.root.path],
    maxOutput: 64 * 1024 * 1024,
  });
  return { ...source, addresses: () => addressesOf(node), links: () => linksOf(node) };
}

/** Seconds that a command may take. */
const TIMEOUT = 20;

const signal = () => AbortSignal.timeout(TIMEOUT * 1_000);

async function vrfsOf(source: FrrSource): Promise<readonly string[]> {
  return ['default', ...parseVrfs((await source.show(COMMANDS.vrfs, signal())).bytes.toString())];
}

const collectors = ALL_COLLECTORS.make(defaults);

/** Records the commands of all collectors. */
async function record({ node }: Lab, name: string): Promise<void> {
  const source = createRecorder(sourceOf(node), TIMEOUT);
  await runEverything(source, await addressesOf(node), { collectors, frrTimeout: TIMEOUT });
  await source.close();
  // Daemons that the laboratory does not have add nothing.
  const recorded = source
    .recorded()
    .filter(({ command: { daemon } }) => ['watchfrr', ...node.daemons].includes(daemon));
  writeSituation(name, await situationOf(node, recorded));
}

/** What `--add` names: a daemon, or `each`, and a command, in which `VRF` stands for each VRF. */
interface Addition {
  readonly daemon: string;
  readonly command: string;
}

function parseAddition(text: string): Addition {
  const [, daemon, command] = /^(\w+): (show .+)$/.exec(text) ?? [];
  if (daemon === undefined || command === undefined)
    throw new Error(`--add ${JSON.stringify(text)}: must be like 'bgpd: show bgp router json'`);
  return { daemon, command };
}

/** Adds what a collector queries to an existing recording. */
async function addPoll({ node }: Lab, name: string, collectorName: string): Promise<void> {
  const collector = collectors.find((one) => one.name === collectorName);
  if (collector === undefined) throw new Error(`There is no collector ${collectorName}`);
  const source = createRecorder(sourceOf(node), TIMEOUT);
  await poll(source, collector, TIMEOUT);
  await source.close();
  const situation = readSituation(name);
  const recorded = source
    .recorded()
    .filter(({ command }) => !Object.hasOwn(situation.index, command.recordedAs));
  for (const { command } of recorded) process.stdout.write(`  ${command.daemon}: ${command.text}\n`);
  const { index } = await situationOf(node, recorded);
  writeSituation(name, { ...situation, index: { ...situation.index, ...index } });
}

/** Adds the answers to some commands to an existing recording. */
async function add(
  { node }: Lab,
  name: string,
  additions: readonly Addition[],
  { links: withLinks, kernel: withKernel }: { readonly links: boolean; readonly kernel: boolean },
): Promise<void> {
  const source = sourceOf(node);
  const vrfs = await vrfsOf(source);
  await source.close();
  const { index, addresses, ...before } = readSituation(name);
  const alive = () => node.daemons.filter((daemon) => node.pid(daemon) !== undefined);
  for (const { daemon, command } of additions) {
    const texts = command.includes('VRF') ? vrfs.map((vrf) => command.replace('VRF', vrf)) : [command];
    for (const each of daemon === 'each' ? node.daemons : [daemon])
      for (const text of texts) {
        const before = alive();
        const { stdout, stderr, exitCode } = await vtysh(node, each, text);
        const dead = before.filter((one) => !alive().includes(one));
        if (dead.length > 0) throw new Error(`${name}: "${text}" ended ${dead.join(', ')}`);
        const file = storeAnswer(Buffer.from(stdout), text.endsWith(' json') ? '.json' : '.txt');
        index[daemon === 'each' ? `${text} ${each}` : text] = { file, exit: exitCode ?? 1, stderr };
        process.stdout.write(`  ${each}: ${text}: ${stdout.length} bytes, exit status ${exitCode}\n`);
      }
  }
  const now = await situationOf(node, []);
  writeSituation(name, {
    index,
    addresses,
    links: withLinks ? now.links : before.links,
    kernel: withKernel ? now.kernel : before.kernel,
  });
}

function vtysh({ root, namespace }: Router, daemon: string, command: string) {
  const [program, ...args] = [
    ...(root.path === '/' ? [] : ['chroot', root.path]),
    ...['vtysh', '-N', namespace, '-d', daemon, '-c', command],
  ] as [string, ...string[]];
  const env = { VTYSH_HISTFILE: '', LC_ALL: 'C' };
  return execa(program, args, { env, reject: false, timeout: 20_000, stripFinalNewline: false });
}

const { values, positionals } = parseArgs({
  options: {
    add: { type: 'string', multiple: true, default: [] },
    collector: { type: 'string', multiple: true, default: [] },
    links: { type: 'boolean', default: false },
    kernel: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [version, ...wanted] = positionals;
if (!FRR_VERSIONS.includes(version as FrrVersion))
  throw new Error(`Which FRR version? One of ${FRR_VERSIONS.join(', ')}`);
const additions = values.add.map(parseAddition);

for (const [situations, topology] of [
  [SITUATIONS, TRIPLEO],
  [SITUATIONS_OF_EVERY_KIND, FULL],
  [SITUATIONS_OF_OTHER_DAEMONS, DAEMONS],
  [SITUATIONS_OF_ADDRESSES, ADDRESSES],
] as const) {
  if (wanted.length > 0 && !situations.some(({ name }) => wanted.includes(name))) continue;
  await using lab = await startLab({ version: version as FrrVersion, name: 'record', topology });
  for (const { name, notOn, happen } of situations) {
    if (notOn === version) continue;
    await happen(lab);
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const recording = `${version}/${name}`;
    process.stdout.write(`${recording}\n`);
    for (const collector of values.collector) await addPoll(lab, recording, collector);
    if (values.collector.length > 0) continue;
    if (additions.length > 0 || values.links || values.kernel) await add(lab, recording, additions, values);
    else await record(lab, recording);
  }
}
removeUnusedAnswers();
