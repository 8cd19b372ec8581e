/** docs/flags.md, made of the flags' own declarations: `make docs` writes it, and a test holds the file to it. */
import { defaultText, flagUsage } from '../src/cli/command-line.ts';
import { COLLECTORS } from '../src/collectors/index.ts';
import { allFlags } from '../src/flags/config.ts';
import { environmentName, FLAG_GROUPS, type Flag, isSwitch } from '../src/flags/flag.ts';

/** Text of a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function row(flag: Flag): string {
  const takes = isSwitch(flag) ? '' : cell(flag.kind.takes);
  const preset = defaultText(flag);
  const cells = [
    `\`${cell(flagUsage(flag))}\``,
    cell(flag.help),
    takes,
    preset === undefined ? '' : `\`${cell(preset)}\``,
    `\`${environmentName(flag)}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

function section(group: Flag['group'], flags: readonly Flag[]): string {
  return [
    `## ${group}`,
    '',
    '| flag | meaning | takes | default | in the environment |',
    '| --- | --- | --- | --- | --- |',
    ...flags.filter((flag) => flag.group === group).map(row),
  ].join('\n');
}

/** The whole page. */
export function flagsPage(): string {
  const flags = allFlags(COLLECTORS);
  const parts = [
    '# Flags',
    '<!-- Made by `make docs` from the code; a test fails when it is out of date. -->',
    `    frr-exporter [serve|once|record DIR|doctor] [flags]

Flags stand before or after the command: \`--frr.timeout=2s\` or \`--frr.timeout 2s\`; a switch is \`--name\` or \`--no-name\`.
Where a flag is given more than once, the last one counts, except for those that make a list.`,
    `Every flag can also be given in the environment; the command line wins. A switch is then \`true\` or \`false\` (also \`1\`/\`0\`,
\`yes\`/\`no\`, \`on\`/\`off\`), a list has commas between its values, and an empty variable counts as not set:

    FRR_EXPORTER_WEB_LISTEN_ADDRESS=127.0.0.1:9342,[::1]:9342
    FRR_EXPORTER_COLLECTOR_EVPN=false`,
    `An unknown flag and a bad value end the program with exit status 2 and one line that says what is taken. A variable
\`FRR_EXPORTER_...\` that is no setting is told in the log. Durations have units (\`500ms\`, \`5s\`, \`1m30s\`, \`2h\`, \`1d\`), and so
have sizes (\`512KiB\`, \`64MiB\`).`,
    `\`--frr.vtysh.prefix\` is a program and its arguments, not a line for a shell: words are split at blanks, and there are no
quotes. Where an argument has a blank, write a JSON array, on the command line as in the environment:

    --frr.vtysh.prefix="podman exec frr"
    --frr.vtysh.prefix='["ssh","node","--","sudo","-n"]'`,
    `Host routes are those of the network namespace that the exporter runs in. Where the prefix leads into another one (\`ip netns
exec\`, \`nsenter\`, \`ssh\`) they are left out, and a line of the log says so: run the exporter in that namespace, without the
prefix, or say \`--collector.host-routes\` where the addresses are the same. A container is taken to share the network of its host.`,
    ...FLAG_GROUPS.map((group) => section(group, flags)),
  ];
  return `${parts.join('\n\n')}\n`;
}
