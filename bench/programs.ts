/** The programs that are compared: this exporter and prometheus-frr-exporter, each with sockets and with vtysh. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OtherExporterVersion, otherExporter } from '../test/lab/other-exporter.ts';
import { belongingTo } from '../test/lab/ownership.ts';
import { answers, freePort, type Running, start } from '../test/lab/process.ts';

/** The FRR to monitor. */
export interface Target {
  /** Name of the laboratory; the program stops with it. */
  readonly name: string;
  readonly socketFolder: string;
  readonly pathspace: string;
}

export interface Program {
  /** The name in the tables. */
  readonly name: string;
  readonly ours: boolean;
  /** Starts it for the target; resolves when it serves metrics. */
  start(target: Target, flags?: readonly string[]): Promise<Started>;
}

export interface Started extends Running {
  readonly url: string;
  /** Seconds from the start of the process to the first scrape with sessions. */
  readonly startSeconds: number;
}

const BUILT = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** What the image and the packages add for Node.js 24; see src/main.ts. */
const LEAN = [
  '--memory-saver-mode',
  '--no-sparkplug',
  '--no-maglev',
  '--invocation-count-for-turbofan=15000',
];

/** The output of `npm run build`, started as its first line says, like the packages and the image. */
function shipped(): string[] {
  const [, words] = /^#!\/usr\/bin\/env -S (.+)$/m.exec(readFileSync(BUILT, 'utf8')) ?? [];
  if (words === undefined) throw new Error(`${BUILT} does not start with a #! line`);
  return [
    'env',
    ...words.split(' ').map((word) => (word === 'node' ? process.execPath : word)),
    ...LEAN,
    BUILT,
  ];
}

/** The first scrape that contains FRR's BGP sessions counts. */
const SESSIONS = /^frr_bgp_(session_up|peer_state)\{/m;

async function startUntilSessions(
  command: readonly string[],
  port: number,
  target: Target,
): Promise<Started> {
  const [program, ...args] = command as [string, ...string[]];
  const url = `http://127.0.0.1:${port}/metrics`;
  const begun = performance.now();
  const ready = async () => {
    if (!(await answers(url))) return false;
    return SESSIONS.test(await (await fetch(url)).text());
  };
  const running = await start(program, args, { env: belongingTo(target.name), ready });
  return { ...running, url, startSeconds: (performance.now() - begun) / 1000 };
}

function ours(name: string, ...own: readonly string[]): Program {
  return {
    name,
    ours: true,
    start: async (target, flags = []) => {
      const port = await freePort();
      const where = [`--frr.socket.dir-path=${target.socketFolder}`, `--frr.pathspace=${target.pathspace}`];
      const command = [...shipped(), `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'];
      return startUntilSessions([...command, ...where, ...own, ...flags], port, target);
    },
  };
}

function theirs(version: OtherExporterVersion, name: string, byVtysh: boolean): Program {
  return {
    name: `prometheus-frr-exporter ${version}, ${name}`,
    ours: false,
    start: async (target) => {
      const port = await freePort();
      const families = ['--collector.bgp6', '--collector.bgpl2vpn', '--no-collector.ospf'];
      // It splits its vtysh options at blanks. Its sockets are in the directory of the path space.
      const how = byVtysh
        ? ['--frr.vtysh', `--frr.vtysh.options=-N ${target.pathspace}`]
        : [`--frr.socket.dir-path=${target.socketFolder}/${target.pathspace}`];
      const command = [...(await otherExporter(version)), `--web.listen-address=127.0.0.1:${port}`];
      return startUntilSessions([...command, ...families, ...how], port, target);
    },
  };
}

export const OURS_BY_SOCKETS = ours('frr-exporter, sockets', '--frr.source=socket');
export const OURS_BY_VTYSH = ours('frr-exporter, vtysh', '--frr.source=vtysh');

/** The topics of both exporters: sessions, prefixes, BFD and routes, without reasons, host routes, EVPN and daemons. */
const SAME = ['--collector.disable-defaults', '--collector.bgp', '--collector.bfd', '--collector.rib'];
export const SAME_BY_SOCKETS = ours('frr-exporter, sockets, the same series', '--frr.source=socket', ...SAME);
export const SAME_BY_VTYSH = ours('frr-exporter, vtysh, the same series', '--frr.source=vtysh', ...SAME);

/** The latest version of prometheus-frr-exporter, with which this exporter is compared. */
export const OTHER_BY_SOCKETS = theirs('1.11.0', 'sockets', false);
export const OTHER_BY_VTYSH = theirs('1.11.0', 'vtysh', true);

export const PROGRAMS: readonly Program[] = [
  SAME_BY_SOCKETS,
  OURS_BY_SOCKETS,
  SAME_BY_VTYSH,
  OURS_BY_VTYSH,
  OTHER_BY_SOCKETS,
  OTHER_BY_VTYSH,
  theirs('1.1.4', 'sockets', false),
  theirs('1.1.4', 'vtysh', true),
];
