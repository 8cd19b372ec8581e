/**
 * Splits what one `vtysh -E -c COMMAND -c COMMAND ...` wrote into the answers.
 *
 * With `-E` vtysh writes its prompt and the command before each answer (FRR's vtysh/vtysh_main.c). The first command that
 * fails ends the run; its words are the last answer.
 */

/** Prompts of vtysh end so: after `enable`, and before. */
const PROMPT_END = /[#>] $/;

/**
 * The answers to the commands that vtysh reached, in their order; undefined when the output does not separate them:
 * without an echo, or when an answer has what looks like the echo of another command.
 */
export function splitEchoed(output: Buffer, commands: readonly string[]): readonly Buffer[] | undefined {
  const [first = ''] = commands;
  const firstLine = output.indexOf(`${first}\n`);
  if (firstLine === -1) return undefined;
  const prompt = output.toString('utf8', 0, firstLine);
  if (!PROMPT_END.test(prompt) || prompt.includes('\n')) return undefined;
  const answers: Buffer[] = [];
  let start = 0;
  for (const [index, command] of commands.entries()) {
    const echo = `${prompt}${command}\n`;
    if (output.indexOf(echo, start) !== start) return undefined;
    start += Buffer.byteLength(echo);
    const next = commands[index + 1];
    const nextEcho = next === undefined ? undefined : `${prompt}${next}\n`;
    const end = nextEcho === undefined ? -1 : output.indexOf(nextEcho, start);
    answers.push(output.subarray(start, end === -1 ? output.length : end));
    if (end === -1) break;
    if (output.indexOf(nextEcho as string, end + 1) !== -1) return undefined;
    start = end;
  }
  return answers;
}
