/** The page about an address of the node: `/address/ADDRESS`. */
import type { StatusDocument } from '../../status/document.ts';
import { type Html, html, words } from './html.ts';
import { marked, neutral, page, type Site, type View } from './page.ts';
import { sessionPath, vtyshLine } from './sessions.ts';
import { table } from './table.ts';

/** Path of the page. */
export function addressPath({ prefix }: Site, address: string): string {
  return `${prefix}/address/${encodeURIComponent(address)}`;
}

function announced({ advertised_peers: peers, expected }: StatusDocument['host_routes'][number]): Html {
  if (peers === null) return html`unknown`;
  if (peers === 0) return expected ? marked('critical', 'to no peer') : neutral('to no peer');
  return marked('ok', `to ${peers} ${peers === 1 ? 'peer' : 'peers'}`);
}

type Receiver = StatusDocument['host_routes'][number]['advertised_to'][number];

function receiver(site: Site, { vrf, peer, description, family }: Receiver): Html {
  return html`<li><a href="${sessionPath(site, { vrf, peer })}"><bdi>${peer}</bdi></a>${description !== null && html` (<bdi>${description}</bdi>)`}, VRF <bdi>${vrf}</bdi>, ${family}</li>`;
}

/** Makes the page; undefined where the node does not have the address. */
export function addressPage(view: View, address: string): string | undefined {
  const found = view.status.host_routes.filter((route) => route.address === address);
  if (found.length === 0) return undefined;
  return page(
    view,
    address,
    html`<h2><code>${address}</code></h2>
${table(
  ['VRF', 'Origin', 'Interface', 'In BGP', 'Announced'],
  found.map((route) => [
    html`<bdi>${route.vrf}</bdi>`,
    route.origin,
    html`<code>${route.interface}</code>`,
    route.in_bgp ? 'yes' : 'no',
    html`${announced(route)}${route.reason !== null && html`<br>${words(route.reason)}`}
<ul>${route.advertised_to.map((one) => receiver(view.site, one))}</ul>`,
  ]),
)}
${[...new Set(found.map(vtyshCommand))].map((command) => vtyshLine(view.site, command))}`,
  );
}

function vtyshCommand({ vrf, afi, address }: StatusDocument['host_routes'][number]): string {
  const prefix = address.includes('/') ? address : `${address}/${afi === 'ipv4' ? 32 : 128}`;
  return `show bgp ${vrf === 'default' ? '' : `vrf ${vrf} `}${afi} unicast ${prefix}`;
}
