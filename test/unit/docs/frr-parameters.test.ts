import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { frrOptions, heatParameters, withFrrParameters } from '../../../docs/frr-parameters.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('docs/tripleo.md has the parameters of the role (make docs writes them)', () => {
  const page = read('docs/tripleo.md');
  expect(page).toBe(withFrrParameters(page));
});

test('the defaults of the role are those of its argument specs', () => {
  const defaults = parse(read('container/frr/roles/frr_node/defaults/main.yml')) as Record<string, unknown>;
  const options = frrOptions();
  const ofRoles = ['frr_node_image', 'frr_node_config_dir', 'frr_node_log_dir', 'frr_node_status_url'];
  expect(Object.keys(defaults).sort()).toEqual(
    Object.keys(options)
      .filter((name) => !ofRoles.includes(name))
      .sort(),
  );
  // Defaults that are computed have none in the specs.
  for (const [name, option] of Object.entries(options))
    if (option.default !== undefined)
      expect({ name, default: `${defaults[name]}` }).toEqual({ name, default: `${option.default}` });
});

test('every Heat parameter belongs to a variable of the role', () => {
  const options = frrOptions();
  expect(Object.keys(heatParameters()).filter((name) => options[name] === undefined)).toEqual([]);
});
