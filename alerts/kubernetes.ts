/** The rules and scrapes as objects of the prometheus-operator (`monitoring.coreos.com`). */
import { stringify } from 'yaml';
import type { RuleFile } from './rule.ts';
import type { Thresholds } from './thresholds.ts';

const HEAD =
  '# Made by `make rules` from alerts/topics and alerts/thresholds.yaml. Change those, not this file.\n';
const API = 'monitoring.coreos.com';
const labels = { 'app.kubernetes.io/name': 'frr-exporter' };

/** Names and texts of the manifests: rules, a scrape of nodes by address, and a scrape of pods. */
export function manifests(
  site: Thresholds,
  files: readonly RuleFile[],
): readonly (readonly [string, string])[] {
  return [
    ['prometheus-rules.yaml', files.map((file) => document(prometheusRule(file))).join('---\n')],
    ['scrape-config.yaml', document(scrapeConfig(site))],
    ['pod-monitor.yaml', document(podMonitor(site))],
  ].map(([name, text]) => [name as string, HEAD + text]);
}

function document(object: unknown): string {
  return stringify(object, { lineWidth: 0, blockQuote: 'literal' });
}

function prometheusRule({ topic, groups }: RuleFile): unknown {
  return {
    apiVersion: `${API}/v1`,
    kind: 'PrometheusRule',
    metadata: { name: `frr-${topic}`, labels },
    spec: { groups },
  };
}

/** For exporters on hosts outside of the cluster. */
function scrapeConfig(site: Thresholds): unknown {
  return {
    apiVersion: `${API}/v1alpha1`,
    kind: 'ScrapeConfig',
    metadata: { name: 'frr-exporter', labels },
    spec: {
      jobName: site.job,
      scrapeInterval: site.scrape_interval,
      scheme: 'HTTPS',
      tlsConfig: { ca: { configMap: { name: 'frr-exporter-ca', key: 'ca.crt' } } },
      basicAuth: {
        username: { name: 'frr-exporter-scrape', key: 'username' },
        password: { name: 'frr-exporter-scrape', key: 'password' },
      },
      staticConfigs: [
        {
          targets: ['192.0.2.20:9342'],
          labels: { cluster: 'cluster-1', [site.node_label]: 'node-0', role: 'worker' },
        },
      ],
    },
  };
}

/** For exporters in the pods of FRR, in any namespace, as container/kubernetes adds them. */
function podMonitor(site: Thresholds): unknown {
  return {
    apiVersion: `${API}/v1`,
    kind: 'PodMonitor',
    metadata: { name: 'frr-exporter', labels },
    spec: {
      namespaceSelector: { any: true },
      selector: { matchLabels: { 'frr-exporter': 'sidecar' } },
      podMetricsEndpoints: [
        {
          port: 'frr-exporter',
          interval: site.scrape_interval,
          relabelings: [
            { targetLabel: 'job', replacement: site.job },
            { targetLabel: 'cluster', replacement: 'cluster-1' },
            { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: site.node_label },
          ],
        },
      ],
    },
  };
}
