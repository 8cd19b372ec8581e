/** The pages for people, by path. */
import { addressPage } from './address-page.ts';
import type { View } from './page.ts';
import { sessionPage } from './session-page.ts';
import { readShown, statusPage } from './status-page.ts';

export type { Link, Site } from './page.ts';
export { CONTENT_SECURITY_POLICY } from './style.ts';

/** A path with an object that does not exist. The message is for the client. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
  readonly statusCode = 404;
}

export interface Page {
  /** As Fastify has it: `:NAME` is a parameter. */
  readonly path: string;
  /**
   * Makes the page.
   * @throws NotFound, BadRequest
   */
  make(view: View, parameters: Readonly<Record<string, string>>, query: string): string;
}

export const PAGES: readonly Page[] = [
  { path: '/', make: (view, _, query) => statusPage(view, readShown(query)) },
  {
    path: '/session/:vrf/:peer',
    make(view, { vrf = '', peer = '' }) {
      const page = sessionPage(view, vrf, peer);
      if (page === undefined)
        throw new NotFound(
          `FRR has no BGP session with ${JSON.stringify(peer)} in VRF ${JSON.stringify(vrf)}`,
        );
      return page;
    },
  },
  {
    path: '/address/:address',
    make(view, { address = '' }) {
      const page = addressPage(view, address);
      if (page === undefined)
        throw new NotFound(`this node does not have the host address ${JSON.stringify(address)}`);
      return page;
    },
  },
];

/** Seconds after which a browser loads a page again: two polls of sessions. */
export const REFRESH = 10;
