/**
 * `/api/v1/targets`: the addresses that this node announces, as Prometheus' HTTP service discovery reads them, so that
 * a prober such as blackbox_exporter finds out whether they answer.
 */
import { isIP } from 'node:net';
import type { Config } from '../flags/config.ts';
import { type AddressesDocument, isSelected } from '../status/addresses.ts';

/** https://prometheus.io/docs/prometheus/latest/http_sd/ */
export interface TargetGroup {
  readonly targets: readonly string[];
  /** Labels that begin with `__meta_` are for relabeling; Prometheus removes them afterwards. */
  readonly labels: Readonly<Record<`__meta_frr_${string}`, string>>;
}

type HostRoute = AddressesDocument['addresses'][number];

/**
 * The host addresses of the default VRF that are advertised to at least one peer and that the flags select, in the order of
 * the status document. From where the prober is, an address of another VRF may
 * belong to another tenant, unless it leaks.
 */
export function announcedTargets(
  routes: readonly Pick<HostRoute, 'address' | 'vrf' | 'interface' | 'afi' | 'advertised_peers'>[],
  {
    webTargetsInclude: include,
    webTargetsExclude: exclude,
  }: Pick<Config, 'webTargetsInclude' | 'webTargetsExclude'>,
): readonly TargetGroup[] {
  return routes.flatMap(({ address, vrf, interface: name, afi, advertised_peers: peers }) => {
    const version = isIP(address);
    if (version === 0 || vrf !== 'default' || peers === null || peers === 0) return [];
    const one = {
      address,
      prefixLength: version === 4 ? 32 : 128,
      afi: version === 4 ? ('ipv4' as const) : ('ipv6' as const),
      interface: name,
    };
    if (!isSelected(one, { include, exclude })) return [];
    return [{ targets: [address], labels: { __meta_frr_interface: name, __meta_frr_afi: afi } }];
  });
}
