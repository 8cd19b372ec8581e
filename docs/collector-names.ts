/** The lists of collectors in the files of the deployment, made from the collectors: `make docs` writes them. */
import { COLLECTORS } from '../src/collectors/index.ts';

/** Files with a list of all collectors, which has the YAML anchor `collector_names`. */
export const COLLECTOR_NAME_FILES = [
  'container/tripleo/deployment/frr/frr-exporter-container-ansible.yaml',
  'container/tripleo/roles/tripleo_frr_exporter/meta/argument_specs.yml',
  'container/edpm/roles/edpm_frr_exporter/meta/argument_specs.yml',
] as const;

const NAMES = COLLECTORS.map(({ name }) => name);

/** As a list in brackets: the quoted names, a few on each line. */
function inBrackets(head: string): string {
  const lines: string[] = [];
  for (let first = 0; first < NAMES.length; first += 4) {
    const names = NAMES.slice(first, first + 4).map((name) => `'${name}'`);
    lines.push(names.join(', '));
  }
  return head + lines.join(`,\n${' '.repeat(head.length)}`);
}

/** The file with its list as the code has it. */
export function withCollectorNames(text: string): string {
  return text
    .replace(/^( *)(choices: &collector_names\n)(?: +- .*\n)+/m, (_, indentation: string, head: string) =>
      [indentation, head, ...NAMES.map((name) => `${indentation}  - ${name}\n`)].join(''),
    )
    .replace(/(?<=&collector_names\n)( +- allowed_values: \[)[^\]]*/, (_, head: string) => inBrackets(head));
}
