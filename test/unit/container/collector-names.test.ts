import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { COLLECTORS } from '../../../src/collectors/index.ts';

const read = (file: string) =>
  parse(readFileSync(new URL(`../../../container/${file}`, import.meta.url), 'utf8'));
const known = COLLECTORS.map(({ name }) => name);

it('the service template knows the collectors of the program', () => {
  const { parameters } = read('tripleo/deployment/frr/frr-exporter-container-ansible.yaml');
  for (const parameter of ['FrrExporterEnabledCollectors', 'FrrExporterDisabledCollectors'])
    expect(parameters[parameter].constraints[0].allowed_values).toEqual(known);
});

it.each([
  ['tripleo', 'tripleo_frr_exporter'],
  ['edpm', 'edpm_frr_exporter'],
])('the role of %s knows the collectors of the program', (folder, role) => {
  const { options } = read(`${folder}/roles/${role}/meta/argument_specs.yml`).argument_specs.main;
  for (const list of ['enabled', 'disabled'])
    expect(options[`${role}_${list}_collectors`].choices).toEqual(known);
});
