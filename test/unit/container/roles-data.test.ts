import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../../container/tripleo/add-to-roles-data', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-roles-'));
const file = join(folder, 'roles_data.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => execaSync(PROGRAM, args, { reject: false });

const ROLES = `###############################################################################
# Role: Controller                                                            #
###############################################################################
- name: Controller
  description: |
    All there is
  ServicesDefault:
    - OS::TripleO::Services::Fluentd
    - OS::TripleO::Services::Frr   # BGP
    - OS::TripleO::Services::GlanceApi
- name: CephStorage
  ServicesDefault:
    - OS::TripleO::Services::CephOSD
- name: Compute
  ServicesDefault:
  - OS::TripleO::Services::Frr
  - OS::TripleO::Services::FrrOther
- name: Ready
  ServicesDefault:
    - OS::TripleO::Services::FrrExporter
    - OS::TripleO::Services::Frr
`;

describe('the exporter among the services of the roles', () => {
  beforeEach(() => {
    writeFileSync(file, ROLES, { mode: 0o640 });
  });

  it('comes after FRR, in the roles that run it, and nothing else changes', () => {
    expect(run(file)).toMatchObject({ exitCode: 0, stdout: `${file}: 2 of 3 roles with FRR changed` });
    const expected = ROLES.replace(
      '::Frr   # BGP\n',
      '::Frr   # BGP\n    - OS::TripleO::Services::FrrExporter\n',
    ).replace(
      '  - OS::TripleO::Services::FrrOther',
      '  - OS::TripleO::Services::FrrExporter\n  - OS::TripleO::Services::FrrOther',
    );
    expect(readFileSync(file, 'utf8')).toBe(expected);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['roles_data.yaml']);
  });

  it('is not added twice', () => {
    run(file);
    const once = readFileSync(file, 'utf8');
    expect(run(file)).toMatchObject({ exitCode: 0, stdout: `${file}: 0 of 3 roles with FRR changed` });
    expect(readFileSync(file, 'utf8')).toBe(once);
  });

  it('is only missed with --check', () => {
    expect(run('--check', file)).toMatchObject({
      exitCode: 1,
      stdout: `${file}: 2 of 3 roles with FRR lack the exporter`,
    });
    expect(readFileSync(file, 'utf8')).toBe(ROLES);
    run(file);
    expect(run('--check', file).exitCode).toBe(0);
  });

  it('has no place where no role runs FRR', () => {
    writeFileSync(file, '- name: CephStorage\n  ServicesDefault: []\n');
    expect(run(file)).toMatchObject({
      exitCode: 1,
      stderr: `add-to-roles-data: ${file}: no role runs OS::TripleO::Services::Frr`,
    });
  });

  it('is added to the other files where one has no role with FRR', () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, '- name: CephStorage\n  ServicesDefault: []\n');
    expect(run(other, file)).toMatchObject({
      exitCode: 0,
      stdout: `${other}: 0 of 0 roles with FRR changed\n${file}: 2 of 3 roles with FRR changed`,
    });
  });

  it('is added to no file where one of them cannot be read', () => {
    expect(run(file, join(folder, 'missing.yaml')).exitCode).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(ROLES);
  });

  it('needs a file that can be read', () => {
    const missing = join(folder, 'missing.yaml');
    expect(run(missing).stderr).toContain(`add-to-roles-data: ${missing} cannot be read`);
    expect(run()).toMatchObject({
      exitCode: 1,
      stderr: 'usage: add-to-roles-data [--check] roles_data.yaml ...',
    });
  });
});
