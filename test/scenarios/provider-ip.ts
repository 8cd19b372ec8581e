import type { Cloud, CloudNode } from '../lab/index.ts';
import type { UseCase } from './use-case.ts';

const ADDRESS = '192.0.2.200';

/** As ovn-bgp-agent does it: the address on an interface that FRR redistributes, and the way to the machine itself. */
const add = (cloud: Cloud, node: CloudNode) => cloud.ip(node, `addr add ${ADDRESS}/32 dev br-ex`);
const remove = (cloud: Cloud, node: CloudNode) => cloud.ip(node, `addr del ${ADDRESS}/32 dev br-ex`);
const peers = (node: CloudNode) =>
  `${node} frr_host_route_advertised_peers{address="${ADDRESS}",interface="br-ex"}`;

export const providerIp: UseCase = {
  name: 'provider-ip',
  title: 'Provider IPs',
  about:
    'The address of a machine on a provider network is announced by the compute node that the machine runs on. A live migration moves it: the new node announces it when the machine is there, and the old one stops.',
  picture: {
    outside: 'client',
    tor1: '',
    tor2: '',
    node1: `compute node, ${ADDRESS}`,
    node2: 'compute node',
  },
  addresses: [ADDRESS],
  commands: [`show bgp ipv4 unicast ${ADDRESS}/32`],
  prepare: (cloud) => add(cloud, 'node1'),
  remove: (cloud) => remove(cloud, 'node1'),
  works: { [peers('node1')]: 2, [peers('node2')]: undefined },
  faults: [
    {
      what: 'a live migration: both nodes have it for a moment, then the new one alone',
      cause: async (cloud) => {
        await add(cloud, 'node2');
        await remove(cloud, 'node1');
      },
      undo: async (cloud) => {
        await add(cloud, 'node1');
        await remove(cloud, 'node2');
      },
      shows: { [peers('node2')]: 2, [peers('node1')]: undefined },
      says: [],
      alerts: [],
      lost: [],
    },
    {
      what: 'the old node keeps it after the migration',
      cause: (cloud) => add(cloud, 'node2'),
      undo: (cloud) => remove(cloud, 'node2'),
      shows: { [peers('node2')]: 2, [peers('node1')]: 2 },
      says: [],
      alerts: [`FRRAddressDuplicated warning vrf=default address=${ADDRESS}`],
      lost: [],
    },
  ],
};
