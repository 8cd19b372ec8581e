/** docs/flags.md, made of the flags' own declarations: `make docs` writes it, and a test holds the file to it. */
import { COMMANDS, commandUsage, defaultText, flagUsage } from '../src/cli/command-line.ts';
import { ALL_COLLECTORS } from '../src/collectors/configurable.ts';
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
    '| flag | meaning | value | default | environment variable |',
    '| --- | --- | --- | --- | --- |',
    ...flags.filter((flag) => flag.group === group).map(row),
  ].join('\n');
}

/** The whole page. */
export function flagsPage(): string {
  const flags = allFlags(ALL_COLLECTORS);
  const parts = [
    '# Flags',
    '<!-- Made by `make docs` from the code; a test fails when it is out of date. -->',
    `    frr-exporter [${Object.keys(COMMANDS).map(commandUsage).join('|')}] [flags]

Flags may come before or after the command: \`--frr.timeout=2s\` or \`--frr.timeout 2s\`; a switch is \`--name\` or \`--no-name\`.
If a flag is given more than once, the last one counts. A flag with \`...\` is a list: each one adds a value.`,
    `Every flag can also be set in the environment; the command line takes precedence. A switch is then \`true\` or \`false\` (or \`1\`/\`0\`,
\`yes\`/\`no\`, \`on\`/\`off\`), the values of a list are separated by commas, and an empty variable counts as not set:

    FRR_EXPORTER_WEB_LISTEN_ADDRESS=127.0.0.1:9342,[::1]:9342
    FRR_EXPORTER_COLLECTOR_EVPN=false`,
    `With an unknown flag or an invalid value the program exits with status 2 and one line that says what is valid. An unknown
variable \`FRR_EXPORTER_...\` is logged. Durations have units (\`500ms\`, \`5s\`, \`1m30s\`, \`2h\`, \`1d\`), and so do sizes (\`512KiB\`,
\`64MiB\`).`,
    `\`--frr.vtysh.prefix\` is a program and its arguments, not a line for a shell: words are split at spaces, and quotes have no
meaning. If an argument contains spaces, write a JSON array, on the command line as well as in the environment:

    --frr.vtysh.prefix="podman exec frr"
    --frr.vtysh.prefix='["ssh","node","--","sudo","-n"]'`,
    `The collector \`host-routes\` exports the addresses of the network namespace that the exporter runs in. If the prefix leads into
another one (\`ip netns exec\`, \`nsenter\`, \`ssh\`), the collector is disabled, and this is logged: run the exporter in that namespace
without the prefix, or set \`--collector.host-routes\` if the addresses are the same. A container is assumed to share the
network of its host.`,
    ...FLAG_GROUPS.map((group) => section(group, flags)),
  ];
  return `${parts.join('\n\n')}\n`;
}
