/** What upstream's tools/yaml-validate.py checks about the service templates together. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

it('a parameter of several service templates is the same in all of them', () => {
  const definitions = new Map<string, unknown>();
  const shared: string[] = [];
  for (const file of globSync('container/tripleo/deployment/**/*.yaml'))
    for (const [name, definition] of Object.entries(parse(readFileSync(file, 'utf8')).parameters)) {
      if (definitions.has(name)) {
        shared.push(name);
        expect(definition, name).toEqual(definitions.get(name));
      }
      definitions.set(name, definition);
    }
  expect(shared).toContain('FrrExporterPort');
});
