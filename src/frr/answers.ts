/**
 * Distinguishes an answer from a failure by the output of vtysh or a daemon and by the exit status.
 *
 * FRR reports most failures as text for people, in a different place from version to version: a dead daemon is
 * `bgpd is not running` on standard error, with exit status 1 on 8.4 and 10 but 0 on 7.5; an unknown command is a
 * line on standard output; a daemon that dies during an answer adds a line to the incomplete JSON. The patterns here
 * match the messages in FRR's vtysh/vtysh.c, vtysh/vtysh_main.c and lib/vty.c.
 */
import type { Command } from './commands.ts';
import { FrrError, type FrrErrorReason } from './source.ts';

/** The result of a run of vtysh. */
export interface VtyshOutput {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Exit status; undefined when a signal ended it. */
  readonly exit: number | undefined;
}

/** Return codes of a daemon, the last byte of a reply on its socket (FRR's lib/command.h). */
const SUCCESS = 0;
/** Such as `{}` for a prefix that is not in the table. vtysh treats it as success and exits with 0. */
const WARNING = 1;
const NO_MATCH = 2;
const AMBIGUOUS = 3;
const INCOMPLETE = 4;

/** The last line of the answer to a command that FRR did not understand; on a socket it includes the daemon's name. */
const NOT_UNDERSTOOD = /^% (?:\[\w+\] )?(?:Unknown command|Command incomplete|Ambiguous command)/m;
const CUT_OFF = /closing connection to \w+ because of an I\/O error/;
/** The same text at the end of an incomplete answer; anywhere else it may be the host name of a peer. */
const CUT_OFF_AT_END = new RegExp(`${CUT_OFF.source}!?\\s*$`);
const NOT_RUNNING =
  /\bis not running\b|failed to connect to any daemons|no daemons match name|container state improper/;
/** vtysh prints this for every user but root, whether the daemon is dead or its socket is not accessible. */
const NOT_ROOT = /try running me as a privileged user/;
const NOT_PERMITTED =
  /permission denied|operation not permitted|password is required|not in the sudoers|not allowed to execute/i;
const NOT_THERE = /not found|no such (?:file|container)|no container with name/i;

/** Lines of standard error that do not concern the command: vtysh reads its own configuration as the current user. */
const IRRELEVANT = /vtysh\.conf|^Warning: connecting to|^\s*$/;

/**
 * The answer to `command`, or why there is none.
 * @throws FrrError
 */
export function answerOfVtysh(command: Command, output: VtyshOutput): Buffer {
  const { stdout, stderr, exit } = output;
  const { daemon } = command;
  if (NOT_RUNNING.test(stderr)) {
    const orElse = NOT_ROOT.test(stderr)
      ? ', or vtysh may not use its socket: it must run as root or in the group of the socket (frrvty)'
      : '';
    throw new FrrError('not_running', daemon, `${daemon} is not running${orElse}`);
  }
  if (CUT_OFF.test(stderr) || CUT_OFF_AT_END.test(endOf(stdout))) {
    throw new FrrError('truncated', daemon, `${daemon} ended while it answered "${command.text}"`);
  }
  refuseWhatIsNoAnswer(command, stdout);
  if (exit === 0) return stdout;
  throw new FrrError(
    reasonOfFailure(stderr),
    daemon,
    `vtysh could not query ${daemon} (exit status ${exit ?? 'none'}): ${wordsOf(stderr) || wordsOf(beginningOf(stdout)) || 'no message'}`,
  );
}

/**
 * A daemon's reply on its socket, or why it is no answer.
 * @param code the return code at the end of the reply
 * @throws FrrError
 */
export function answerOfDaemon(command: Command, reply: Buffer, code: number): Buffer {
  if (code === NO_MATCH || code === AMBIGUOUS || code === INCOMPLETE)
    throw notUnderstood(command, beginningOf(reply));
  refuseWhatIsNoAnswer(command, reply);
  if (code === SUCCESS || code === WARNING) return reply;
  throw new FrrError(
    'failed',
    command.daemon,
    `${command.daemon} failed at "${command.text}" (return code ${code}): ${wordsOf(beginningOf(reply)) || 'no message'}`,
  );
}

function refuseWhatIsNoAnswer(command: Command, answer: Buffer): void {
  // Of several commands in one run it is the last one that fails, and the rest may be megabytes of JSON.
  const end = lastLinesOf(answer);
  if (NOT_UNDERSTOOD.test(end)) throw notUnderstood(command, end);
  if (command.format === 'json' && answer[0] === PERCENT)
    throw new FrrError(
      'failed',
      command.daemon,
      `${command.daemon} on "${command.text}": ${wordsOf(beginningOf(answer))}`,
    );
}

const PERCENT = 0x25;

/** The part of an answer in which an error message can be. */
const beginningOf = (answer: Buffer): string => answer.toString('utf8', 0, 10_000);

const endOf = (answer: Buffer): string => answer.toString('utf8', Math.max(0, answer.length - 500));

/** The complete lines at the end: a part of a line could look like a different line. */
function lastLinesOf(answer: Buffer): string {
  if (answer.length <= 500) return answer.toString('utf8');
  const lineEnd = answer.indexOf('\n', answer.length - 501);
  return lineEnd === -1 ? '' : answer.toString('utf8', lineEnd + 1);
}

function notUnderstood(command: Command, text: string): FrrError {
  const words = NOT_UNDERSTOOD.exec(text);
  return new FrrError(
    'unknown_command',
    command.daemon,
    `this FRR does not know the command: ${words === null ? command.text : wordsOf(text.slice(words.index))}`,
  );
}

function reasonOfFailure(stderr: string): FrrErrorReason {
  if (NOT_PERMITTED.test(withoutIrrelevant(stderr))) return 'permission_denied';
  if (NOT_THERE.test(withoutIrrelevant(stderr))) return 'not_installed';
  return 'failed';
}

function withoutIrrelevant(text: string): string {
  return text
    .split('\n')
    .filter((line) => !IRRELEVANT.test(line))
    .join('\n');
}

/** The first relevant line, shortened to fit into a message. */
function wordsOf(text: string): string {
  return (withoutIrrelevant(text.slice(0, 10_000)).split('\n')[0] ?? '').trim().slice(0, 200);
}
