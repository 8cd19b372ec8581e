/**
 * A real Heat engine with its API, as one unprivileged process: Debian's python3-heat, an sqlite database, no
 * Keystone, no message bus. It evaluates a TripleO service template as an undercloud does.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { belongingTo, claim, freePort, release, start } from '../../lab/index.ts';

export interface Heat extends AsyncDisposable {
  /**
   * Creates a stack and gives the values of its outputs.
   * @throws Error with Heat's own words when a parameter is refused or the stack fails
   */
  outputs(stack: HeatStack): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export interface HeatStack {
  readonly template: string;
  /** As in an environment file: `parameter_defaults`, `resource_registry`, and so on. */
  readonly environment: Readonly<Record<string, unknown>>;
  /** Templates that this one includes, by the name that it uses. */
  readonly files?: Readonly<Record<string, string>>;
}

function settings(folder: string, port: number): string {
  return `[DEFAULT]
transport_url = fake://
num_engine_workers = 1
convergence_engine = true
deferred_auth_method = password
keystone_backend = heat.engine.clients.os.keystone.fake_keystoneclient.FakeKeystoneClient
auth_encryption_key = 0123456789abcdef0123456789abcdef
environment_dir = ${folder}/environment.d
template_dir = ${folder}/templates
max_json_body_size = 4194304
log_file = ${folder}/heat.log
[heat_all]
enabled_services = api,engine
[heat_api]
bind_host = 127.0.0.1
bind_port = ${port}
workers = 1
[database]
connection = sqlite:///${folder}/heat.sqlite
[paste_deploy]
flavor = noauth
api_paste_config = ${folder}/api-paste.ini
[noauth]
token_response = ${folder}/token.json
[oslo_policy]
policy_file = ${folder}/policy.yaml
enforce_scope = false
enforce_new_defaults = false
[yaql]
memory_quota = 900000
limit_iterators = 9000
`;
}

const PASTE = `[pipeline:heat-api-noauth]
pipeline = faultwrap noauth context versionnegotiation apiv1app
[app:apiv1app]
paste.app_factory = heat.common.wsgi:app_factory
heat.app_factory = heat.api.openstack.v1:API
[filter:versionnegotiation]
paste.filter_factory = heat.common.wsgi:filter_factory
heat.filter_factory = heat.api.openstack:version_negotiation_filter
[filter:faultwrap]
paste.filter_factory = heat.common.wsgi:filter_factory
heat.filter_factory = heat.api.openstack:faultwrap_filter
[filter:context]
paste.filter_factory = heat.common.context:ContextMiddleware_filter_factory
[filter:noauth]
paste.filter_factory = heat.common.noauth:filter_factory
`;

function token(port: number): unknown {
  const url = `http://127.0.0.1:${port}/v1/admin`;
  const endpoint = { url, interface: 'public', region: 'regionOne', region_id: 'regionOne', id: 'heat' };
  return {
    token: {
      methods: ['password'],
      is_domain: false,
      expires_at: '2100-01-01T00:00:00.000000Z',
      issued_at: '2020-01-01T00:00:00.000000Z',
      audit_ids: ['none'],
      user: { id: 'admin', name: 'admin', domain: { id: 'default', name: 'Default' } },
      project: { id: 'admin', name: 'admin', domain: { id: 'default', name: 'Default' } },
      roles: [{ id: 'admin', name: 'admin' }],
      catalog: [{ id: 'heat', type: 'orchestration', name: 'heat', endpoints: [endpoint] }],
    },
  };
}

/** A stack as Heat's API reports it, as far as it is used here. */
interface StackAnswer {
  readonly stack: {
    readonly id: string;
    readonly stack_status: string;
    readonly stack_status_reason: string;
    readonly outputs?: readonly {
      readonly output_key: string;
      readonly output_value?: unknown;
      readonly output_error?: string;
    }[];
  };
}

/** Starts Heat and waits until its API answers. */
export async function startHeat(): Promise<Heat> {
  const { name, folder } = await claim('heat');
  const port = await freePort();
  const api = `http://127.0.0.1:${port}/v1/admin`;
  const write = (file: string, content: string) => writeFileSync(join(folder, file), content);
  mkdirSync(join(folder, 'environment.d'));
  mkdirSync(join(folder, 'templates'));
  write('heat.conf', settings(folder, port));
  write('api-paste.ini', PASTE);
  write('token.json', JSON.stringify(token(port)));
  write('policy.yaml', '"context_is_admin": "@"\n"project_user": "@"\n"deny_everybody": "@"\n');
  const command = (module: string) => [
    '-c',
    `import sys; from heat.cmd.${module} import main; sys.exit(main())`,
    '--config-file',
    join(folder, 'heat.conf'),
  ];

  async function request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(api + path, {
      method,
      headers: { 'content-type': 'application/json', 'x-auth-token': 'none' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = JSON.parse(await response.text());
    if (!response.ok) throw new Error(answer.error?.message ?? JSON.stringify(answer));
    return answer;
  }

  const env = belongingTo(name);
  let engine: Awaited<ReturnType<typeof start>>;
  try {
    await execa('/usr/bin/python3', [...command('manage'), 'db_sync'], { env, cwd: folder });
    engine = await start('/usr/bin/python3', command('all'), {
      env,
      cwd: folder,
      ready: async () =>
        (await request<{ stacks: unknown[] }>('GET', '/stacks').catch(() => undefined)) !== undefined,
      within: 120_000,
    });
  } catch (error) {
    await release(name);
    throw error;
  }

  let count = 0;
  const stop = async () => {
    await engine.stop();
    await release(name);
  };
  return {
    outputs: async ({ template, environment, files = {} }) => {
      count += 1;
      const stack = `service-${count}`;
      const { stack: created } = await request<StackAnswer>('POST', '/stacks', {
        stack_name: stack,
        template,
        files,
        environment,
        timeout_mins: 2,
      });
      for (;;) {
        const { stack: found } = await request<StackAnswer>('GET', `/stacks/${stack}/${created.id}`);
        if (found.stack_status === 'CREATE_FAILED') throw new Error(found.stack_status_reason);
        if (found.stack_status === 'CREATE_COMPLETE')
          return Object.fromEntries(
            (found.outputs ?? []).map(({ output_key, output_value, output_error }) => {
              if (output_error !== undefined) throw new Error(`${output_key}: ${output_error}`);
              return [output_key, output_value];
            }),
          );
        await pause(100);
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
