# Copyright the frr-exporter authors
# SPDX-License-Identifier: Apache-2.0
"""What the role frr_node knows of its parameters beyond their types, and of the exporter's status."""
import ipaddress
import re

from ansible.module_utils.parsing.convert_bool import boolean

LARGEST_ASN = 4294967295
# Seconds after which FRR applies a changed route map (`bgp route-map delay-timer`, 5 by default)
ROUTE_MAP_DELAY = 6
# The exporter's collectors of what is compared
COMPARED = ('bgp', 'default-route', 'host-routes')
VRF_NAME = re.compile(r'^[A-Za-z0-9_.-]{1,15}$')
ROUTE_TARGET = re.compile(r'^[0-9.]+:[0-9]+$')


def address(text):
    try:
        return ipaddress.ip_address(str(text))
    except ValueError:
        return None


def network(text):
    try:
        return ipaddress.ip_network(str(text).split(' ')[0])
    except ValueError:
        return None


def is_prefix(text):
    return network(text) is not None and re.match(r'^\S+( ge \d+)?( le \d+)?$', str(text)) is not None


def interface(name, nics):
    """The interface of an uplink: os-net-config's, where it is one of its nicN."""
    return nics.get(name, name)


def release(text):
    return tuple(int(part) for part in re.findall(r'\d+', str(text)))


class Problems(list):
    def unless(self, right, name, takes, value):
        if not right:
            self.append('frr_node_%s takes %s, not %s' % (name, takes, value))


def problems(given, interfaces):
    """What is wrong with parameters (by name, without prefix), each by name; interfaces are those of the node."""
    found = Problems()
    in_range = {
        'bgp_asn': (1, LARGEST_ASN), 'bgp_neighbor_ttl_security_hops': (0, 254), 'bgp_maximum_prefix': (1, LARGEST_ASN),
        'bgp_neighbor_keepalive': (0, 65535), 'bgp_neighbor_holdtime': (0, 65535),
        'bgp_neighbor_timers_connect': (0, 65535), 'bgp_l2vpn_neighbor_keepalive': (0, 65535),
        'bgp_l2vpn_neighbor_holdtime': (0, 65535), 'bgp_l2vpn_neighbor_timers_connect': (0, 65535),
        'bgp_l2vpn_ebgp_multihop': (0, 255), 'bfd_detect_multiplier': (2, 255), 'bfd_transmit_interval': (10, 60000),
        'bfd_receive_interval': (10, 60000), 'log_timestamp_precision': (0, 12), 'converge_timeout': (1, 3600),
    }
    for name, (low, high) in in_range.items():
        found.unless(low <= int(given[name]) <= high, name, 'a number from %d to %d' % (low, high), given[name])
    for group in ('bgp_neighbor', 'bgp_l2vpn_neighbor'):
        keepalive, hold = int(given[group + '_keepalive']), int(given[group + '_holdtime'])
        found.unless((keepalive > 0) == (hold > 0) and (hold == 0 or hold >= 3 and hold >= keepalive),
                     group + '_holdtime', 'at least 3 seconds and no less than %s_keepalive, or neither is set' % group, hold)

    for name in ('bgp_peers', 'bgp_l2vpn_peers'):
        for peer in given[name]:
            found.unless(address(peer), name, 'addresses', peer)
    for uplink in given['interfaces']:
        found.unless(uplink in interfaces, 'bgp_uplinks', 'interfaces of the node (%s)' % ', '.join(interfaces), uplink)
    router_id = given['bgp_router_id']
    found.unless(not router_id or getattr(address(router_id), 'version', 0) == 4, 'bgp_router_id', 'an IPv4 address', router_id)
    for version in (4, 6):
        name, source = 'bgp_ipv%d_src_ip' % version, given['bgp_ipv%d_src_ip' % version]
        found.unless(not source or getattr(address(source), 'version', 0) == version, name, 'an IPv%d address' % version, source)
    for name in ('bgp_advertise', 'bgp_accept'):
        for prefix in given[name]:
            found.unless(is_prefix(prefix), name, "prefixes such as '10.0.0.0/16 le 24'", prefix)

    # Never the password itself.
    password = given['bgp_neighbor_password']
    found.unless(not re.search(r'\s', password), 'bgp_neighbor_password', 'a password without blanks', 'one with blanks')
    found.unless(len(password) <= 80, 'bgp_neighbor_password', 'at most 80 characters', 'one of %d' % len(password))
    for name in ('hostname', 'log', 'bfd_profile', 'watchfrr_options', 'zebra_options', 'bgpd_options', 'bfdd_options'):
        found.unless(re.match(r'^[^\n"$`\\]*$', str(given[name])), name, 'one line without quotes', given[name])
    wait = str(given['zebra_graceful_restart_time'])
    found.unless(re.match(r'^[0-9]*$', wait), 'zebra_graceful_restart_time', 'seconds, or nothing', wait)
    if boolean(given['witness']):
        found.unless(not given['vrfs_in_use'], 'witness', 'a configuration without VRFs',
                     'one with ' + ', '.join(str(vrf.get('name')) for vrf in given['vrfs_in_use']))
        for name in ('bgp_advertise', 'bgp_accept'):
            found.unless(not given[name], 'witness', 'a configuration without %s' % name, 'one with ' + ', '.join(map(str, given[name])))
        found.unless(release(given['version']) >= (8, 4), 'witness', 'FRR 8.4 or newer', given['version'])
    return found + vrf_problems(given['vrfs_in_use'])


def vrf_problems(vrfs):
    """What is wrong with the VRFs, each alone and among themselves."""
    found = Problems()
    owners = {'VNI': {}, 'rd': {}}
    prefixes = []
    for vrf in vrfs:
        name = vrf.get('name', '')
        targets = [vrf[key] for key in ('rd',) if key in vrf] + vrf.get('route_targets_import', []) + vrf.get('route_targets_export', [])
        found.unless(VRF_NAME.match(str(name)) and name != 'default', 'vrfs', 'names of VRFs (1 to 15 letters, digits, _ . -)', name)
        found.unless(1 <= int(vrf.get('vni', 1)) <= 16777215, 'vrfs', 'a VNI from 1 to 16777215 for %s' % name, vrf.get('vni'))
        for peer in vrf.get('peers', []):
            found.unless(address(peer), 'vrfs', 'addresses as peers of %s' % name, peer)
        for target in targets:
            found.unless(ROUTE_TARGET.match(str(target)), 'vrfs', 'rd and route targets such as 64999:1 for %s' % name, target)
        for prefix in vrf.get('prefixes', []):
            found.unless(is_prefix(prefix), 'vrfs', "prefixes such as '10.0.0.0/24' for %s" % name, prefix)
        for what, key in (('VNI', 'vni'), ('rd', 'rd')):
            other = owners[what].setdefault(vrf[key], name) if key in vrf else name
            if other != name:
                found.append('frr_node_vrfs: %s and %s have the same %s %s' % (other, name, what, vrf[key]))
        for prefix in filter(None, map(network, vrf.get('prefixes', []))):
            # Overlapping addresses may stay apart in two VRFs; imported into one table they collide.
            if vrf.get('advertise'):
                found += ['frr_node_vrfs: prefixes of %s and %s overlap (%s, %s), and both are announced'
                          % (other, name, taken, prefix) for other, taken in prefixes
                          if other != name and taken.version == prefix.version and taken.overlaps(prefix)]
                prefixes.append((name, prefix))
    names = [vrf.get('name') for vrf in vrfs]
    for name in sorted({name for name in names if names.count(name) > 1}, key=str):
        found.append('frr_node_vrfs: there are %d VRFs named %s' % (names.count(name), name))
    return found


def worth(status):
    """What of a status counts in a comparison: name -> whether it is good."""
    sessions = {'BGP session %s (VRF %s)' % (s['peer'], s['vrf']): s['up'] for s in status['bgp_sessions'] if s['admin_up'] is not False}
    defaults = {'%s default route (VRF %s)' % (r['afi'], r['vrf']): r['installed'] for r in status['default_routes']}
    # Exporters of 0.1.0 know the default VRF only.
    vrf = lambda r: '' if r.get('vrf', 'default') == 'default' else ' (VRF %s)' % r['vrf']
    hosts = {'host route %s%s' % (r['address'], vrf(r)): bool(r['advertised_peers']) for r in status['host_routes']}
    return {**sessions, **defaults, **hosts}


def losses(before, after, seconds, expected):
    """
    What was good before a change and is not any more. `seconds` is how long ago the change was: what was polled before
    FRR has applied it to all sessions says nothing of it. What holds an expected name is left out.
    """
    stale = ['%s is not polled%s' % (c['name'], ': ' + c['error']['message'] if c.get('error') else ' yet') for c in after['collectors']
             if c['name'] in COMPARED and (c['age_seconds'] is None or c['age_seconds'] > seconds - ROUTE_MAP_DELAY)]
    now = worth(after)
    gone = ['%s is lost' % name for name, good in worth(before).items()
            if good and not now.get(name) and not any(part in name.split() for part in expected)]
    return sorted(gone) + sorted(stale)


def announcing(neighbors):
    """What a witness announces or could announce, of `show bgp vrf all neighbors json` (FRR 8.4 and newer)."""
    found = []
    for vrf, peers in sorted(neighbors.items()):
        for peer, state in sorted(peers.items()):
            if not isinstance(state, dict):
                continue
            for family, of_peer in sorted(state.get('addressFamilyInfo', {}).items()):
                out, sent = of_peer.get('routeMapForOutgoingAdvertisements'), of_peer.get('sentPrefixCounter', 0)
                if sent > 0 or out != 'nothing':
                    through = 'through the route map ' + out if out else 'without a route map'
                    found.append('%s (VRF %s, %s) is sent %d prefixes %s' % (peer, vrf, family, sent, through))
    return found


class FilterModule:
    def filters(self):
        return {'frr_node_interface': interface, 'frr_node_problems': problems, 'frr_node_losses': losses,
                'frr_node_announcing': announcing}
