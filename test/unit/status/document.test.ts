import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';

import { NO_MAINTENANCE } from '../../../src/maintenance.ts';
import { addressesDocument } from '../../../src/status/addresses.ts';
import { statusDocument } from '../../../src/status/document.ts';
import { recordingNames } from '../../recordings.ts';
import { snapshotOf } from './snapshots.ts';

const SITUATIONS = recordingNames().map((name) => name.split('/') as [version: string, situation: string]);

const schema = JSON.parse(readFileSync(new URL('../../../docs/status.schema.json', import.meta.url), 'utf8'));
const ofAddresses = JSON.parse(
  readFileSync(new URL('../../../docs/addresses.schema.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const validate = ajv.addSchema(schema, 'status.schema.json').compile(schema);
const validateAddresses = ajv.compile(ofAddresses);

async function statusOf(version: string, situation: string) {
  const snapshot = await snapshotOf(`${version}/${situation}`);
  return statusDocument(snapshot, NO_MAINTENANCE, '1.2.3', Date.now() / 1000);
}

describe.each(SITUATIONS)('FRR %s, %s', (version, situation) => {
  test('is as the schema says', async () => {
    const document = JSON.parse(JSON.stringify(await statusOf(version, situation)));
    validate(document);
    expect(validate.errors).toBeNull();
  });

  test('its addresses are as their schema says', async () => {
    const document = addressesDocument(await snapshotOf(`${version}/${situation}`));
    validateAddresses(JSON.parse(JSON.stringify(document)));
    expect(validateAddresses.errors).toBeNull();
  });
});

test('the schema leaves nothing open: every name of every object is wanted, and no other is taken', () => {
  const look = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return;
    const { properties, required, additionalProperties, type } = part as Record<string, unknown>;
    if (properties !== undefined && type !== undefined) {
      expect([path, additionalProperties]).toEqual([path, false]);
      expect([path, required]).toEqual([path, Object.keys(properties as object)]);
    }
    for (const [name, inner] of Object.entries(part)) look(inner, `${path}/${name}`);
  };
  look(schema, '');
  look(ofAddresses, '');
});

describe('what a link that was cut looks like', () => {
  test('the session, its reason, and its prefixes', async () => {
    const { frr, bgp_sessions } = await statusOf('8.4.4', 'tor2-link-down');
    expect(frr).toEqual({ up: true, version: '8.4.4' });
    const session = bgp_sessions.find(({ peer }) => peer === 'eth2');
    expect(session).toMatchObject({
      vrf: 'default',
      up: false,
      admin_up: true,
      state: 'Idle',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      reason: 'BFD down received',
      peer_group: 'uplink',
      interface: 'eth2',
      local_as: '64999',
      remote_as: '65002',
      last_reset: { reason: 'BFD down received', code: '24', notification: null },
    });
    expect(session?.prefixes.find(({ afi, safi }) => afi === 'ipv4' && safi === 'unicast')).toEqual({
      afi: 'ipv4',
      safi: 'unicast',
      received: 0,
      accepted: 0,
      advertised: 0,
      limit: 50,
      limit_exceeded: false,
      policy_missing: false,
    });
  });

  test('the session that is still up has no reason', async () => {
    const { bgp_sessions } = await statusOf('8.4.4', 'tor2-link-down');
    expect(bgp_sessions.find(({ peer }) => peer === '100.64.1.1')).toMatchObject({
      up: true,
      state: 'Established',
      reason: null,
    });
  });
});

test('a dead bgpd and no BGP at all do not look alike', async () => {
  const dead = await statusOf('8.4.4', 'bgpd-dead');
  const none = await statusOf('8.4.4', 'no-bgp-configured');
  const bgp = ({ collectors: all }: typeof dead) => all.find(({ name }) => name === 'bgp');
  expect([dead.bgp_sessions, none.bgp_sessions]).toEqual([[], []]);
  expect(bgp(dead)).toMatchObject({ up: false, error: { reason: 'not_running' } });
  expect(bgp(none)).toMatchObject({ up: true, error: null });
});
