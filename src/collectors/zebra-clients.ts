/** The daemons that are connected to zebra, and for how long. */
import { DAEMONS, type Daemon } from '../frr/commands.ts';

const NAMES: ReadonlyMap<string, Daemon> = new Map(DAEMONS.map((daemon) => [daemon, daemon]));

/** A daemon by its name; undefined when we do not know it. */
export function daemonNamed(name: string): Daemon | undefined {
  return NAMES.get(name);
}

/**
 * Seconds since each daemon connected to zebra, from `show zebra client summary`. FRR names its clients by protocol
 * (`bgp` is bgpd). A daemon can be connected several times; its oldest connection counts.
 */
export function parseZebraClients(text: string): ReadonlyMap<Daemon, number> {
  const connections = new Map<Daemon, number>();
  for (const [, protocol, connectTime] of text.matchAll(/^(\S+) +(\S+) +\S+ +\S+ +\d+\/\d+/gm)) {
    const daemon = daemonNamed(`${protocol}d`);
    const seconds = parseAge(connectTime as string);
    if (daemon === undefined || seconds === undefined) continue;
    connections.set(daemon, Math.max(seconds, connections.get(daemon) ?? 0));
  }
  return connections;
}

/**
 * Seconds in a time as zebra writes it: `00:01:50`, from a day on `1d02h03m`, from a week on `02w3d04h`.
 * Longer times are less exact, but they never run backwards.
 */
export function parseAge(text: string): number | undefined {
  const clock = /^(\d+):(\d\d):(\d\d)$/.exec(text);
  if (clock !== null) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  const calendar = /^(?:(\d+)w)?(\d+)d(\d+)h(?:(\d+)m)?$/.exec(text);
  if (calendar === null) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = calendar.slice(1).map((part) => Number(part ?? 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60;
}
