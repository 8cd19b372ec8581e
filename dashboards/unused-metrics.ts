/**
 * Metrics of the exporter that no dashboard and no rule asks for, each with the reason why it is told all the same. A test
 * holds this list to the dashboards, the rules and the catalogue: what is used, or gone, has no place here.
 *
 * The metrics of collectors that are off by default are not listed: who turns one on for a protocol that the nodes of an
 * OpenStack cloud do not speak has a dashboard in mind.
 */
export const UNUSED_METRICS: Readonly<Record<string, string>> = {
  frr_bgp_info:
    'Router ID and local AS of each VRF, for joins of a site’s own; the session has its local AS.',
  frr_bgp_sessions: 'A total for nodes with so many sessions that a site keeps no series of each.',
  frr_bgp_rib_memory_bytes: 'Goes with the entries, which are shown; for a site that plans memory.',
  frr_bgp_table_version: 'Grows with each change of the table; for finding what churns, by hand.',
  frr_bgp_peers: 'Counts a session once an address family; the dashboards count sessions.',
  frr_bgp_peers_memory_bytes: 'Steady and small; for a site that plans memory.',
  frr_bgp_peer_groups: 'Configuration, which does not change by itself.',
  frr_bgp_peer_groups_memory_bytes: 'Steady and small; for a site that plans memory.',
  frr_bgp_dynamic_peers:
    'Only for routers with a listen range, which the nodes that the dashboards are for are not.',
  frr_bfd_sessions: 'A total for nodes with so many sessions that a site keeps no series of each.',
  frr_bfd_session_up_events_total: 'As many as down events, which are shown, or one more.',
  frr_bfd_session_echo_receive_interval_seconds: 'Echo is rare; the intervals of control packets are shown.',
  frr_bfd_session_echo_transmit_interval_seconds: 'Echo is rare; the intervals of control packets are shown.',
  frr_bfd_session_remote_echo_receive_interval_seconds:
    'Echo is rare; the intervals of control packets are shown.',
  frr_bfd_session_detect_multiplier:
    'How soon the far end notices; how soon this end does is shown, as the detection time.',
  frr_bfd_session_rtt_min_seconds: 'The mean of the same packets is shown.',
  frr_bfd_session_rtt_max_seconds: 'The mean of the same packets is shown.',
  frr_collector_supported:
    'Of an old FRR, whose collectors are no failure; the page of the exporter says so.',
  frr_exporter_web_config_last_reload_success_timestamp_seconds:
    'Whether the newest file could be used is shown; this tells since when the one in force is.',
  frr_exporter_active_resources: 'For finding leaks in the exporter, which the soak test does.',
  frr_exporter_event_loop_delay_seconds_sum:
    'A mean over looks every 20 ms hides what the share of long ones shows.',
  frr_exporter_http_requests_total:
    'Prometheus’ own view of its scrapes is shown; this also counts people and scanners.',
  frr_exporter_http_request_duration_seconds_bucket:
    'Prometheus’ own view of how long scrapes take is shown.',
  frr_exporter_http_request_duration_seconds_sum: 'Prometheus’ own view of how long scrapes take is shown.',
  frr_exporter_http_request_duration_seconds_count: 'Prometheus’ own view of how long scrapes take is shown.',
  process_cpu_user_seconds_total: 'Part of process_cpu_seconds_total, which is shown.',
  process_cpu_system_seconds_total: 'Part of process_cpu_seconds_total, which is shown.',
  process_start_time_seconds: 'A restart of the exporter is a gap in every line.',
  process_virtual_memory_bytes: 'Address space says nothing about a program on V8; resident memory is shown.',
  process_open_fds: 'For finding leaks in the exporter, which the soak test does.',
  process_max_fds: 'Goes with process_open_fds.',
  nodejs_heap_size_total_bytes: 'Part of the resident memory, which is shown.',
  nodejs_heap_size_used_bytes: 'Part of the resident memory, which is shown.',
  nodejs_external_memory_bytes: 'Part of the resident memory, which is shown.',
  nodejs_gc_duration_seconds_bucket: 'What of it matters to a scrape shows as a held-up event loop.',
  nodejs_gc_duration_seconds_sum: 'What of it matters to a scrape shows as a held-up event loop.',
  nodejs_gc_duration_seconds_count: 'What of it matters to a scrape shows as a held-up event loop.',
};
