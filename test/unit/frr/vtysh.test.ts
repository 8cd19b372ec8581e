import { expect, test } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { vtyshSource } from '../../../src/frr/vtysh.ts';
import { failureOf } from './failure.ts';

const OPTIONS = {
  kind: 'vtysh',
  socketDir: '/nonexistent',
  vtyshPath: '/nonexistent/vtysh',
  vtyshPrefix: [],
  maxOutput: 1_000,
} as const;

test('a source that is closed starts no process', async () => {
  const source = vtyshSource(OPTIONS);
  const show = () => failureOf(() => source.show(COMMANDS.bgpSummary, AbortSignal.timeout(10_000)));
  expect(await show()).toMatchObject({ reason: 'not_installed' });
  await source.close();
  expect(await show()).toEqual({
    reason: 'timed_out',
    message: 'bgpd was not sent "show bgp vrf all summary json" in time',
  });
});
