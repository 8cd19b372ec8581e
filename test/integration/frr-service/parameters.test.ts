/** Parameters that are wrong are named before anything is changed. One play tries all of them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, startMachine } from '../container/machine.ts';
import { refusals } from '../container/refusals.ts';
import { traces } from '../container/role-proof.ts';
import { type Parameters, prefixed } from './rendering.ts';

const REFUSED: readonly (readonly [what: string, parameters: Parameters, message: string])[] = [
  [
    'an ASN beyond all ASNs',
    { bgp_asn: 4294967296 },
    'frr_node_bgp_asn takes a number from 1 to 4294967295, not 4294967296',
  ],
  ['a peer that is not an address', { bgp_peers: ['tor1'] }, 'frr_node_bgp_peers takes addresses, not tor1'],
  [
    'an uplink that does not exist',
    { bgp_uplinks: ['lo', 'eth9'] },
    'frr_node_bgp_uplinks takes interfaces of the node (lo), not eth9',
  ],
  [
    'an uplink by number without os-net-config',
    { bgp_uplinks: ['nic1'] },
    'frr_node_bgp_uplinks takes interfaces of the node (lo), not nic1',
  ],
  [
    'a password with blanks',
    { bgp_neighbor_password: 'hunter 2' },
    'frr_node_bgp_neighbor_password takes a password without blanks, not one with blanks',
  ],
  [
    'an IPv4 source for IPv6',
    { bgp_ipv6_src_ip: '192.0.2.1' },
    'frr_node_bgp_ipv6_src_ip takes an IPv6 address, not 192.0.2.1',
  ],
  [
    'a router id of IPv6',
    { bgp_router_id: '2001:db8::1' },
    'frr_node_bgp_router_id takes an IPv4 address, not 2001:db8::1',
  ],
  [
    'a prefix with host bits',
    { bgp_advertise: ['10.0.0.1/8'] },
    "frr_node_bgp_advertise takes prefixes such as '10.0.0.0/16 le 24', not 10.0.0.1/8",
  ],
  [
    'a hold time without keepalives',
    { bgp_neighbor_holdtime: 9 },
    'frr_node_bgp_neighbor_holdtime takes at least 3 seconds and no less than bgp_neighbor_keepalive, or neither is set, not 9',
  ],
  [
    'VRFs with the same VNI',
    {
      vrfs: [
        { name: 'red', vni: 100 },
        { name: 'blue', vni: 100 },
      ],
    },
    'frr_node_vrfs: red and blue have the same VNI 100',
  ],
  [
    'VRFs with the same name',
    { vrfs: [{ name: 'red' }, { name: 'red' }] },
    'frr_node_vrfs: there are 2 VRFs named red',
  ],
  [
    'VRFs whose announced prefixes overlap',
    {
      vrfs: [
        { name: 'red', advertise: true, prefixes: ['10.0.0.0/16'] },
        { name: 'blue', advertise: true, prefixes: ['10.0.7.0/24'] },
      ],
    },
    'frr_node_vrfs: prefixes of red and blue overlap (10.0.0.0/16, 10.0.7.0/24), and both are announced',
  ],
  [
    'an unknown scope',
    { bgp_uplinks_scope: 'both' },
    'value of frr_node_bgp_uplinks_scope must be one of: internal, external, got: both',
  ],
  ['an ASN that is not a number', { bgp_asn: 'private' }, 'cannot be converted to an int'],
  [
    'a witness with VRFs',
    { witness: true, vrfs: [{ name: 'red' }] },
    'frr_node_witness takes a configuration without VRFs, not one with red',
  ],
  [
    'a witness that is to announce something',
    { witness: true, bgp_advertise: ['10.0.0.0/8'] },
    'frr_node_witness takes a configuration without bgp_advertise, not one with 10.0.0.0/8',
  ],
  [
    'a witness with FRR 7.5',
    { witness: true, version: '7.5' },
    'frr_node_witness takes FRR 8.4 or newer, not 7.5',
  ],
];

/** The same of the roles that this one replaces. */
const ADOPTED: readonly (readonly [variable: string, value: unknown, message: string])[] = [
  [
    'edpm_frr_bgp_expose_only_host',
    false,
    'edpm_frr_bgp_expose_only_host: this service announces host routes only; name further prefixes in frr_node_bgp_advertise',
  ],
  [
    'edpm_frr_bgp_learning_routes',
    true,
    'edpm_frr_bgp_learning_routes: this service accepts default routes only; name further prefixes in frr_node_bgp_accept',
  ],
  ['edpm_frr_bgp_asn', 4294967296, 'frr_node_bgp_asn takes a number from 1 to 4294967295, not 4294967296'],
];

let machine: Machine;
let messages: readonly string[];

const role = (tasks_from: string, vars: Readonly<Record<string, unknown>>) => ({
  'ansible.builtin.include_role': { name: 'frr_node', tasks_from },
  vars: {
    frr_node_image: 'none',
    frr_node_config_dir: '/none',
    frr_node_log_dir: '/none',
    frr_node_status_url: '',
    ...vars,
  },
});

beforeAll(async () => {
  machine = await startMachine();
  messages = await refusals(machine, [
    ...REFUSED.map(([, parameters]) => [role('configure', prefixed({ bgp_uplinks: ['lo'], ...parameters }))]),
    ...ADOPTED.map(([name, value]) => [
      role('adopt', { frr_node_adopted: 'edpm_frr', [name]: value }),
      role('configure', { frr_node_bgp_uplinks: ['lo'] }),
    ]),
  ]);
});
afterAll(() => machine?.stop());

it.each(REFUSED.map(([what, , message], index) => [what, message, index] as const))(
  '%s',
  (_what, message, index) => {
    expect(messages[index]).toContain(message);
  },
);

it.each(ADOPTED.map(([variable, , message], index) => [variable, message, index] as const))(
  '%s of the role before',
  (_variable, message, index) => {
    expect(messages[REFUSED.length + index]).toContain(message);
  },
);

it('changes nothing, and prints no password', async () => {
  expect(await traces(machine)).toEqual([]);
  expect(messages.join('\n')).not.toContain('hunter');
});
