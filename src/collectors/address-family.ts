/** BGP address families: as FRR's JSON calls them, and as labels. */

/** Values of the labels `afi` and `safi`. */
export interface AddressFamily {
  readonly afi: string;
  readonly safi: string;
}

const known = new Map<string, AddressFamily>();

/**
 * Takes FRR's name apart: `ipv4Unicast` is ipv4 and unicast, `l2VpnEvpn` l2vpn and evpn, `ipv6LabeledUnicast` ipv6
 * and labeled-unicast. A name of another shape becomes the afi, with an empty safi, so that a family that a later FRR
 * adds has samples too. (`get_afi_safi_json_str` in FRR's bgp_vty.c)
 */
export function addressFamily(name: string): AddressFamily {
  let family = known.get(name);
  if (family === undefined) {
    const [, afi, safi] = /^(ipv4|ipv6|l2Vpn)([A-Z]\w*)$/.exec(name) ?? [];
    family =
      afi === undefined || safi === undefined
        ? { afi: hyphenated(name), safi: '' }
        : { afi: afi.toLowerCase(), safi: hyphenated(safi) };
    known.set(name, family);
  }
  return family;
}

function hyphenated(camelCase: string): string {
  return camelCase.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
