import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Heat, startHeat } from './heat.ts';
import { EXPORTER, IMAGE, type RoleData, roleData } from './service-template.ts';

const expected = (name: string): RoleData =>
  JSON.parse(
    readFileSync(new URL(`role-data/${name}.json`, import.meta.url), 'utf8').replaceAll('IMAGE', IMAGE),
  );

describe('the service template, evaluated by Heat', () => {
  let heat: Heat;
  beforeAll(async () => {
    heat = await startHeat();
  });
  afterAll(() => heat?.stop());

  it('requires only an image', async () => {
    expect(await roleData(heat)).toEqual(expected('plain'));
  });

  it('serves TLS on an IPv6 network, with the settings of one role', async () => {
    const data = await roleData(heat, {
      parameters: {
        ServiceNetMap: { FrrExporterNetwork: 'internal_api' },
        EnableInternalTLS: true,
        FrrExporterCertificateKeySize: '4096',
        FrrExporterTLSClientAuth: true,
        FrrExporterBasicAuthUsers: { prometheus: '$2y$10$hash' },
        FrrExporterDisabledCollectors: 'evpn',
        FrrExporterExtraArguments: '--compat.frr-exporter,--poll.max-share=0.5%',
        FrrExporterScrapeTargetsFile: '/etc/prometheus/frr_exporter.json',
        FrrExporterScrapeTargetsLabels: { site: 'one' },
        // What the role says wins.
        FrrExporterPort: 9500,
        FrrExporterLogLevel: 'error',
      },
      roleParameters: {
        ContainerFrrExporterImage: 'registry.example/frr-exporter:2.0',
        FrrExporterPort: 9400,
        FrrExporterAllowedSubnets: ['2001:db8::/64'],
        FrrExporterLogLevel: 'debug',
        FrrExporterEnabledCollectors: ['ospf', 'vrrp'],
        FrrExporterTimeout: 10,
        FrrExporterPollInterval: 15,
        FrrExporterMemoryLimit: '1g',
      },
    });
    expect(data).toEqual(expected('tls-ipv6-role'));
  });

  it('requests a key of the common size where the service has none of its own', async () => {
    const data = await roleData(heat, {
      parameters: { EnableInternalTLS: true, CertificateKeySize: '3072' },
    });
    const [certificate] = data.deploy_steps_tasks as {
      block: { vars: { certificate_requests: { key_size: string; dns: string }[] } }[];
    }[];
    const [request] = certificate?.block[0]?.vars.certificate_requests ?? [];
    expect(request).toMatchObject({ key_size: '3072', dns: '{{fqdn_ctlplane}}' });
  });

  it('splits a list of a role like one of all roles', async () => {
    const data = await roleData(heat, { roleParameters: { FrrExporterEnabledCollectors: 'ospf, vrrp' } });
    expect(data.docker_config.step_5.frr_exporter.command).toEqual([
      'serve',
      '--collector.ospf',
      '--collector.vrrp',
    ]);
  });

  it('leaves a network that does not exist to the role, which names it', async () => {
    const data = await roleData(heat, { parameters: { ServiceNetMap: { FrrExporterNetwork: 'nowhere' } } });
    expect(data.firewall_rules).toEqual({});
    expect(data.docker_config.step_5.frr_exporter.environment).toMatchObject({
      FRR_EXPORTER_WEB_LISTEN_ADDRESS: '{{ nowhere_ip }}:9342',
    });
  });

  it('can be in a role without being deployed', async () => {
    const service = { ...EXPORTER, environment: 'environments/services/disable-frr-exporter.yaml' };
    expect(await roleData(heat, {}, service)).toBeNull();
  });

  it.each([
    ['FrrExporterPort', 9342.5, '9342.5 is not a multiple of 1'],
    ['FrrExporterPort', 80, '80 is out of range (min: 1024, max: 65535)'],
    ['FrrExporterPort', 'http', "could not convert string to float: 'http'"],
    ['FrrExporterEnabledCollectors', 'bgp,isis', '["bgp", "isis"] is not an allowed value'],
    ['FrrExporterLogLevel', 'loud', '"loud" is not an allowed value ["debug", "info", "warn", "error"]'],
    ['FrrExporterTimeout', 0, '0 is out of range (min: 1, max: 600)'],
    ['ContainerFrrExporterImage', undefined, 'Property ContainerFrrExporterImage not assigned'],
  ])('refuses %s %s by name', async (parameter, value, reason) => {
    const refused = roleData(heat, { parameters: { [parameter]: value } });
    await expect(refused).rejects.toThrow(parameter);
    await expect(refused).rejects.toThrow(reason);
  });
});
