/**
 * How the metrics with `--compat.frr-exporter` differ from those of frr_exporter, and why. docs/metrics.md shows them as a
 * table. The test that compares both exporters on the same FRR allows exactly these differences.
 */

export interface Difference {
  readonly metric: string;
  /** Applies only to series with one of these values of the label `collector`. */
  readonly collectors?: readonly string[];
  /** Applies only to this version of frr_exporter. */
  readonly only?: '1.1.4' | '1.11.0';
  /** Applies only to this FRR version, of those in the test. */
  readonly frr?: '8.4.4' | '10.7.1';
  /** `absent`: no such series here. `value`: another value. `labels`: more labels and the same value. */
  readonly how: 'absent' | 'value' | 'labels';
  readonly why: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    metric: 'frr_bfd_peer_state',
    only: '1.1.4',
    how: 'labels',
    why: 'A later version, which this exporter follows, added `iface` and `vrf`.',
  },
  {
    metric: 'frr_bfd_peer_uptime',
    only: '1.1.4',
    how: 'labels',
    why: 'A later version, which this exporter follows, added `iface` and `vrf`.',
  },
  {
    metric: 'frr_bgp_peer_prefixes_filtered_count_total',
    only: '1.11.0',
    how: 'absent',
    why: 'It is always 0, because FRR counts only prefixes that the inbound policy accepts as received. `frr_bgp_session_prefixes_rejected_total` counts the others (FRR 10.3 and newer).',
  },
  {
    metric: 'frr_collector_up',
    collectors: ['bgp6', 'bgpl2vpn', 'route', 'status'],
    how: 'absent',
    why: 'The collectors have other names here: `bgp`, `evpn`, `rib`, `daemons`.',
  },
  {
    metric: 'frr_collector_up',
    collectors: ['rpki'],
    only: '1.11.0',
    frr: '8.4.4',
    how: 'value',
    why: 'Before FRR 10, its collector `rpki` fails if there is a VRF. This one queries the default VRF only.',
  },
  {
    metric: 'frr_exporter_build_info',
    how: 'absent',
    why: 'It describes the exporter and has other labels.',
  },
  {
    metric: 'frr_ospf_neighbor_state',
    only: '1.11.0',
    frr: '10.7.1',
    how: 'absent',
    why: 'Its label `remote_address` is empty, because FRR renamed that field. Here it contains the address.',
  },
  {
    metric: 'frr_scrape_duration_seconds',
    how: 'value',
    why: 'A scrape does not query FRR here. It is the duration of the latest poll.',
  },
  {
    metric: 'frr_scrapes_total',
    how: 'value',
    why: 'A scrape does not query FRR here. It counts the polls of the collector `daemons`.',
  },
];
