/**
 * A stand-in for systemctl on a machine without systemd: as much of it as Ansible's module and an operator use. The
 * units are read from where systemd reads them, quadlets are turned into units by podman's own generator, and what a
 * unit says in ExecStart and ExecStop is run for real. It watches nothing: a unit is active from its start to its stop.
 *
 *     QUADLET=.../quadlet node systemctl.ts start edpm_frr_exporter.service
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['/etc/systemd/system', '/run/systemd/generator'];
const STATE = '/run/systemd/stand-in';

/** What a machine without systemd has not: cgroups of its making, and its journal. */
const WITHOUT_SYSTEMD: Readonly<Record<string, string>> = {
  '--cgroups=split': '--cgroups=enabled',
  '--log-driver=journald': '--log-driver=k8s-file',
};

const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const [command, ...names] = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(message: string, status = 1): never {
  process.stderr.write(`${message}\n`);
  process.exit(status);
}

const file = (unit: string): string | undefined =>
  FOLDERS.map((folder) => join(folder, unit)).find((path) => existsSync(path));

/** The values of a key, in their order; lines that end in a backslash are joined. */
function values(unit: string, key: string): string[] {
  const path = file(unit) ?? fail(`Unit ${unit} could not be found.`, 5);
  return readFileSync(path, 'utf8')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1).trim());
}

/** systemd.syntax(7): words with quotes, and the specifiers that the units of this project use. */
function words(line: string, unit: string): string[] {
  const name = unit.replace(/\.[^.]*$/, '');
  const found = line.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g) ?? [];
  return found.map((word) =>
    word
      .replace(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'/g, (_all, double, single) => double ?? single ?? '')
      .replace(/\\(.)/g, '$1')
      .replace(
        /%(.)/g,
        (_all, specifier) => ({ t: '/run', N: name, n: unit, '%': '%' })[specifier as string] ?? '',
      ),
  );
}

function execute(unit: string, key: string): boolean {
  const environment = Object.fromEntries(
    values(unit, 'Environment')
      .flatMap((line) => words(line, unit))
      .map((setting) => [setting.split('=', 1)[0], setting.slice(setting.indexOf('=') + 1)]),
  );
  return values(unit, key).every((line) => {
    const mayFail = line.startsWith('-');
    const [program, ...args] = words(line.replace(/^[-:+!@]+/, ''), unit);
    const here = args.map((argument) => WITHOUT_SYSTEMD[argument] ?? argument);
    const { status } = spawnSync(program as string, here, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...environment },
    });
    return status === 0 || mayFail;
  });
}

const marker = (unit: string, what: 'active' | 'enabled') => join(STATE, `${unit}.${what}`);
const is = (unit: string, what: 'active' | 'enabled') => existsSync(marker(unit, what));
function mark(unit: string, what: 'active' | 'enabled', yes: boolean): void {
  if (yes) writeFileSync(marker(unit, what), '');
  else rmSync(marker(unit, what), { force: true });
}

function start(unit: string): void {
  if (is(unit, 'active')) return;
  if (!execute(unit, 'ExecStart')) {
    execute(unit, 'ExecStopPost');
    fail(`Job for ${unit} failed.`);
  }
  mark(unit, 'active', true);
}

function stop(unit: string): void {
  if (file(unit) !== undefined) {
    execute(unit, 'ExecStop');
    execute(unit, 'ExecStopPost');
    // The podman that knows quadlets removes the file together with the container.
    rmSync(`/run/${unit.replace(/\.service$/, '.cid')}`, { force: true });
  }
  mark(unit, 'active', false);
}

function show(unit: string): void {
  const loaded = file(unit) !== undefined;
  const active = is(unit, 'active');
  say(`Id=${unit}`);
  say(`LoadState=${loaded ? 'loaded' : 'not-found'}`);
  say(`ActiveState=${active ? 'active' : 'inactive'}`);
  say(`SubState=${active ? 'running' : 'dead'}`);
  say(`FragmentPath=${file(unit) ?? ''}`);
  say(`UnitFileState=${is(unit, 'enabled') ? 'enabled' : 'disabled'}`);
}

function daemonReload(): void {
  const generated = '/run/systemd/generator';
  rmSync(generated, { recursive: true, force: true });
  mkdirSync(generated, { recursive: true });
  const quadlets = '/etc/containers/systemd';
  if (!existsSync(quadlets) || readdirSync(quadlets).length === 0) return;
  const { status, stderr } = spawnSync(
    process.env.QUADLET as string,
    ['-no-kmsg-log', generated, generated, generated],
    {
      env: { ...process.env, QUADLET_UNIT_DIRS: quadlets },
      encoding: 'utf8',
    },
  );
  if (status !== 0) fail(stderr);
}

mkdirSync(STATE, { recursive: true });
const unit = names.map((name) => (name.includes('.') ? name : `${name}.service`))[0] ?? '';
switch (command) {
  case 'daemon-reload':
    daemonReload();
    break;
  case 'show':
    show(unit);
    break;
  case 'start':
    start(unit);
    break;
  case 'stop':
    stop(unit);
    break;
  case 'restart':
    stop(unit);
    start(unit);
    break;
  case 'enable':
  case 'disable':
    mark(unit, 'enabled', command === 'enable');
    break;
  case 'is-enabled':
    say(is(unit, 'enabled') ? 'enabled' : 'disabled');
    process.exitCode = is(unit, 'enabled') ? 0 : 1;
    break;
  case 'is-active':
    say(is(unit, 'active') ? 'active' : 'inactive');
    process.exitCode = is(unit, 'active') ? 0 : 3;
    break;
  default:
    // `systemctl --version` is how Ansible looks whether this is systemd.
    if (options.includes('--version')) say('systemd 252 (stand-in)');
    else fail(`the stand-in does not know ${[command, ...options].join(' ')}`);
}
