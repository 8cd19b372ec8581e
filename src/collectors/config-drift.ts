/**
 * Whether FRR still runs the configuration that was placed. Lines are compared by their digests: the running configuration,
 * which may hold passwords, is read, hashed and forgotten; it is in no log, recording or metric.
 */
import { flag } from '../flags/flag.ts';
import { path } from '../flags/values.ts';
import { type Daemon, runningConfig } from '../frr/commands.ts';
import { configurationLines, lineDigest } from '../frr/configuration.ts';
import { loadPlaced } from '../frr/placed-configuration.ts';
import { metric } from '../metrics/family.ts';
import { statefulCollector } from './collector.ts';

const CHANGE_LABELS = ['change'] as const;
const PEER_LABELS = ['vrf', 'peer'] as const;
const VRF_LABELS = ['vrf'] as const;

const SOURCE = `${runningConfig.text}, to each daemon that has configuration; --collector.config-drift.digest`;

const drift = metric({
  name: 'frr_config_drift',
  type: 'gauge',
  help: 'Number of lines by which the running configuration differs from the one that was placed: those missing from it, and those added to it, except what ovn-bgp-agent and Neutron add.',
  labels: CHANGE_LABELS,
  source: SOURCE,
});
const peerPresent = metric({
  name: 'frr_config_peer_present',
  type: 'gauge',
  help: 'Whether the running configuration has the BGP peer of the placed configuration.',
  labels: PEER_LABELS,
  source: SOURCE,
});
const vrfPresent = metric({
  name: 'frr_config_vrf_present',
  type: 'gauge',
  help: 'Whether the running configuration has the BGP instance of the VRF in the placed configuration.',
  labels: VRF_LABELS,
  source: SOURCE,
});

/**
 * Lines that ovn-bgp-agent (`ovn_bgp_agent/drivers/openstack/utils/frr.py`) and Neutron's ovn-bgp add at run time: VRFs with
 * their VNIs, their instances of BGP, and their import into the default one.
 */
const ADDED_BY_AGENTS = [
  /^vrf \S+(\nvni \d+)?$/,
  /^router bgp \d+ vrf \S+(\nbgp router-id \S+)?$/,
  /^router bgp \d+ vrf \S+\naddress-family ipv[46] unicast(\n(redistribute (connected|kernel)|import vrf \S+))?$/,
  /^router bgp \d+ vrf \S+\naddress-family l2vpn evpn(\n(advertise ipv[46] unicast|rd \S+|route-target (import|export|both) .+))?$/,
  /^router bgp \d+\naddress-family ipv[46] unicast(\nimport vrf \S+)?$/,
];

const byAgents = (line: string): boolean => ADDED_BY_AGENTS.some((pattern) => pattern.test(line));

export const configDrift = statefulCollector({
  name: 'config-drift',
  help: 'Differences between the running configuration and the one that the FRR service placed.',
  enabledByDefault: false,
  pace: 'details',
  commands: [runningConfig],
  flags: {
    digest: flag({
      name: 'collector.config-drift.digest',
      help: 'File with the digests of the configuration that was placed',
      kind: path,
      default: '/run/frr/placed.sha256',
    }),
  },
  descriptors: [drift, peerPresent, vrfPresent],
  create: ({ digest }) => ({
    async query(frr) {
      const placed = await loadPlaced(digest);
      // A daemon that does not answer lacks nothing as far as anybody knows: the poll fails.
      const texts = await Promise.all(
        placed.daemons.map((daemon: Daemon) => frr.text(runningConfig(daemon))),
      );
      const running = new Set(texts.flatMap((text) => [...configurationLines(text)]));
      const lines = new Map(Array.from(running, (line) => [lineDigest(line), line]));
      const added = [...lines].filter(([hash, line]) => !placed.digests.has(hash) && !byAgents(line));
      return { placed, present: new Set(lines.keys()), added: added.length };
    },
    *families({ placed, present, added }, { emit, labels }) {
      const missing = [...placed.digests].filter((hash) => !present.has(hash)).length;
      emit(drift, labels(CHANGE_LABELS, ['missing']), missing);
      emit(drift, labels(CHANGE_LABELS, ['added']), added);
      for (const [hash, { vrf, peer }] of placed.peers) {
        yield;
        emit(peerPresent, labels(PEER_LABELS, [vrf, peer]), present.has(hash) ? 1 : 0);
      }
      for (const [hash, vrf] of placed.vrfs) {
        yield;
        emit(vrfPresent, labels(VRF_LABELS, [vrf]), present.has(hash) ? 1 : 0);
      }
    },
  }),
});
