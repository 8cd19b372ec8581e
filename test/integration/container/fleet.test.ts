/**
 * A pair of Prometheus and a cluster of Alertmanager, by the shipped files, with Debian's programs on one host. The
 * exporters are stand-ins that answer what the test says; a Prometheus with a remote-write receiver stands in for the
 * long-term store.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { claim, freePort, type Prometheus, release, startPrometheus, waitFor } from '../../lab/index.ts';
import { type Messages, startMessages } from '../../lab/messages.ts';
import { REPOSITORY } from './machine.ts';

const FLEET = join(REPOSITORY, 'container/fleet');
const read = (file: string) => parse(readFileSync(join(FLEET, file), 'utf8'));

/** The rules use these metrics of a session. */
const session = (up: boolean) => `frr_up 1
frr_daemon_up{daemon="zebra"} 1
frr_daemon_up{daemon="bgpd"} 1
frr_maintenance 0
frr_bgp_session_up{vrf="default",peer="eth1"} ${up ? 1 : 0}
frr_bgp_session_state{vrf="default",peer="eth1"} ${up ? 6 : 1}
frr_bgp_session_admin_up{vrf="default",peer="eth1"} 1
frr_bgp_session_established_total{vrf="default",peer="eth1"} 1
frr_bgp_session_info{vrf="default",peer="eth1",local_as="64999",remote_as="65001",peer_group="uplink",description="tor1"} 1
frr_bgp_session_up{vrf="default",peer="eth2"} 1
frr_bgp_session_state{vrf="default",peer="eth2"} 6
frr_bgp_session_admin_up{vrf="default",peer="eth2"} 1
frr_bgp_session_established_total{vrf="default",peer="eth2"} 1
frr_bgp_session_info{vrf="default",peer="eth2",local_as="64999",remote_as="65002",peer_group="uplink",description="tor2"} 1
process_cpu_seconds_total 1
`;

interface Node {
  readonly target: string;
  up: boolean;
}

const servers: Server[] = [];
async function startNode(): Promise<Node> {
  const port = await freePort();
  const node = { target: `127.0.0.1:${port}`, up: true };
  const server = createServer((_request, response) => response.end(session(node.up)));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  servers.push(server);
  return node;
}

describe('a pair of each', () => {
  let folder: { readonly name: string; readonly folder: string };
  let nodes: readonly Node[];
  let messages: Messages;
  let store: Prometheus;
  let pair: Prometheus[];

  beforeAll(async () => {
    folder = await claim('fleet');
    nodes = [await startNode(), await startNode()];

    // Two clouds, so that their faults are two messages.
    const targets = join(folder.folder, 'frr.json');
    writeFileSync(
      targets,
      JSON.stringify(
        nodes.map(({ target }, i) => ({
          targets: [target],
          labels: {
            cluster: `cloud-${i}`,
            hostname: `compute-${i}`,
            fqdn: `compute-${i}.example`,
            role: 'Compute',
          },
        })),
      ),
    );

    messages = await startMessages(undefined, 2);
    store = await startPrometheus({
      config: { global: { scrape_interval: '1h' } },
      args: ['--web.enable-remote-write-receiver'],
    });

    const config = { ...read('prometheus.yml'), ...read('remote-write.yml') };
    const [frr] = config.scrape_configs;
    // What differs on this host: addresses, files, and that nothing is encrypted.
    const { scheme: _, tls_config: __, basic_auth: ___, ...plain } = frr;
    const here = {
      ...config,
      rule_files: [join(REPOSITORY, 'alerts/rules/*.yaml')],
      alerting: {
        ...config.alerting,
        alertmanagers: [
          { static_configs: [{ targets: messages.alertmanagers.map(({ url }) => new URL(url).host) }] },
        ],
      },
      scrape_configs: [{ ...plain, file_sd_configs: [{ files: [targets] }] }],
      remote_write: [{ ...config.remote_write[0], url: `${store.url}/api/v1/write` }],
    };
    pair = await Promise.all(
      ['a', 'b'].map((replica) =>
        startPrometheus({
          config: here,
          args: ['--enable-feature=expand-external-labels'],
          env: { REPLICA: replica },
        }),
      ),
    );
    await waitFor(
      async () => {
        const seen = await Promise.all(
          pair.map((one) => one.query('session:frr_bgp_session_up:wanted == 1')),
        );
        return seen.every((samples) => samples.length === 4);
      },
      { within: 60_000, for: 'both Prometheus to see the sessions' },
    );
  });

  afterAll(async () => {
    for (const running of [...(pair ?? []), messages, store]) await running?.stop();
    for (const server of servers) server.close();
    await release(folder.name);
  });

  /** The pages about a cloud that reached the pager, by their first lines. */
  const about = (cluster: string) =>
    messages.messages
      .filter(({ via, status }) => via === 'pagerduty' && status === 'firing')
      .map(({ title }) => title)
      .filter((title) => title.includes(cluster));

  it('identifies a node by its name', async () => {
    const [sample] = await (pair[0] as Prometheus).query('frr_up{hostname="compute-0"}');
    expect(sample?.metric).toMatchObject({
      instance: 'compute-0',
      job: 'frr',
      cluster: 'cloud-0',
      role: 'Compute',
    });
  });

  it('writes what is worth keeping into the store, and says which of the pair wrote it', async () => {
    await waitFor(async () => (await store.query('frr_bgp_session_up')).length === 8, { within: 60_000 });
    const replicas = new Set((await store.query('frr_bgp_session_up')).map(({ metric }) => metric.replica));
    expect([...replicas].sort()).toEqual(['a', 'b']);
    expect(await store.query('up{region="region-1"}')).toHaveLength(4);
    expect(await store.query('process_cpu_seconds_total')).toEqual([]);
  });

  it('pages once for a fault that both of each see', async () => {
    (nodes[0] as Node).up = false;
    await waitFor(() => about('cloud-0').length > 0, { within: 60_000, for: 'the page' });
    // Both Prometheus have sent to both Alertmanagers; the second one would have notified by now.
    for (const { url } of messages.alertmanagers) {
      const alerts = (await (await fetch(`${url}/api/v2/alerts`)).json()) as {
        labels: Record<string, string>;
      }[];
      expect(alerts.filter(({ labels }) => labels.alertname === 'FRRBGPPeerDown')).toHaveLength(1);
    }
    await pause(15_000);
    expect(about('cloud-0')).toHaveLength(1);
  });

  it('still pages, and once, when one of each is gone', async () => {
    for (const one of [pair[0], messages.alertmanager]) process.kill((one as Prometheus).pid, 'SIGKILL');
    (nodes[1] as Node).up = false;
    await waitFor(() => about('cloud-1').length > 0, { within: 60_000, for: 'the page' });
    await pause(15_000);
    expect(about('cloud-1')).toHaveLength(1);
    expect(about('cloud-0')).toHaveLength(1);
  });
});

describe('the shipped files', () => {
  it.each([
    ['alone', ['prometheus.yml']],
    ['with the long-term store', ['prometheus.yml', 'remote-write.yml']],
  ])('are what Prometheus takes: %s', async (_how, files) => {
    const { name, folder } = await claim('fleet-check');
    try {
      const content = files.map((file) => readFileSync(join(FLEET, file), 'utf8')).join('\n');
      const config = parse(content);
      // The secrets and the CA are on the real host.
      for (const file of ['ca.crt', 'password']) writeFileSync(join(folder, file), '');
      const [frr] = config.scrape_configs;
      frr.tls_config.ca_file = join(folder, 'ca.crt');
      frr.basic_auth.password_file = join(folder, 'password');
      config.rule_files = [join(REPOSITORY, 'alerts/rules/*.yaml')];
      writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
      const { stdout } = await execa('promtool', ['check', 'config', join(folder, 'prometheus.yml')]);
      expect(stdout).toContain('is valid prometheus config file syntax');
    } finally {
      await release(name);
    }
  });
});
