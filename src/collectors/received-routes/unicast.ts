/** Reads a unicast table in ranges, round after round, so that bgpd is not held up. */
import { setTimeout as pause } from 'node:timers/promises';
import { inTurns } from '../../base/turns.ts';
import { type Prefix, parsePrefix } from '../../frr/addresses.ts';
import { bgpChanged, bgpPrefix, bgpRange, type Command } from '../../frr/commands.ts';
import type { Frr } from '../collector.ts';
import { fields, word } from '../fields.ts';
import { type Path, type Routes, readPaths } from './paths.ts';
import { type Division, divide, evenly, type Range, rangeText, UNDIVIDED } from './ranges.ts';

/**
 * Paths in a piece: 0.8 MB, and 12 ms of bgpd besides the walk through its table. A piece may grow by half before the table is
 * divided again, so that by what was measured bgpd works no longer than 50 ms for one up to 80,000 prefixes.
 */
const MOST_PATHS = 2_500;

/** What a piece, and a table since it was last read, may grow by. */
const GROWTH = 1.5;

/** The routes that changed last, by which a table is divided that has not been read. */
const SAMPLE = 1_000;

/** Milliseconds between two pieces, in which bgpd does its own work. */
const PAUSE = 20;

export interface TableReader {
  /**
   * Reads the table.
   * @param received the number of paths in it, as the summary counts them
   * @param version of the table, as the summary has it
   * @throws FrrError
   */
  read(frr: Frr, received: number, version: number): Promise<Routes>;
}

/**
 * Reads one table, round after round, in pieces that follow from what the round before found. A table that is much larger than what
 * was found, as in the first round, is divided by the routes that changed last, as if the others were distributed like them.
 *
 * Ranges in which nothing was found are searched when paths are missing, as if there were up to twice as many in a range as are known already. One
 * range without routes is read in every round, which finds routes there even if as many paths have gone elsewhere.
 */
export function createTableReader(
  vrf: string,
  afi: 'ipv4' | 'ipv6',
  include: readonly string[],
): TableReader {
  let division: Division = UNDIVIDED;
  let known = 0;
  let round = 0;
  return {
    async read(frr, received, version) {
      const routes: Routes = new Map();
      if (received === 0) return routes;
      let found = 0;
      let uneven = false;

      const add = (text: string, paths: readonly Path[]) => {
        if (paths.length === 0 || routes.has(text)) return;
        routes.set(text, paths);
        found += paths.length;
      };
      const readRoutes = async (command: Command, pass: typeof add) => {
        const answer = await frr.routes(command);
        await inTurns(eachRoute(answer, (text, paths) => pass(text, readPaths(paths))));
        await pause(PAUSE);
      };
      const readRange = async (range: Range, most: number) => {
        const before = found;
        await readRoutes(bgpRange(vrf, parsePrefix(rangeText(afi, range)) as Prefix), add);
        uneven ||= found - before > most;
      };
      const lookUp = async (texts: Iterable<string>) => {
        const commands = [...texts].map((text) => bgpPrefix(vrf, parsePrefix(text) as Prefix));
        for (const answer of await frr.jsonEach(commands)) {
          const { prefix: text, paths } = fields(answer);
          if (parsePrefix(word(text)) !== undefined) add(word(text), readPaths(paths));
        }
      };

      if (received > GROWTH * Math.max(MOST_PATHS, known)) {
        const sample: (readonly [string, number])[] = [];
        await readRoutes(bgpChanged(vrf, afi, version - SAMPLE + 1), (text, { length }) => {
          if (length > 0) sample.push([text, length]);
        });
        const each = received / sample.reduce((sum, [, paths]) => sum + paths, 0);
        const all = sample.map(([text, paths]) => [text, paths * each] as const);
        division = await inTurns(divide(afi, all, MOST_PATHS));
        uneven = true;
      }

      const { pieces, gaps, shorter, splits } = division;
      for (const piece of pieces) await readRange(piece, GROWTH * MOST_PATHS);
      await lookUp(new Set([...shorter, ...include]));
      if (found < received) await lookUp(splits.map((range) => rangeText(afi, range)));
      const next = gaps[round++ % gaps.length];
      const missing = found < received;
      for (const gap of missing ? nearestFirst(gaps) : gaps.filter((one) => one === next)) {
        if (missing && found >= received) break;
        const times = Math.log2(Math.min(2 * found, received - found) / MOST_PATHS);
        for (const part of evenly(afi, gap, Math.max(0, Math.ceil(times)))) await readRange(part, 0);
      }
      uneven ||= pieces.length > 4 + (4 * found) / MOST_PATHS;
      if (uneven) {
        const counts = [...routes].map(([text, paths]) => [text, paths.length] as const);
        division = await inTurns(divide(afi, counts, MOST_PATHS));
      }
      known = found;
      return routes;
    },
  };
}

/** A small range lies next to routes that are known, and is the size of the range that has them. */
const nearestFirst = (gaps: readonly Range[]) => gaps.toSorted((a, b) => b.length - a.length);

/** Passes on the routes that can be read, in turns. */
function* eachRoute(
  answer: Iterable<readonly [prefix: string, paths: unknown]>,
  pass: (prefix: string, paths: unknown) => void,
): Generator<void, void, void> {
  for (const [text, paths] of answer) {
    if (parsePrefix(text) !== undefined) pass(text, paths);
    yield;
  }
}
