/** Parameters of the exporter's roles that are wrong are named before anything is changed. One play tries all of them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, startMachine } from './machine.ts';
import { refusals } from './refusals.ts';
import { traces } from './role-proof.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** Of both roles, whose variables differ in their prefix only. */
const REFUSED: readonly (readonly [what: string, parameters: Parameters, message: string])[] = [
  ['a privileged port', { port: 80 }, 'port must be a port from 1024 to 65535, not 80'],
  // Refused by the argument specs where Ansible checks them, and by the role elsewhere.
  ['half a port', { port: 9342.5 }, '_port'],
  ['half a second', { timeout: 0.5 }, '_timeout'],
  ['a word that is not a subnet', { allowed_subnets: ['foo'] }, 'allowed_subnets must contain subnets'],
  ['a prefix beyond 32', { allowed_subnets: ['10.0.0.1/99'] }, 'not "10.0.0.1/99"'],
  ['a prefix beyond 128', { allowed_subnets: ['2001:db8::/129'] }, 'not "2001:db8::/129"'],
  ['an address without a prefix', { allowed_subnets: ['10.0.0.1'] }, 'not "10.0.0.1"'],
  [
    'subnets that are no list',
    { allowed_subnets: '10.0.0.0/8' },
    'allowed_subnets must be a list, not "10.0.0.0/8"',
  ],
  [
    'collectors that are no list',
    { enabled_collectors: 'ospf' },
    'enabled_collectors must be a list, not "ospf"',
  ],
  [
    'an unknown log level',
    { log_level: 'loud' },
    'log_level must be one of: debug, info, warn, error, got: loud',
  ],
];

const ROLES = [
  ['tripleo_frr_exporter', 'host_prep'],
  ['edpm_frr_exporter', 'main'],
] as const;

let machine: Machine;
let messages: readonly string[];

beforeAll(async () => {
  machine = await startMachine();
  const include = (role: string, tasks_from: string, parameters: Parameters) => ({
    'ansible.builtin.include_role': { name: role, tasks_from },
    vars: Object.fromEntries(
      Object.entries({ image: 'none', address: '192.0.2.10', ...parameters }).map(([name, value]) => [
        `${role}_${name}`,
        value,
      ]),
    ),
  });
  messages = await refusals(
    machine,
    ROLES.flatMap(([role, tasks]) => REFUSED.map(([, parameters]) => [include(role, tasks, parameters)])),
  );
});
afterAll(() => machine?.stop());

it.each(ROLES.flatMap(([role], i) => REFUSED.map(([what, , message], j) => ({ role, what, message, i, j }))))(
  '$role refuses $what',
  ({ role, message, i, j }) => {
    expect(messages[i * REFUSED.length + j]).toContain(message);
    expect(messages[i * REFUSED.length + j]).toContain(`${role}_`);
  },
);

it('changes nothing', async () => {
  expect(await traces(machine)).toEqual([]);
});
