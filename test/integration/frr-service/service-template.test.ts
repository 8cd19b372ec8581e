/** The service template of FRR, evaluated by Heat: its parameters arrive at the role, and it stands beside the exporter's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Heat, startHeat } from '../container/heat.ts';
import { IMAGE, type RoleData, roleData } from '../container/service-template.ts';

const FRR = {
  type: 'OS::TripleO::Services::Frr',
  environment: 'environments/services/frr-node.yaml',
  image: 'ContainerFrrImage',
};

/** The parameters that the role is given before the deployment, and in an update. */
function variables(data: RoleData, section = 'pre_deploy_step_tasks'): Readonly<Record<string, unknown>> {
  const [task] = data[section] as { include_role: { name: string }; vars: Record<string, unknown> }[];
  expect(task?.include_role).toEqual({ name: 'tripleo_frr_node' });
  return task?.vars ?? {};
}

describe('the service template of FRR', () => {
  let heat: Heat;
  beforeAll(async () => {
    heat = await startHeat();
  });
  afterAll(() => heat?.stop());

  it('needs nothing but an image', async () => {
    const data = await roleData(heat, {}, FRR);
    expect(data).toMatchObject({
      service_name: 'frr',
      config_settings: { 'tripleo::pacemaker::force_nic': 'lo' },
      firewall_rules: {
        '156 bgp tcp': { proto: 'tcp', dport: 179 },
        '156 bfd udp': { proto: 'udp', dport: [3784, 3785, 4784] },
      },
      docker_config: {},
    });
    expect(variables(data)).toMatchObject({
      frr_node_image: IMAGE,
      frr_node_bgp: true,
      frr_node_bfd: false,
      frr_node_bgp_asn: 64999,
      frr_node_bgp_uplinks: ['nic1', 'nic2'],
      frr_node_bgp_graceful_shutdown: false,
      frr_node_status_url: 'http://{{ ctlplane_ip }}:9342/api/v1/status',
    });
    for (const section of ['update_tasks', 'upgrade_tasks'])
      expect(variables(data, section)).toEqual(variables(data));
  });

  it('passes the parameters of one role on', async () => {
    const data = await roleData(
      heat,
      {
        parameters: {
          ServiceNetMap: { FrrExporterNetwork: 'internal_api' },
          FrrBgpAsn: 65000,
          FrrBgpUplinksScope: 'internal',
          FrrExporterPort: 9400,
        },
        roleParameters: {
          FrrBgpAsn: 4200000000,
          FrrBgpUplinksScope: 'external',
          FrrBgpPeers: ['192.0.2.1', '2001:db8::1'],
          FrrBgpNeighborPassword: 's3cret',
          FrrVrfs: [{ name: 'red', vni: 100 }],
          FrrBfdEnabled: true,
        },
      },
      FRR,
    );
    expect(variables(data)).toMatchObject({
      frr_node_bgp_asn: 4200000000,
      frr_node_bgp_uplinks_scope: 'external',
      frr_node_bgp_uplinks: [],
      frr_node_bgp_peers: ['192.0.2.1', '2001:db8::1'],
      frr_node_bgp_neighbor_password: 's3cret',
      frr_node_vrfs: [{ name: 'red', vni: 100 }],
      frr_node_bfd: true,
      frr_node_status_url: 'http://[{{ internal_api_ip }}]:9400/api/v1/status',
    });
  });

  it('compares nothing where there is no exporter', async () => {
    const data = await roleData(heat, { parameters: { FrrCompareByExporter: false } }, FRR);
    expect(variables(data)).toMatchObject({ frr_node_status_url: '' });
  });

  it.each([
    ['FrrBgpAsn', 4294967296, '4294967296 is out of range (min: 1, max: 4294967295)'],
    ['FrrBgpUplinksScope', 'both', '"both" is not an allowed value ["internal", "external"]'],
    ['FrrBfdDetectMultiplier', 1, '1 is out of range (min: 2, max: 255)'],
    ['ContainerFrrImage', undefined, 'Property ContainerFrrImage not assigned'],
  ])('refuses %s %s by name', async (parameter, value, reason) => {
    const refused = roleData(heat, { parameters: { [parameter]: value } }, FRR);
    await expect(refused).rejects.toThrow(parameter);
    await expect(refused).rejects.toThrow(reason);
  });
});
