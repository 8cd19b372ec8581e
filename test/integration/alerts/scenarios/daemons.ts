import { healthy, target } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const dashboard = 'var-instance=node-1%3A9342';
const labels = { severity: 'critical', ...target('node-1') };
const ADDRESSES = '172.16.0.1, 203.0.113.1';

export const DAEMONS: readonly Scenario[] = [
  {
    name: 'bgpd is killed, and comes back',
    about: ['FRRDaemonDown'],
    every: '1s',
    until: '225s',
    series: healthy().set('frr_daemon_up', { daemon: 'bgpd' }, { '0s': 1, '10s': 0, '40s': 1 }).series,
    checks: [
      { at: '24s', firing: [] },
      {
        at: '25s',
        firing: ['FRRDaemonDown critical node-1 daemon=bgpd'],
        texts: {
          FRRDaemonDown: {
            labels: { ...labels, daemon: 'bgpd' },
            title: 'node-1 bgpd is dead',
            description:
              'bgpd on node-1 is dead: nothing listens on its socket. Not answering on this node: bgpd.',
            impact: `The routers drop the node's sessions, and its announcements with them. Announced by nobody now: ${ADDRESSES}.`,
            action:
              "On the node: `podman exec frr vtysh -d watchfrr -c 'show watchfrr'`, then the end of FRR's log and `coredumpctl list bgpd`. watchfrr should have restarted it; restart FRR if it has not.",
            dashboard,
          },
        },
      },
      { at: '219s', firing: ['FRRDaemonDown critical node-1 daemon=bgpd'] },
      { at: '220s', firing: [] },
    ],
  },
  {
    name: 'staticd is killed: a ticket',
    about: ['FRRDaemonDown'],
    every: '1s',
    until: '225s',
    series: healthy().set('frr_daemon_up', { daemon: 'staticd' }, { '0s': 1, '10s': 0, '40s': 1 }).series,
    checks: [
      { at: '24s', firing: [] },
      {
        at: '25s',
        firing: ['FRRDaemonDown warning node-1 daemon=staticd'],
        texts: {
          FRRDaemonDown: {
            labels: { ...labels, severity: 'warning', daemon: 'staticd' },
            title: 'node-1 staticd is dead',
            description:
              'staticd on node-1 is dead: nothing listens on its socket. Not answering on this node: staticd.',
            impact: 'What this daemon does is not done any more; the other daemons run.',
            action:
              "On the node: `podman exec frr vtysh -d watchfrr -c 'show watchfrr'`, then the end of FRR's log and `coredumpctl list staticd`. watchfrr should have restarted it; restart FRR if it has not.",
            dashboard,
          },
        },
      },
      { at: '219s', firing: ['FRRDaemonDown warning node-1 daemon=staticd'] },
      { at: '220s', firing: [] },
    ],
  },
  {
    name: 'bgpd hangs, which is not the same as dead',
    about: ['FRRDaemonHung', 'FRRDaemonDown', 'FRRDown'],
    every: '1s',
    until: '215s',
    series: healthy()
      .set('frr_daemon_up', { daemon: 'bgpd' }, { '0s': 1, '10s': 0, '30s': 1 })
      .set('frr_daemon_hung', { daemon: 'bgpd' }, { '0s': 0, '10s': 1, '30s': 0 }).series,
    checks: [
      { at: '14s', firing: [] },
      {
        at: '15s',
        firing: ['FRRDaemonHung critical node-1 daemon=bgpd'],
        texts: {
          FRRDaemonHung: {
            labels: { ...labels, daemon: 'bgpd' },
            title: 'node-1 bgpd is hung',
            description:
              'bgpd on node-1 is hung: its process runs and accepts connections, but it does not answer.',
            impact: `The routers drop the node's sessions, and its announcements with them. Announced by nobody now: ${ADDRESSES}.`,
            action:
              'On the node: `ps -o pid,stat,wchan,pcpu,cmd -C bgpd` (T: stopped, D: waits for the kernel, R at 100 %: a loop). Take a core with `gcore` if you can, then kill it; watchfrr starts it again.',
            dashboard,
          },
        },
      },
      { at: '209s', firing: ['FRRDaemonHung critical node-1 daemon=bgpd'] },
      { at: '210s', firing: [] },
    ],
  },
  {
    name: 'staticd hangs: a ticket',
    about: ['FRRDaemonHung', 'FRRDaemonDown'],
    every: '1s',
    until: '215s',
    series: healthy()
      .set('frr_daemon_up', { daemon: 'staticd' }, { '0s': 1, '10s': 0, '30s': 1 })
      .set('frr_daemon_hung', { daemon: 'staticd' }, { '0s': 0, '10s': 1, '30s': 0 }).series,
    checks: [
      { at: '14s', firing: [] },
      { at: '15s', firing: ['FRRDaemonHung warning node-1 daemon=staticd'] },
      { at: '209s', firing: ['FRRDaemonHung warning node-1 daemon=staticd'] },
      { at: '210s', firing: [] },
    ],
  },
  {
    name: 'FRR as a whole is stopped',
    about: ['FRRDown'],
    every: '1s',
    until: '225s',
    series: healthy().set('frr_daemon_up', {}, { '0s': 1, '10s': 0, '40s': 1 }).series,
    checks: [
      { at: '24s', firing: [] },
      {
        at: '25s',
        firing: [
          'FRRDown critical node-1',
          ...['zebra', 'bgpd', 'bfdd'].map((daemon) => `FRRDaemonDown critical node-1 daemon=${daemon}`),
          ...['staticd', 'watchfrr'].map((daemon) => `FRRDaemonDown warning node-1 daemon=${daemon}`),
        ],
        texts: {
          FRRDown: {
            labels,
            title: 'node-1 FRR is not running',
            description: 'FRR on node-1 is not running: bfdd, bgpd, staticd, watchfrr, zebra do not answer.',
            impact: `The node announces nothing and learns nothing. Announced by nobody now: ${ADDRESSES}.`,
            dashboard,
          },
        },
      },
      {
        at: '219s',
        firing: [
          'FRRDown critical node-1',
          ...['zebra', 'bgpd', 'bfdd'].map((daemon) => `FRRDaemonDown critical node-1 daemon=${daemon}`),
          ...['staticd', 'watchfrr'].map((daemon) => `FRRDaemonDown warning node-1 daemon=${daemon}`),
        ],
      },
      { at: '220s', firing: [] },
    ],
  },
  {
    name: 'every daemon that is left is dead or hung: FRR is not down, one hangs',
    about: ['FRRDown'],
    until: '3m',
    series: healthy()
      .set('frr_daemon_up', {}, { '0s': 1, '1m': 0 })
      .set('frr_daemon_hung', { daemon: 'zebra' }, { '0s': 0, '1m': 1 }).series,
    checks: [
      {
        at: '2m',
        firing: [
          'FRRDaemonHung critical node-1 daemon=zebra',
          ...['bgpd', 'bfdd'].map((daemon) => `FRRDaemonDown critical node-1 daemon=${daemon}`),
          ...['staticd', 'watchfrr'].map((daemon) => `FRRDaemonDown warning node-1 daemon=${daemon}`),
        ],
      },
    ],
  },
  {
    name: 'zebra and bfdd each mean something else',
    about: ['FRRDaemonDown', 'FRRDaemonHung'],
    until: '3m',
    series: healthy()
      .set('frr_daemon_up', { daemon: 'zebra' }, { '0s': 1, '1m': 0 })
      .set('frr_daemon_up', { daemon: 'bfdd' }, { '0s': 1, '1m': 0 })
      .set('frr_daemon_hung', { daemon: 'bfdd' }, { '0s': 0, '1m': 1 }).series,
    checks: [
      {
        at: '2m',
        firing: ['FRRDaemonDown critical node-1 daemon=zebra', 'FRRDaemonHung critical node-1 daemon=bfdd'],
        texts: {
          FRRDaemonDown: {
            labels: { ...labels, daemon: 'zebra' },
            title: 'node-1 zebra is dead',
            description:
              'zebra on node-1 is dead: nothing listens on its socket. Not answering on this node: bfdd, zebra.',
            impact:
              'Routes are no longer put into the kernel: new VIPs and floating IPs stay unannounced, lost paths stay in use.',
            action:
              "On the node: `podman exec frr vtysh -d watchfrr -c 'show watchfrr'`, then the end of FRR's log and `coredumpctl list zebra`. watchfrr should have restarted it; restart FRR if it has not.",
            dashboard,
          },
          FRRDaemonHung: {
            labels: { ...labels, daemon: 'bfdd' },
            title: 'node-1 bfdd is hung',
            description:
              'bfdd on node-1 is hung: its process runs and accepts connections, but it does not answer.',
            impact:
              'The routers see BFD go down and drop the BGP sessions that it watches; faults are detected only by hold timers.',
            action:
              'On the node: `ps -o pid,stat,wchan,pcpu,cmd -C bfdd` (T: stopped, D: waits for the kernel, R at 100 %: a loop). Take a core with `gcore` if you can, then kill it; watchfrr starts it again.',
            dashboard,
          },
        },
      },
    ],
  },
  {
    name: 'the exporter runs and gets no answer from FRR',
    about: ['FRRUnreachable'],
    until: '6m',
    series: healthy().set('frr_up', {}, { '0s': 1, '1m': 0, '5m': 1 }).series,
    checks: [
      { at: '2m55s', firing: [] },
      {
        at: '3m',
        firing: ['FRRUnreachable critical node-1'],
        texts: {
          FRRUnreachable: {
            labels,
            title: 'node-1 FRR does not answer the exporter',
            description:
              'The exporter on node-1 runs but gets no data from FRR at all: FRR has not started, or the exporter may not use its sockets.',
            impact:
              'Nothing is known about the BGP sessions of this node. Only the routers show whether they are up.',
            dashboard,
          },
        },
      },
      { at: '5m', firing: [] },
    ],
  },
  {
    name: 'a daemon was restarted',
    about: ['FRRDaemonRestarted'],
    every: '10s',
    until: '20m',
    series: healthy().set('frr_daemon_restarts_total', { daemon: 'bgpd' }, { '0s': 0, '5m': 1 }).series,
    checks: [
      { at: '4m50s', firing: [], values: { 'count(ALERTS{alertname="FRRDaemonRestarted"})': undefined } },
      {
        at: '5m',
        firing: [],
        values: { 'count(ALERTS{alertname="FRRDaemonRestarted", alertstate="firing"})': 1 },
        texts: {
          FRRDaemonRestarted: {
            labels: { severity: 'info', ...target('node-1'), daemon: 'bgpd' },
            title: 'node-1 bgpd was restarted',
            description: 'bgpd on node-1 was restarted within the last ten minutes.',
            impact: 'If it was bgpd, all sessions of the node were down for a moment.',
            dashboard,
          },
        },
      },
      { at: '16m', firing: [], values: { 'count(ALERTS{alertname="FRRDaemonRestarted"})': undefined } },
    ],
  },
  {
    name: 'somebody changes the configuration by hand',
    about: ['FRRConfigDrift'],
    until: '20m',
    series: healthy()
      .add('node-1', 'frr_config_drift', { change: 'missing' }, { '0s': 0, '2m': 1, '15m': 0 })
      .add('node-1', 'frr_config_drift', { change: 'added' }, { '0s': 0, '5m': 2, '15m': 0 })
      .add('node-1', 'frr_config_peer_present', { vrf: 'default', peer: '100.64.1.1' }, 1)
      .add(
        'node-1',
        'frr_config_peer_present',
        { vrf: 'default', peer: 'eth2' },
        { '0s': 1, '2m': 0, '15m': 1 },
      )
      .add('node-1', 'frr_config_vrf_present', { vrf: 'red' }, { '0s': 1, '2m': 0, '15m': 1 })
      .add('node-2', 'frr_config_drift', { change: 'missing' }, 0)
      .add('node-2', 'frr_config_drift', { change: 'added' }, { '0s': 0, '2m': 1, '8m': 0 }).series,
    checks: [
      { at: '11m55s', firing: [] },
      {
        at: '12m',
        firing: ['FRRConfigDrift warning node-1'],
        texts: {
          FRRConfigDrift: {
            labels: { severity: 'warning', ...target('node-1') },
            title: 'node-1 FRR configuration changed: 3 lines',
            description:
              'FRR on node-1 does not run the configuration that was placed: lines missing 1, lines added 2. Peers that are missing: eth2. VRFs that are missing: red.',
            impact:
              'The node may announce or accept what it must not, or lack a session or a VRF; the next start of FRR changes its routing again.',
            action:
              'On the node: `podman exec frr frr-config drift` shows the lines. Put them into the parameters of the role if they are intended; otherwise run the role again, and take added lines away with their `no` form.',
            dashboard,
          },
        },
      },
      { at: '15m30s', firing: [] },
    ],
  },
  {
    name: 'the configuration is changed by hand under maintenance',
    about: ['FRRConfigDrift'],
    until: '15m',
    series: healthy()
      .set('frr_maintenance', {}, { '0s': 1, '13m': 0 })
      .add('node-1', 'frr_config_drift', { change: 'missing' }, 1)
      .add('node-1', 'frr_config_drift', { change: 'added' }, 0).series,
    checks: [{ at: '14m', firing: [] }],
  },
];
