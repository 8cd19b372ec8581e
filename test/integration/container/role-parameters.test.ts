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

/** Every mistake takes a second; the second role has the same checks. */
const CASES = [
  ...REFUSED.map((refused) => ['tripleo_frr_exporter', 'host_prep', ...refused] as const),
  ...REFUSED.slice(0, 5).map((refused) => ['edpm_frr_exporter', 'main', ...refused] as const),
];

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
    CASES.map(([role, tasks, , parameters]) => [include(role, tasks, parameters)]),
  );
});
afterAll(() => machine?.stop());

it.each(CASES.map(([role, , what, , message], index) => ({ role, what, message, index })))(
  '$role refuses $what',
  ({ role, message, index }) => {
    expect(messages[index]).toContain(message);
    expect(messages[index]).toContain(`${role}_`);
  },
);

it('changes nothing', async () => {
  expect(await traces(machine)).toEqual([]);
});
