import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab, waitFor } from '../../lab/index.ts';

/** Everything on this machine that carries a name of the laboratory. */
async function carrying(name: string): Promise<string[]> {
  const folders = ['/run/netns', '/run/frr', '/etc/frr', tmpdir()].flatMap((folder) => {
    try {
      return readdirSync(folder).map((entry) => `${folder}/${entry}`);
    } catch {
      return [];
    }
  });
  const { stdout } = await execa('sh', ['-c', 'grep -lsz "^FRR_LAB=$0" /proc/[0-9]*/environ || true', name]);
  return [...folders.filter((path) => path.includes(name)), ...stdout.split('\n').filter(Boolean)];
}

interface Summary {
  readonly ipv4Unicast: { readonly peers: Readonly<Record<string, { readonly state: string }>> };
}

describe('the laboratory', () => {
  let lab: Lab;
  const session = async (peer: string) => {
    const { ipv4Unicast } = await lab.node.json<Summary>('show bgp summary json');
    return ipv4Unicast.peers[peer]?.state;
  };

  beforeAll(async () => {
    lab = await startLab({ name: 'self' });
  });
  afterAll(() => lab?.stop());

  test('has sessions of every kind', async () => {
    expect(await session('100.64.1.1')).toBe('Established');
    expect(await session('eth2')).toBe('Established');
    expect(await session('192.0.2.66')).toBe('Active');
    expect(await session('192.0.2.67')).toBe('Idle (Admin)');
  });

  test('cuts a link and heals it', async () => {
    await lab.cut('tor2');
    await waitFor(async () => (await session('eth2')) !== 'Established', { within: 5_000 });
    expect(await session('100.64.1.1')).toBe('Established');
    await lab.heal('tor2');
    await lab.untilUp();
  });

  test('hangs a daemon, resumes it, kills it and starts it again', async () => {
    lab.hang('node', 'bfdd');
    lab.resume('node', 'bfdd');
    const before = lab.node.pid('bgpd');
    await lab.kill('node', 'bgpd');
    expect(lab.node.pid('bgpd')).toBeUndefined();
    await expect(lab.node.vtysh('show bgp summary')).rejects.toThrow('bgpd is not running');
    await lab.restart('node', 'bgpd');
    expect(lab.node.pid('bgpd')).not.toBe(before);
    await lab.untilUp();
  });

  test('leaves nothing', async () => {
    expect((await carrying(lab.name)).length).toBeGreaterThan(3);
    await lab.stop();
    expect(await carrying(lab.name)).toEqual([]);
  });
});

test('a laboratory whose owner is killed goes with it', async () => {
  const path = fileURLToPath(new URL('../../lab/index.ts', import.meta.url));
  const program = `
    const { startLab } = await import(${JSON.stringify(path)});
    const lab = await startLab({ up: false });
    process.stdout.write(lab.name, () => process.kill(process.pid, 'SIGKILL'));`;
  const { stdout: name, signal } = await execa(process.execPath, ['-e', program], { reject: false });
  expect(signal).toBe('SIGKILL');
  expect(name).toMatch(/^frrlab-/);
  await waitFor(async () => (await carrying(name)).length === 0, { within: 20_000 });
});
