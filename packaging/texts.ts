/**
 * What a package carries besides the program, made from the flags' own declarations:
 *
 *     node packaging/texts.ts FOLDER
 *
 * writes `frr-exporter.default` (/etc/default, every flag as a comment), `frr-exporter.1` (the man page) and
 * `frr-exporter.bash` (completion) into FOLDER.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS, defaultText, flagUsage } from '../src/cli/command-line.ts';
import { ALL_COLLECTORS } from '../src/collectors/configurable.ts';
import { allFlags } from '../src/flags/config.ts';
import { environmentName, FLAG_GROUPS, type Flag, isSwitch } from '../src/flags/flag.ts';

const flags = allFlags(ALL_COLLECTORS);

/** /etc/default/frr-exporter: a commented line for each flag, with its default where it has one. */
export function environmentFile(): string {
  const setting = (flag: Flag): string => {
    const value = isSwitch(flag) ? String(flag.initial) : (flag.default ?? '');
    return `# ${flag.help}.\n#${environmentName(flag)}=${/\s/.test(value) ? JSON.stringify(value) : value}`;
  };
  const groups = FLAG_GROUPS.map((group) => {
    const settings = flags.filter((flag) => flag.group === group).map(setting);
    return `### ${group}\n\n${settings.join('\n\n')}`;
  });
  return `# Settings of frr-exporter. Remove the "#" in front of a setting to change it, then:
#   systemctl restart frr-exporter
# frr-exporter(1) describes every flag. Switches are true or false; lists have commas between their values.

${groups.join('\n\n')}
`;
}

/** Text of a man page: a hyphen that is typed, a backslash, and no line that begins with a control character. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
}

/** frr-exporter(1). @param date of the version, `2026-11-24` */
export function manPage(version: string, date: string): string {
  const commands = Object.entries(COMMANDS).map(
    ([name, does]) => `.TP\n.B ${roff(name)}\n${roff(does[0]?.toUpperCase() + does.slice(1))}.`,
  );
  const groups = FLAG_GROUPS.map((group) => {
    const items = flags
      .filter((flag) => flag.group === group)
      .map((flag) => {
        const preset = defaultText(flag);
        const suffix = preset === undefined ? '' : ` Default: ${preset}.`;
        return `.TP\n.B ${roff(flagUsage(flag))}\n${roff(`${flag.help}.${suffix}`)}`;
      });
    return `.SS ${group}\n${items.join('\n')}`;
  });
  return `.TH FRR\\-EXPORTER 1 "${date}" "frr-exporter ${version}" "User Commands"
.SH NAME
frr\\-exporter \\- Prometheus exporter for FRRouting
.SH SYNOPSIS
.B frr\\-exporter
.RI [ command ]
.RI [ flags ]
.SH DESCRIPTION
Polls FRRouting with a short list of show commands and serves its BGP and BFD sessions, routes, announced
addresses and daemons to Prometheus, on port 9342 by default.
.SH COMMANDS
${commands.join('\n')}
.SH OPTIONS
Each flag can also be given in the environment:
.B ${roff('--web.listen-address=:9342')}
as
.BR ${environmentName({ name: 'web.listen-address' })}=:9342 .
The command line wins.
${groups.join('\n')}
.SH EXIT STATUS
.TP
0
Success.
.TP
1
It failed; one line on standard error says why.
.TP
2
A flag, a value or a command is wrong; nothing was done.
.SH FILES
.TP
.I /etc/default/frr\\-exporter
Settings of the service, one per line, in the form of the environment.
.TP
.I /run/frr
FRR's sockets. The service belongs to the group
.B frrvty
to connect to them.
.TP
.I /usr/share/frr\\-exporter
Alert rules, runbooks and dashboards.
.B frr\\-exporter\\-rules \\-\\-output=DIRECTORY \\-\\-uplink\\-peer\\-group=NAME
makes the rules of a site from
.IR /usr/lib/frr\\-exporter/alerts/thresholds.yaml .
.SH SEE ALSO
.BR vtysh (1),
.BR prometheus (1)
`;
}

/** Completion for bash: commands, flags, and the words of flags that take one of a few. */
export function bashCompletion(): string {
  const words = flags.flatMap((flag) =>
    isSwitch(flag) ? [`--${flag.name}`, `--no-${flag.name}`] : [`--${flag.name}=`],
  );
  const choices = flags.flatMap((flag) =>
    !isSwitch(flag) && /^[a-z]+(\|[a-z]+)+$/.test(flag.kind.placeholder)
      ? [`    --${flag.name}) choices='${flag.kind.placeholder.replaceAll('|', ' ')}' ;;`]
      : [],
  );
  const paths = flags.filter(({ kind }) => kind.placeholder === 'PATH').map(({ name }) => `--${name}`);
  return `# Completion of frr-exporter for bash.
_frr_exporter() {
  local current words previous cword choices=
  _init_completion -n =: || return
  local current=\${words[cword]}
  case \${current%%=*} in
${choices.join('\n')}
    ${paths.join('|')})
      [[ $current == *=* ]] && { cur=\${current#*=}; _filedir; return; }
      ;;
  esac
  if [[ $current == *=* ]]; then
    COMPREPLY=($(compgen -W "$choices" -- "\${current#*=}"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W '${words.join(' ')} --help --version' -- "$current"))
    [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
  else
    COMPREPLY=($(compgen -W '${Object.keys(COMMANDS).join(' ')}' -- "$current"))
  fi
} && complete -F _frr_exporter frr-exporter
`;
}

if (import.meta.main) {
  const [folder, date = new Date().toISOString().slice(0, 10)] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node packaging/texts.ts FOLDER [DATE]');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'frr-exporter.default'), environmentFile());
  writeFileSync(join(folder, 'frr-exporter.1'), manPage(version, date));
  writeFileSync(join(folder, 'frr-exporter.bash'), bashCompletion());
}
