import { expect, test } from 'vitest';
import { createLoggedDowns } from '../../../src/poller/logged-downs.ts';

const line = (peer: string, up: boolean, reason = '') => ({ at: 1, vrf: 'default', peer, up, reason });

test('what the log said of a session that is down', () => {
  const downs = createLoggedDowns();
  downs.note([line('eth1', false, 'first'), line('eth1', true), line('eth1', false, 'second')]);
  downs.note([line('eth2', false, 'third'), line('eth2', true)]);
  expect(downs.find('default', 'eth1')?.reason).toBe('second');
  expect(downs.find('default', 'eth2')).toBeUndefined();
  expect(downs.find('tenant', 'eth1')).toBeUndefined();
});

test('only that of the sessions that went down last, whatever the log names', () => {
  const downs = createLoggedDowns();
  downs.note(Array.from({ length: 1_001 }, (_, n) => line(`peer${n}`, false, 'gone')));
  expect(downs.find('default', 'peer0')).toBeUndefined();
  expect(downs.find('default', 'peer1')?.reason).toBe('gone');
});
