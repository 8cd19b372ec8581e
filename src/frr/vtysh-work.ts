/**
 * How long FRR worked on a command, estimated from how long vtysh ran.
 *
 * A run consists of vtysh's own start, FRR's work, and waiting for a CPU. The work is the same from one run to the next;
 * the rest varies and only adds to it. So the best estimate is the shortest of a command's latest runs, minus the start
 * of vtysh. A router that is busy with something else must not be taken for one that is busy with these commands: it
 * would be polled less and less often.
 */

/** Runs of one command that are remembered: fewer would let a busy moment count, more would miss a table that grew. */
const REMEMBERED = 5;
/** Starting vtysh takes 20 to 50 ms, and not always the same: this much of the quickest run of all is its start. */
const START_AT_MOST = 1.5;
/** A command that has run less often than this is given the benefit of the doubt ... */
const TRUSTED_AFTER = 3;
/**
 * ... by these seconds: at the program's start several vtysh run at once, and the program itself is busy. Believing one
 * such run would delay the next poll by half a minute.
 */
const DOUBT = 1;
/** Maximum number of commands to remember. The least recently sent is forgotten, such as one for a VRF that was removed. */
const COMMANDS = 1000;

/** Creates an estimator: from a command and the seconds of its latest good run it estimates the seconds of FRR's work. */
export function vtyshWork(): (command: string, seconds: number) => number {
  const latest = new Map<string, readonly number[]>();
  let quickest = Number.POSITIVE_INFINITY;
  return (command, seconds) => {
    quickest = Math.min(quickest, seconds);
    const runs = [...(latest.get(command) ?? []), seconds].slice(-REMEMBERED);
    // Moved to the end: the first entry is then the least recently sent command.
    latest.delete(command);
    latest.set(command, runs);
    if (latest.size > COMMANDS) latest.delete(latest.keys().next().value as string);
    const doubt = runs.length < TRUSTED_AFTER ? DOUBT : 0;
    return Math.max(0, Math.min(...runs) - START_AT_MOST * quickest - doubt);
  };
}
