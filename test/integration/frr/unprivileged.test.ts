/**
 * What an unprivileged user sees. This file drops root's privileges permanently, which is why these tests are in a separate
 * file, and therefore process.
 */

import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { doctor } from '../../../src/cli/doctor.ts';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { openLogFile } from '../../../src/frr/log-file.ts';
import { openSource } from '../../../src/frr/open.ts';
import { openRecording } from '../../../src/frr/recording.ts';
import { socketSource } from '../../../src/frr/socket.ts';
import { groupOf, groupWords } from '../../../src/frr/socket-files.ts';
import { vtyshSource } from '../../../src/frr/vtysh.ts';
import { captured, configured } from '../../unit/cli/captured.ts';
import { failureOf } from '../../unit/frr/failure.ts';
import { fakeVtysh } from '../../unit/frr/fake-vtysh.ts';
import { readableLog } from '../../unit/poller/fake-frr.ts';

const NOBODY = 65534;
const wasRoot = process.getuid?.() === 0;
/** The group `sys`, whose gid is 3 on every Debian, in root's stead of frrvty. */
const group = wasRoot
  ? { gid: 3, words: 'sys (gid 3)' }
  : { gid: process.getgid?.() as number, words: undefined };

const folder = mkdtempSync(path.join(tmpdir(), 'frr-exporter-unit-'));
const closedFolder = path.join(folder, 'closed');
const socket = path.join(folder, 'bgpd.vty');
let server: Server;

beforeAll(async () => {
  server = createServer((connection) => connection.destroy()).listen(socket);
  await once(server, 'listening');
  mkdirSync(closedFolder);
  fakeVtysh(folder, 'echo "Exiting: failed to connect to any daemons." >&2; exit 1');
  fakeVtysh(folder, 'exit', 'not-a-program');
  mkdirSync(path.join(folder, 'recording'));
  writeFileSync(path.join(folder, 'recording', 'index.json'), '{}');
  for (const file of [
    socket,
    closedFolder,
    path.join(folder, 'not-a-program'),
    path.join(folder, 'recording', 'index.json'),
  ])
    chmodSync(file, 0o000);
  if (!wasRoot) return;
  chownSync(socket, 0, group.gid);
  chownSync(closedFolder, 0, group.gid);
  chownSync(folder, NOBODY, NOBODY);
  chownSync(path.join(folder, 'recording'), NOBODY, NOBODY);
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmdirSync(closedFolder);
  rmSync(folder, { recursive: true, force: true });
});

const options = (socketDir: string, program = 'vtysh') => ({
  kind: 'auto' as const,
  socketDir,
  vtyshPath: path.join(folder, program),
  vtyshPrefix: [],
  maxOutput: 1000,
});
const words = () => group.words ?? groupWords(groupOf(folder) as { gid: number; name: string });
const remedy = () => `this program's user (uid ${process.getuid?.()}) must be in group ${words()}`;

it('chooses vtysh if a socket or their directory is not accessible', async () => {
  const vtysh = path.join(folder, 'vtysh');
  for (const [socketDir, denied] of [
    [folder, socket],
    [closedFolder, closedFolder],
  ] as const) {
    const { source, why } = await openSource(options(socketDir));
    await source.close();
    expect([source.kind, why]).toEqual([
      'vtysh',
      `permission denied to ${denied}, and vtysh is installed (${vtysh})`,
    ]);
  }
});

it('names the group of a socket that may not be used', async () => {
  const frr = socketSource(options(folder));
  expect(await failureOf(() => frr.show(COMMANDS.bgpSummary, AbortSignal.timeout(5000)))).toEqual({
    reason: 'permission_denied',
    message: `${socket}: permission denied; ${remedy()}`,
  });
});

it('names the group of the folder where the socket cannot even be seen', async () => {
  const frr = socketSource(options(closedFolder));
  expect(await failureOf(() => frr.show(COMMANDS.bgpSummary, AbortSignal.timeout(5000)))).toEqual({
    reason: 'permission_denied',
    message: `${closedFolder}/bgpd.vty: permission denied; ${remedy()}`,
  });
});

it('distinguishes a socket that vtysh may not use from a dead daemon', async () => {
  const denied = vtyshSource(options(folder));
  expect(await failureOf(() => denied.show(COMMANDS.bgpSummary, AbortSignal.timeout(5000)))).toEqual({
    reason: 'permission_denied',
    message: `${socket}: permission denied; ${remedy()}`,
  });
  const dead = vtyshSource(options(path.join(folder, 'recording')));
  expect(await failureOf(() => dead.show(COMMANDS.bgpSummary, AbortSignal.timeout(5000)))).toEqual({
    reason: 'not_running',
    message: 'bgpd is not running',
  });
});

it('reports that vtysh may not be executed', async () => {
  const frr = vtyshSource(options(folder, 'not-a-program'));
  expect(await failureOf(() => frr.show(COMMANDS.bgpSummary, AbortSignal.timeout(5000)))).toEqual({
    reason: 'permission_denied',
    message: `${folder}/not-a-program: not an executable file for this program's user; --frr.vtysh.path names it`,
  });
});

it('reports that a recording cannot be read', async () => {
  await expect(openRecording(path.join(folder, 'recording'), 1000)).rejects.toThrow(
    `${folder}/recording/index.json cannot be read: EACCES: permission denied, open '${folder}/recording/index.json'`,
  );
});

it('lets doctor say what to do about it', async () => {
  const output = captured();
  const flags = ['--frr.source=socket', `--frr.socket.dir-path=${folder}`, '--collector.disable-defaults'];
  expect(await doctor(configured(...flags), output)).toBe(1);
  const { gid, name } = groupOf(socket) as { gid: number; name: string };
  expect(output.text()).toContain(
    `FAIL ${socket}: permission denied; ${remedy()}\n     -> usermod --append --groups ${name} USER, and restart this program; for a container: --group-add ${gid}\n`,
  );
  const closed = captured();
  expect(await doctor(configured(flags[0] as string, `--frr.socket.dir-path=${closedFolder}`), closed)).toBe(
    1,
  );
  expect(closed.text()).toContain(`FAIL ${closedFolder}: permission denied; ${remedy()}\n`);
});

it("says that FRR's log cannot be read", async () => {
  const { log, lines } = readableLog();
  const file = await openLogFile(path.join(folder, 'not-a-program'), log);
  expect(await file.read()).toEqual([]);
  await file.close();
  expect(lines.map(({ msg }) => msg)).toEqual(['--frr.log: it cannot be read: permission denied']);
});
