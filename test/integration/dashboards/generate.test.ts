import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grafana } from '../../../dashboards/panels.ts';
import { problems } from '../../unit/dashboards/schema.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const GENERATE = join(ROOT, 'dashboards/generate.ts');
const UIDS = ['frr-fleet', 'frr-node', 'frr-session', 'frr-openstack', 'frr-exporter'];

describe('node dashboards/generate.ts', { timeout: 90_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dashboards-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const generate = (...args: readonly string[]) =>
    new Promise<{ status: unknown; output: string; error: string }>((resolve) => {
      execFile(process.execPath, [GENERATE, `--output=${folder}`, ...args], (problem, output, error) =>
        resolve({ status: problem?.code ?? 0, output, error }),
      );
    });
  const made = (uid: string) => JSON.parse(readFileSync(join(folder, `${uid}.json`), 'utf8')) as Dashboard;

  it('applies the options of a site', async () => {
    const answer = await generate(
      '--schema-version=41',
      '--datasource=Long-term store (Mimir)',
      '--base-url=https://git.example.net/frr/',
      '--status-page-url=https://{instance}/frr/',
      '--target-labels=role,rack',
    );
    expect(answer).toEqual({ status: 0, output: '', error: '' });
    expect(readdirSync(folder).sort()).toEqual(UIDS.map((uid) => `${uid}.json`).sort());
    for (const uid of UIDS) expect(problems(made(uid))).toEqual([]);
    const fleet = made('frr-fleet');
    expect(fleet.schemaVersion).toBe(41);
    const current = (name: string) => fleet.templating.list?.find((one) => one.name === name)?.current;
    expect(current('datasource')).toEqual({
      selected: true,
      text: 'Long-term store (Mimir)',
      value: 'Long-term store (Mimir)',
    });
    const text = readFileSync(join(folder, 'frr-fleet.json'), 'utf8');
    expect(text).toContain(
      `"https://git.example.net/frr/alerts/runbooks/${grafana('__data.fields.Alert')}.md"`,
    );
    expect(fleet.templating.list?.map(({ name }) => name).slice(0, 6)).toEqual([
      'datasource',
      'cluster',
      'job',
      'role',
      'rack',
      'instance',
    ]);
    const selectors = text.match(/instance=~\\"\$instance\\"/g) ?? [];
    expect(text.match(/instance=~\\"\$instance\\", role=~\\"\$role\\", rack=~\\"\$rack\\"/g)).toHaveLength(
      selectors.length,
    );
    expect(text).toContain(`"https://${grafana('__data.fields.Node')}/frr/"`);
    expect(text).not.toContain('github.com');
  });

  it('refuses a bad option with one line, and writes nothing', async () => {
    expect(await generate('--datasource=My "best" Prometheus')).toEqual({
      status: 2,
      output: '',
      error:
        '--datasource: "My \\"best\\" Prometheus" is not a name of 1 to 190 characters without quotes, $, backslashes and control characters\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a word that is no flag, and a folder that it cannot write to', async () => {
    expect(await generate('elsewhere')).toEqual({
      status: 2,
      output: '',
      error: 'elsewhere: write flags as --name=value\n',
    });
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await generate(`--output=${file}`)).toEqual({
      status: 2,
      output: '',
      error: `--output: cannot write to ${file}: EEXIST\n`,
    });
  });

  // Without its set-up, which would take the packages away from under the tests that run beside.
  it('is what `make dashboards` runs, with its ARGS', async () => {
    const make = (args: string) =>
      new Promise<{ status: unknown; error: string }>((resolve) => {
        execFile(
          'make',
          ['--old-file=setup', 'dashboards', `ARGS=--output=${folder} ${args}`],
          { cwd: ROOT },
          (problem, _, error) => resolve({ status: problem?.code ?? 0, error }),
        );
      });
    expect(await make('--schema-version=38')).toEqual({
      status: 2,
      error: expect.stringMatching(/^--schema-version: "38" is not one of 39, 40, 41, 42\nmake/),
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(await make("--schema-version=40 --datasource='Long term'")).toEqual({
      status: 0,
      error: '',
    });
    expect(UIDS.map((uid) => made(uid).schemaVersion)).toEqual([40, 40, 40, 40, 40]);
    expect(made('frr-node').templating.list?.[0]?.current?.value).toBe('Long term');
  });
});
