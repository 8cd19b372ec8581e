/** What a collector declares of its commands is what it sends; and the allow-list has no command that nobody sends. */
import { describe, expect, test } from 'vitest';
import type { ActiveCollector, Frr } from '../../../src/collectors/collector.ts';
import { COMMANDS, type Command, showVersion } from '../../../src/frr/commands.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { collectors, recordedFrr } from './recorded.ts';

/** What stands for the parameters of a command in its declaration, as a pattern of what they can be. */
const PARAMETERS: readonly (readonly [RegExp, string])[] = [
  [/ \\\[vrf NAME(?:\|all)?\\\]/g, '(?: vrf \\S+)?'],
  [/PREFIX/g, '[0-9a-f.:]+/\\d+'],
  [/ RD /g, ' [0-9.]+:\\d+ '],
];

function declares(collector: ActiveCollector, { text }: Command): boolean {
  const variants = collector.commands.flatMap((command) => command.text.split(', '));
  return variants.some((variant) => {
    const escaped = variant.replaceAll(/[[\]().]/g, String.raw`\$&`);
    const pattern = PARAMETERS.reduce((found, [name, values]) => found.replaceAll(name, values), escaped);
    return new RegExp(`^${pattern}$`).test(text);
  });
}

/** FRR that notes what it is sent. */
function noting(frr: Frr, sent: Command[]): Frr {
  const note =
    <Answer>(send: (command: Command) => Promise<Answer>) =>
    (command: Command) => {
      sent.push(command);
      return send(command);
    };
  return {
    ...frr,
    json: note(frr.json),
    text: note(frr.text),
    routes: note(frr.routes),
    jsonEach: (commands) => {
      sent.push(...commands);
      return frr.jsonEach(commands);
    },
    documentsEach: (commands) => {
      sent.push(...commands);
      return frr.documentsEach(commands);
    },
  };
}

const compat = { enabled: true, groups: true, types: true };

describe.each(['7.5.1/every-kind', '10.7.1/every-kind', '8.4.4/other-daemons'])('%s', (recording) => {
  test.each([...collectors(), ...collectors(compat)].map((one) => [one.name, one] as const))(
    '%s',
    async (_, one) => {
      const sent: Command[] = [];
      const frr = noting(await recordedFrr(recording), sent);
      await one.query(frr).catch((error: unknown) => {
        if (!(error instanceof FrrError)) throw error;
      });
      expect(sent.filter((command) => !declares(one, command)).map(({ text }) => text)).toEqual([]);
    },
  );
});

test("every command of the allow-list is some collector's", () => {
  const declared = new Set(collectors(compat).flatMap(({ commands }) => commands.map(({ text }) => text)));
  expect(
    Object.values(COMMANDS)
      .map(({ text }) => text)
      .filter((text) => !declared.has(text)),
  ).toEqual([]);
  expect(declared).toContain(showVersion.text);
});
