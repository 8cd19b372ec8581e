/** The commands of README.md, so that tests run them as they are printed there. */
import { readFileSync } from 'node:fs';

export const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** What a command in a sentence or a table begins with. */
const PROGRAM = /^(apt|frr-exporter|make|npm|podman|bin\/frr-exporter)( |$)/;

function shellLines(): readonly string[] {
  return [...README.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block]) => (block as string).split('\n'))
    .map((line) => line.replace(/\s+#.*/, '').trim())
    .filter((line) => line !== '');
}

function inSentences(): readonly string[] {
  const text = README.replaceAll(/^```.*?^```/gms, '').replaceAll(/<!--.*?-->/gs, '');
  return [...text.matchAll(/`([^`\n]+)`/g)]
    .map(([, code]) => code as string)
    .filter((code) => PROGRAM.test(code));
}

/** Every command, once, without its comment. */
export const README_COMMANDS: readonly string[] = [...new Set([...shellLines(), ...inSentences()])];

/** @returns the only command with this beginning @throws if the README has none, or more than one */
export function readmeCommand(beginning: string): string {
  const [command, ...others] = README_COMMANDS.filter(
    (one) => one === beginning || one.startsWith(`${beginning} `),
  );
  if (command === undefined || others.length > 0)
    throw new Error(`README.md must contain one command that begins with "${beginning}"`);
  return command;
}
