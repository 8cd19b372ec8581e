/**
 * Where the page differs from frr_exporter's, with `--compat.frr-exporter`, and why. docs/metrics.md has it as a table; the
 * test that holds both exporters against the same FRR knows these differences one by one, and no others.
 */

export interface Difference {
  readonly metric: string;
  /** Only its series with one of these values of the label `collector`. */
  readonly collectors?: readonly string[];
  /** Only of this version of frr_exporter. */
  readonly only?: '1.1.4' | '1.11.0';
  /** Only beside this FRR, of those that the test runs. */
  readonly frr?: '8.4.4' | '10.7.1';
  /** `absent`: no such series here. `value`: another value. `labels`: labels more, and the same value. */
  readonly how: 'absent' | 'value' | 'labels';
  readonly why: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    metric: 'frr_bfd_peer_state',
    only: '1.1.4',
    how: 'labels',
    why: '`iface` and `vrf` came with a later version, which this exporter follows.',
  },
  {
    metric: 'frr_bfd_peer_uptime',
    only: '1.1.4',
    how: 'labels',
    why: '`iface` and `vrf` came with a later version, which this exporter follows.',
  },
  {
    metric: 'frr_bgp_peer_prefixes_filtered_count_total',
    only: '1.11.0',
    how: 'absent',
    why: 'It is 0 whatever was filtered, as FRR counts as received only what the inbound policy let in. `frr_bgp_session_prefixes_rejected_total` tells of the rest (FRR 10.3 and newer).',
  },
  {
    metric: 'frr_collector_up',
    collectors: ['bgp6', 'bgpl2vpn', 'route', 'status'],
    how: 'absent',
    why: 'It is about the collectors that there are, whose names are `bgp`, `evpn`, `rib`, `daemons` here.',
  },
  {
    metric: 'frr_collector_up',
    collectors: ['rpki'],
    only: '1.11.0',
    frr: '8.4.4',
    how: 'value',
    why: 'Before FRR 10 its collector `rpki` fails where there is a VRF. This one asks for the default VRF alone.',
  },
  {
    metric: 'frr_exporter_build_info',
    how: 'absent',
    why: 'It is about the exporter: other labels.',
  },
  {
    metric: 'frr_ospf_neighbor_state',
    only: '1.11.0',
    frr: '10.7.1',
    how: 'absent',
    why: 'Its label `remote_address` is empty since FRR calls that field otherwise. Here it has the address.',
  },
  {
    metric: 'frr_scrape_duration_seconds',
    how: 'value',
    why: 'A scrape does not ask FRR here. It tells how long FRR took for the newest poll.',
  },
  {
    metric: 'frr_scrapes_total',
    how: 'value',
    why: 'A scrape does not ask FRR here. It counts the polls of the collector `daemons`.',
  },
];
