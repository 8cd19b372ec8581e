/** The page about an address of the node: `/address/ADDRESS`. */
import { type Html, html } from './html.ts';
import { marked, page, type Site, type View } from './page.ts';
import { vtyshLine } from './sessions.ts';
import { table } from './table.ts';

/** Path of the page. */
export function addressPath({ prefix }: Site, address: string): string {
  return `${prefix}/address/${encodeURIComponent(address)}`;
}

function announced(peers: number | null): Html {
  if (peers === null) return html`unknown`;
  if (peers === 0) return marked('critical', 'to no peer');
  return marked('ok', `to ${peers} ${peers === 1 ? 'peer' : 'peers'}`);
}

/** Makes the page; undefined where no interface has the address. */
export function addressPage(view: View, address: string): string | undefined {
  const found = view.status.host_routes.filter((route) => route.address === address);
  const [first] = found;
  if (first === undefined) return undefined;
  const command = `show bgp ${first.afi} unicast ${address}/${first.afi === 'ipv4' ? 32 : 128}`;
  return page(
    view,
    address,
    html`<h2><code>${address}</code></h2>
${table(
  ['Interface', 'In BGP', 'Announced'],
  found.map((route) => [
    html`<code>${route.interface}</code>`,
    route.in_bgp ? 'yes' : 'no',
    announced(route.advertised_peers),
  ]),
)}
${vtyshLine(view.site, command)}`,
  );
}
