/** The kustomize component, applied to the DaemonSets of frr-k8s and MetalLB as `kubectl kustomize` applies it. */
import { readFileSync } from 'node:fs';
import { DaemonSet, type IDaemonSet } from 'kubernetes-models/apps/v1';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (path: string) => parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const COMPONENT = '../../../container/kubernetes/component';
const patch = read(`${COMPONENT}/sidecar.yaml`);
const { patches } = read(`${COMPONENT}/kustomization.yaml`);

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A strategic merge: objects are merged, and so are containers, by name; other lists are replaced. */
function merged(base: Fields, change: Fields): Fields {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = base[key];
    if (key === 'containers') result[key] = [...(value as unknown[]), ...(before as unknown[])];
    else result[key] = isFields(before) && isFields(value) ? merged(before, value) : value;
  }
  return result;
}

function patched(name: string): IDaemonSet {
  const base = read(`kubernetes/${name}.yaml`);
  // The name of a patch is not that of its target.
  return { ...merged(base, patch), metadata: base.metadata } as unknown as IDaemonSet;
}

describe.each([
  ['frr-k8s', ['frr-exporter', 'controller', 'frr', 'frr-metrics', 'frr-status', 'reloader']],
  ['metallb', ['frr-exporter', 'frr', 'reloader', 'frr-metrics', 'speaker']],
])('%s with the exporter', (name, containers) => {
  const set = patched(name);
  const pod = set.spec?.template.spec;
  const [exporter] = pod?.containers ?? [];

  it('is what the component selects', () => {
    expect(patches).toEqual([
      { path: 'sidecar.yaml', target: { kind: 'DaemonSet', name: expect.any(String) } },
    ]);
    expect(set.metadata?.name).toMatch(new RegExp(patches[0].target.name));
  });

  it('fits the schema of a DaemonSet', () => {
    expect(() => new DaemonSet(set).validate()).not.toThrow();
  });

  it('has one container more, with the sockets of the container frr', () => {
    expect(pod?.containers.map((container) => container.name)).toEqual(containers);
    const sockets = pod?.containers
      .find((container) => container.name === 'frr')
      ?.volumeMounts?.find(({ mountPath }) => mountPath === '/var/run/frr');
    expect(exporter?.volumeMounts).toEqual([{ name: sockets?.name, mountPath: '/run/frr', readOnly: true }]);
    expect(pod?.volumes).toContainEqual({ name: sockets?.name, emptyDir: {} });
    expect(pod?.hostNetwork).toBe(true);
  });

  it('is scraped by the PodMonitor', () => {
    const monitor = read('../../../alerts/kubernetes/pod-monitor.yaml').spec;
    expect(set.spec?.template.metadata?.labels).toMatchObject(monitor.selector.matchLabels);
    expect(set.spec?.template.metadata?.labels).toMatchObject(set.spec?.selector.matchLabels ?? {});
    expect(exporter?.ports?.map((port) => port.name)).toEqual([monitor.podMetricsEndpoints[0].port]);
  });
});

it('a DaemonSet that does not fit is refused', () => {
  const set = patched('metallb');
  expect(() => new DaemonSet({ ...set, spec: { selector: {} } } as never).validate()).toThrow(/template/);
});
