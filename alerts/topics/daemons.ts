/** FRR's daemons: dead, hung, restarted, or with another configuration than the one that was placed. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { ADDRESSES_GONE, CONFIG_DRIFT, DAEMONS_DOWN, node } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { NO_MAINTENANCE, NODE } from './session-series.ts';

/** The daemons without which the node leaves the network, at once or at the next fault. */
const VITAL = '{daemon=~"zebra|bgpd|bfdd"}';

/** What a missing or hung daemon means, by daemon. */
const IMPACT = [
  `{{ if eq $labels.daemon "bgpd" }}The routers drop the node's sessions, and its announcements with them. Announced by nobody now: ${ADDRESSES_GONE}.`,
  '{{ else if eq $labels.daemon "zebra" }}Routes are no longer put into the kernel: new VIPs and floating IPs stay unannounced, lost paths stay in use.',
  '{{ else if eq $labels.daemon "bfdd" }}The routers see BFD go down and drop the BGP sessions that it watches; faults are detected only by hold timers.',
  '{{ else }}What this daemon does is not done any more; the other daemons run.{{ end }}',
].join('');

export function daemons(site: Thresholds): RuleFile {
  const { carry } = site;
  const hung = `(last_over_time(frr_daemon_hung[${carry}]) == 1)`;
  return {
    topic: 'daemons',
    groups: [
      {
        name: 'frr-daemons',
        interval: site.evaluation_interval,
        rules: [
          alert(site, 'FRRDown', {
            expr: promql`
              max without (daemon) (last_over_time(frr_daemon_up[${carry}])) == 0
              unless on (${NODE}) ${hung}
              ${NO_MAINTENANCE}
            `,
            for: site.daemon_down_for,
            keepFiringFor: site.keep_inhibiting_routers_for,
            severity: 'critical',
            folded: true,
            summary: 'No FRR daemon of a node answers.',
            title: `${node(site)} FRR is not running`,
            description: `FRR on ${node(site)} is not running: ${DAEMONS_DOWN} do not answer.`,
            impact: `The node announces nothing and learns nothing. Announced by nobody now: ${ADDRESSES_GONE}.`,
            action:
              'On the node: `systemctl status frr` (TripleO: `systemctl status tripleo_frr` and `podman logs frr`). Start it; if it stops again, its log says why.',
            dashboard: 'frr-node',
          }),
          ...(['critical', 'warning'] as const).map((severity) =>
            alert(site, 'FRRDaemonDown', {
              expr: promql`
                last_over_time(frr_daemon_up${severity === 'critical' ? VITAL : VITAL.replace('=~', '!~')}[${carry}]) == 0
                unless ${hung}
                ${NO_MAINTENANCE}
              `,
              for: site.daemon_down_for,
              keepFiringFor: site.keep_inhibiting_routers_for,
              severity,
              folded: true,
              summary: 'An FRR daemon is dead.',
              title: `${node(site)} {{ $labels.daemon }} is dead`,
              description: `{{ $labels.daemon }} on ${node(site)} is dead: nothing listens on its socket. Not answering on this node: ${DAEMONS_DOWN}.`,
              impact: IMPACT,
              action: `On the node: \`${site.vtysh} -d watchfrr -c 'show watchfrr'\`, then the end of FRR's log and \`coredumpctl list {{ $labels.daemon }}\`. watchfrr should have restarted it; restart FRR if it has not.`,
              dashboard: 'frr-node',
            }),
          ),
          ...(['critical', 'warning'] as const).map((severity) =>
            alert(site, 'FRRDaemonHung', {
              expr: promql`
                last_over_time(frr_daemon_hung${severity === 'critical' ? VITAL : VITAL.replace('=~', '!~')}[${carry}]) == 1
                ${NO_MAINTENANCE}
              `,
              for: site.daemon_hung_for,
              keepFiringFor: site.keep_inhibiting_routers_for,
              severity,
              folded: true,
              summary: 'An FRR daemon is hung.',
              title: `${node(site)} {{ $labels.daemon }} is hung`,
              description: `{{ $labels.daemon }} on ${node(site)} is hung: its process runs and accepts connections, but it does not answer.`,
              impact: IMPACT,
              action:
                'On the node: `ps -o pid,stat,wchan,pcpu,cmd -C {{ $labels.daemon }}` (T: stopped, D: waits for the kernel, R at 100 %: a loop). Take a core with `gcore` if you can, then kill it; watchfrr starts it again.',
              dashboard: 'frr-node',
            }),
          ),
          alert(site, 'FRRUnreachable', {
            expr: promql`
              last_over_time(frr_up[${carry}]) == 0
              ${NO_MAINTENANCE}
            `,
            for: site.frr_unreachable_for,
            severity: 'critical',
            folded: true,
            summary: 'The exporter gets no answer from FRR.',
            title: `${node(site)} FRR does not answer the exporter`,
            description: `The exporter on ${node(site)} runs but gets no data from FRR at all: FRR has not started, or the exporter may not use its sockets.`,
            impact:
              'Nothing is known about the BGP sessions of this node. Only the routers show whether they are up.',
            action:
              'On the node: `frr-exporter doctor` says whether FRR is not running or permissions are missing. After an FRR restart look at the owner of `/run/frr`.',
            dashboard: 'frr-exporter',
          }),
          alert(site, 'FRRConfigDrift', {
            expr: promql`
              sum without (change) (last_over_time(frr_config_drift[${carry}])) > 0
              ${NO_MAINTENANCE}
            `,
            for: site.config_drift_for,
            severity: 'warning',
            summary: 'FRR does not run the configuration that was placed.',
            title: `${node(site)} FRR configuration changed: {{ printf "%.0f" $value }} lines`,
            description: `FRR on ${node(site)} does not run the configuration that was placed: lines missing ${CONFIG_DRIFT.missing}, lines added ${CONFIG_DRIFT.added}. Peers that are missing: ${CONFIG_DRIFT.peers}. VRFs that are missing: ${CONFIG_DRIFT.vrfs}.`,
            impact:
              'The node may announce or accept what it must not, or lack a session or a VRF; the next start of FRR changes its routing again.',
            action:
              'On the node: `podman exec frr frr-config drift` shows the lines. Put them into the parameters of the role if they are intended; otherwise run the role again, and take added lines away with their `no` form.',
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRDaemonRestarted', {
            expr: 'increase(frr_daemon_restarts_total[10m]) > 0',
            severity: 'info',
            summary: 'An FRR daemon was restarted.',
            title: `${node(site)} {{ $labels.daemon }} was restarted`,
            description: `{{ $labels.daemon }} on ${node(site)} was restarted within the last ten minutes.`,
            impact: 'If it was bgpd, all sessions of the node were down for a moment.',
            action: 'If nobody restarted it, look for a core file and at the end of its log.',
            dashboard: 'frr-node',
          }),
        ],
      },
    ],
  };
}
