/**
 * The table of FRR's parameters in docs/tripleo.md, from the role's argument specs and the service template: `make docs`
 * writes it, and a test checks it.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const BEGIN = '<!-- frr-parameters:begin (written by `make docs`) -->';
const END = '<!-- frr-parameters:end -->';

interface Option {
  readonly type: string;
  readonly elements?: string;
  readonly default?: unknown;
  readonly choices?: readonly string[];
  readonly description: string;
  readonly options?: Readonly<Record<string, Option>>;
}

const read = (path: string) =>
  parse(readFileSync(new URL(`../container/${path}`, import.meta.url), 'utf8'), { merge: true });

/** The options of the role frr_node, by variable. */
export function frrOptions(): Readonly<Record<string, Option>> {
  return read('frr/roles/frr_node/meta/argument_specs.yml').argument_specs.configure.options;
}

/** The variables of the role that a parameter of the service template sets, by variable. */
export function heatParameters(): Readonly<Record<string, string>> {
  const { properties } = read('tripleo/deployment/frr/frr-node-container-ansible.yaml').resources
    .RoleParametersValue;
  const [{ map_replace }] = properties.value.map_replace;
  const { uplinks, exporter_port: _, ...names } = map_replace[0] as Record<string, string>;
  const variables = Object.entries({ ...names, bgp_uplinks: uplinks });
  return Object.fromEntries(variables.map(([name, parameter]) => [`frr_node_${name}`, parameter as string]));
}

function preset({ default: value, type }: Option): string {
  if (value === undefined) return '';
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'empty';
  return `\`${type === 'list' ? JSON.stringify(value) : value}\``;
}

function row(name: string, option: Option, parameter = ''): string {
  const type = option.choices?.map((choice) => `\`${choice}\``).join(', ') ?? option.type;
  const list =
    option.elements === undefined
      ? type
      : `list of ${option.elements === 'dict' ? 'mappings' : type === 'list' ? option.elements : type}`;
  return `| ${[`\`${name}\``, parameter && `\`${parameter}\``, list, preset(option), option.description].join(' | ')} |`;
}

function table(): string {
  const parameters = heatParameters();
  const rows = Object.entries(frrOptions()).flatMap(([name, option]) => [
    row(name, option, parameters[name]),
    ...Object.entries(option.options ?? {}).map(([key, of]) => row(`${name}[].${key}`, of)),
  ]);
  return [
    '| variable | Heat parameter | type | default | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/**
 * The text of docs/tripleo.md with the current table.
 * @throws Error when the markers are missing
 */
export function withFrrParameters(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`docs/tripleo.md must contain "${BEGIN}" and, after it, "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table()}\n\n${page.slice(end)}`;
}
