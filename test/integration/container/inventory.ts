/** An inventory as `tripleo-ansible-inventory` writes it: a group for every role, and one for every service. */
import { stringify } from 'yaml';

export interface InventoryOptions {
  readonly controllers: number;
  readonly computes: number;
  /** Group variables of the role Compute, as the service template gives them. */
  readonly computeVariables?: Readonly<Record<string, unknown>>;
  /** Variables of single hosts, in addition or instead. */
  readonly hosts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function host(name: string, number: number): Readonly<Record<string, unknown>> {
  const [high, low] = [Math.floor(number / 250), (number % 250) + 2];
  return {
    ansible_host: `192.168.${24 + high}.${low}`,
    canonical_hostname: `${name}.example.com`,
    ctlplane_hostname: `${name}.ctlplane.example.com`,
    ctlplane_ip: `192.168.${24 + high}.${low}`,
    internal_api_hostname: `${name}.internalapi.example.com`,
    internal_api_ip: `fd00:fd00:2000:${high.toString(16)}::${low.toString(16)}`,
  };
}

export function inventory({
  controllers,
  computes,
  computeVariables = {},
  hosts = {},
}: InventoryOptions): string {
  const role = (
    name: string,
    first: number,
    length: number,
    variables: Readonly<Record<string, unknown>>,
  ) => ({
    hosts: Object.fromEntries(
      Array.from({ length }, (_, i) => {
        const node = `overcloud-${name.toLowerCase()}-${i}`;
        return [node, { ...host(node, first + i), ...hosts[node] }];
      }),
    ),
    vars: {
      ansible_ssh_user: 'tripleo-admin',
      bootstrap_server_id: 'e1b1c1a0-0000-4000-8000-000000000000',
      serial: 1,
      tripleo_role_name: name,
      tripleo_role_networks: ['ctlplane', 'internal_api'],
      ...variables,
    },
  });
  const service = { children: { Compute: {}, Controller: {} }, vars: { ansible_ssh_user: 'tripleo-admin' } };
  return stringify({
    Undercloud: {
      hosts: { undercloud: { ansible_connection: 'local', ansible_host: 'localhost' } },
      vars: { ansible_connection: 'local', plan: 'overcloud' },
    },
    Controller: role('Controller', 0, controllers, { tripleo_frr_exporter_port: 9342 }),
    Compute: role('Compute', controllers, computes, { tripleo_frr_exporter_port: 9342, ...computeVariables }),
    overcloud: { children: { Compute: {}, Controller: {} }, vars: { container_cli: 'podman' } },
    allovercloud: { children: { overcloud: {} } },
    frr: service,
    frr_exporter: service,
    nova_compute: { children: { Compute: {} } },
  });
}
