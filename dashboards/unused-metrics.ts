/**
 * Metrics of the exporter that no dashboard and no rule queries, each with the reason why it is exported all the same. A
 * test compares this list with the dashboards, the rules and the catalogue: a metric that is used, or gone, is an error.
 *
 * The metrics of collectors that are off by default are not listed: whoever turns one on, for a protocol that the nodes of
 * an OpenStack cloud do not speak, has a dashboard in mind.
 */
export const UNUSED_METRICS: Readonly<Record<string, string>> = {
  frr_bgp_info: 'Router ID and local AS of each VRF, for a site’s own joins; the session has its local AS.',
  frr_bgp_sessions: 'A total for nodes with so many sessions that a site does not store them one by one.',
  frr_bgp_rib_memory_bytes: 'Follows the number of entries, which is shown; for capacity planning.',
  frr_bgp_session_shutdown_message_info: 'Part of the text of the cause.',
  frr_bgp_peers: 'Counts a session once for each address family; the dashboards count sessions.',
  frr_bgp_peers_memory_bytes: 'Steady and small; for capacity planning.',
  frr_bgp_peer_groups: 'Configuration, which changes only when somebody changes it.',
  frr_bgp_peer_groups_memory_bytes: 'Steady and small; for capacity planning.',
  frr_bfd_sessions: 'A total for nodes with so many sessions that a site does not store them one by one.',
  frr_bfd_session_up_events_total: 'As many as down events, which are shown, or one more.',
  frr_bfd_session_echo_receive_interval_seconds: 'Echo is rare; the intervals of control packets are shown.',
  frr_bfd_session_echo_transmit_interval_seconds: 'Echo is rare; the intervals of control packets are shown.',
  frr_bfd_session_remote_echo_receive_interval_seconds:
    'Echo is rare; the intervals of control packets are shown.',
  frr_bfd_session_detect_multiplier:
    'How soon the far end detects a failure; how soon this end does is shown, as the detection time.',
  frr_bfd_session_rtt_min_seconds: 'The mean of the same packets is shown.',
  frr_bfd_session_rtt_max_seconds: 'The mean of the same packets is shown.',
  frr_bgp_vrf_active: 'For finding by hand why a session in a VRF never comes up.',
  frr_vrf_l3_vni_info: 'For a site’s own joins, and for comparing two routers by hand.',
  frr_evpn_vni_route_target_info: 'For comparing by hand what one router exports and another imports.',
  frr_kernel_routes_unknown: 'Not 0 only with a full table; for finding by hand why a route is not compared.',
  frr_host_routes_in_bgp:
    'Between the numbers of addresses and of announced ones, which are shown; a query of it shows which step stops them.',
  frr_interface_up: 'For finding by hand why a session is down; the state of the session is shown.',
  frr_interface_carrier_changes_total:
    'For finding by hand whether a link is unstable; the drops of its sessions are shown.',
  frr_collector_supported:
    'Of an old FRR, whose collectors are no failure; the page of the exporter says so.',
  frr_exporter_web_config_last_reload_success_timestamp_seconds:
    'Whether the newest file could be loaded is shown; this is since when the current one is in use.',
  frr_exporter_active_resources: 'For finding leaks in the exporter, as the soak test does.',
  frr_exporter_event_loop_delay_seconds_sum:
    'A mean over one measurement every 500 ms hides the few long delays, whose share is shown.',
  frr_exporter_http_requests_total:
    'Prometheus’ own view of its scrapes is shown; this also counts people and scanners.',
  frr_exporter_http_request_duration_seconds_bucket: 'Prometheus’ own scrape durations are shown.',
  frr_exporter_http_request_duration_seconds_sum: 'Prometheus’ own scrape durations are shown.',
  frr_exporter_http_request_duration_seconds_count: 'Prometheus’ own scrape durations are shown.',
  process_cpu_user_seconds_total: 'Part of process_cpu_seconds_total, which is shown.',
  process_cpu_system_seconds_total: 'Part of process_cpu_seconds_total, which is shown.',
  process_start_time_seconds: 'A restart of the exporter is a gap in every line.',
  process_virtual_memory_bytes: 'Says nothing about a program on V8; resident memory is shown.',
  process_open_fds: 'For finding leaks in the exporter, as the soak test does.',
  process_max_fds: 'The limit that process_open_fds is compared with.',
  nodejs_heap_size_total_bytes: 'Part of the resident memory, which is shown.',
  nodejs_heap_size_used_bytes: 'Part of the resident memory, which is shown.',
  nodejs_external_memory_bytes: 'Part of the resident memory, which is shown.',
  nodejs_gc_duration_seconds_bucket: 'Long collections show as event loop delay.',
  nodejs_gc_duration_seconds_sum: 'Long collections show as event loop delay.',
  nodejs_gc_duration_seconds_count: 'Long collections show as event loop delay.',
};
