/** The patches for upstream's repositories of TripleO. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const patch = (name: string) => new URL(`../../../container/tripleo/patches/${name}.patch`, import.meta.url);

it.each([
  [
    'tripleo-heat-templates',
    // Without it, a role that lists the service does not resolve where no environment enables it.
    ['+  OS::TripleO::Services::FrrExporter: OS::Heat::None'],
    ['1\t0\tovercloud-resource-registry-puppet.j2.yaml'],
  ],
  [
    'tripleo-common',
    [
      "+_SUPPORTED_USERS['frr-exporter']='frr-exporter 42499 42499 / frrvty'",
      '+- imagename: quay.io/tripleowallaby/openstack-frr-exporter:current-tripleo',
    ],
    [
      '1\t0\tcontainer-images/kolla/base/uid_gid_manage.sh',
      '2\t0\tcontainer-images/tripleo_containers.yaml',
      '7\t0\tcontainer-images/tripleo_containers.yaml.j2',
    ],
  ],
])('%s adds lines and changes none', (name, added, files) => {
  const text = readFileSync(patch(name), 'utf8');
  for (const line of added) expect(text.split('\n')).toContain(line);
  // git refuses a patch whose numbers of lines are wrong.
  expect(execFileSync('git', ['apply', '--numstat', fileURLToPath(patch(name))], { encoding: 'utf8' })).toBe(
    `${files.join('\n')}\n`,
  );
});
