/** The service template of TripleO as a deployment uses it: by its environment file, for one role. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Heat } from './heat.ts';
import { REPOSITORY } from './machine.ts';

const TRIPLEO = join(REPOSITORY, 'container/tripleo');

/** A container as TripleO's `docker_config` describes it, as far as this project's uses it. */
export interface ContainerDefinition {
  readonly image: string;
  readonly net: string;
  readonly user?: string;
  readonly group_add?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly read_only_tmpfs?: boolean;
  readonly privileged?: boolean;
  readonly memory?: string;
  readonly restart: string;
  readonly depends_on?: readonly string[];
  readonly systemd_exec_flags?: Readonly<Record<string, string | number>>;
  readonly volumes: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
}

export interface RoleData {
  readonly service_name: string;
  readonly docker_config: { readonly step_5: { readonly frr_exporter: ContainerDefinition } };
  readonly [section: string]: unknown;
}

export interface Deployment {
  /** `parameter_defaults` of the operator's own environment. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** `ROLEParameters`. */
  readonly roleParameters?: Readonly<Record<string, unknown>>;
  /** What the network templates of t-h-t pass to all services. */
  readonly serviceData?: Readonly<Record<string, unknown>>;
}

export const IMAGE = 'registry.example/frr-exporter:1.0';

export const SERVICE_DATA = {
  net_cidr_map: { ctlplane: ['192.168.24.0/24', '192.168.25.0/24'], internal_api: ['fd00:fd00:2000::/64'] },
  net_ip_version_map: { ctlplane: 4, internal_api: 6 },
};

/** A service, with the environment file that deploys it and the parameter that has no default. */
export interface Service {
  readonly type: string;
  readonly environment: string;
  readonly image: string;
}

export const EXPORTER: Service = {
  type: 'OS::TripleO::Services::FrrExporter',
  environment: 'environments/services/frr-exporter.yaml',
  image: 'ContainerFrrExporterImage',
};

/** What t-h-t's overcloud template is to a service: it passes the five common parameters. */
const overcloud = (type: string) => `
heat_template_version: wallaby
parameters:
  ServiceNetMap: {type: json, default: {FrrNetwork: ctlplane}}
  ServiceData: {type: json}
  RoleParameters: {type: json}
resources:
  Service:
    type: ${type}
    properties:
      ServiceNetMap: {get_param: ServiceNetMap}
      ServiceData: {get_param: ServiceData}
      EndpointMap: {}
      RoleName: Compute
      RoleParameters: {get_param: RoleParameters}
outputs:
  role_data: {value: {get_attr: [Service, role_data]}}
`;

/** Evaluates the template. @throws Error with Heat's words for a parameter that is refused */
export async function roleData(
  heat: Heat,
  deployment: Deployment = {},
  service: Service = EXPORTER,
): Promise<RoleData> {
  const name = service.environment;
  const environment = parse(readFileSync(join(TRIPLEO, name), 'utf8')) as {
    readonly resource_registry: Readonly<Record<string, string>>;
    readonly parameter_defaults: Readonly<Record<string, unknown>>;
  };
  // The client reads the files that an environment names, relative to it, and sends them along.
  const registry: Record<string, string> = {};
  const files: Record<string, string> = {};
  for (const [type, path] of Object.entries(environment.resource_registry)) {
    registry[type] = path;
    if (path.startsWith('OS::')) continue;
    const file = new URL(path, `file://${join(TRIPLEO, name)}`);
    registry[type] = file.href;
    files[file.href] = readFileSync(file, 'utf8');
  }
  const { role_data } = await heat.outputs({
    template: overcloud(service.type),
    files,
    environment: {
      resource_registry: registry,
      parameter_defaults: {
        ...environment.parameter_defaults,
        [service.image]: IMAGE,
        RootStackName: 'overcloud',
        ServiceData: deployment.serviceData ?? SERVICE_DATA,
        RoleParameters: deployment.roleParameters ?? {},
        ...deployment.parameters,
      },
    },
  });
  return role_data as RoleData;
}

/** What Ansible makes of a value with host variables in it, as far as the template uses them. */
export function withHostVariables<T>(value: T, variables: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(value).replace(/\{\{\s*(\w+)\s*\}\}/g, (_all, name: string) => {
    if (variables[name] === undefined) throw new Error(`the host has no variable ${name}`);
    return variables[name];
  });
  return JSON.parse(text);
}
