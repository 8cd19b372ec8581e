import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { interfaceLinks } from '../../../src/frr/links.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A folder like /sys/class/net; a carrier that cannot be read is left out. */
function sysfs(interfaces: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const folder = temporaryFolder();
  for (const [name, files] of Object.entries(interfaces)) {
    mkdirSync(path.join(folder, name));
    for (const [file, text] of Object.entries(files))
      writeFileSync(path.join(folder, name, file), `${text}\n`);
  }
  // Where bonding is loaded this file is among the interfaces.
  writeFileSync(path.join(folder, 'bonding_masters'), 'bond0\n');
  return folder;
}

test.each([
  ['up', { operstate: 'up', carrier: '1' }, true],
  ['without a carrier', { operstate: 'down', carrier: '0' }, false],
  ['shut down', { operstate: 'down' }, false],
  ['on top of one that is down', { operstate: 'lowerlayerdown', carrier: '0' }, false],
  ['waiting for another protocol', { operstate: 'dormant', carrier: '1' }, false],
  ['of a driver that reports no state', { operstate: 'unknown', carrier: '1' }, true],
  ['of such a driver, and shut down', { operstate: 'unknown' }, false],
])('an interface that is %s', async (_, files, up) => {
  const folder = sysfs({ eth1: { ...files, carrier_changes: '7' } });
  expect(await interfaceLinks(folder)).toEqual([{ interface: 'eth1', up, carrierChanges: 7 }]);
});

test('interfaces come in alphabetical order', async () => {
  const link = { operstate: 'up', carrier: '1', carrier_changes: '0' };
  const names = (await interfaceLinks(sysfs({ eth2: link, eth1: link }))).map((one) => one.interface);
  expect(names).toEqual(['eth1', 'eth2']);
});

test('only the interfaces that are named, as far as they are there', async () => {
  const link = { operstate: 'up', carrier: '1', carrier_changes: '0' };
  const links = await interfaceLinks(sysfs({ eth1: link, eth2: link }), ['eth3', 'eth2']);
  expect(links).toEqual([{ interface: 'eth2', up: true, carrierChanges: 0 }]);
});

test('the loopback interface of this machine', async () => {
  expect(await interfaceLinks()).toContainEqual({
    interface: 'lo',
    up: expect.any(Boolean),
    carrierChanges: 0,
  });
});
