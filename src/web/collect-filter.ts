/** `collect[]` and `exclude[]`: a scrape of some collectors only, as in node_exporter. */
import { BadRequest } from './bad-request.ts';

export interface CollectorNames {
  /** All collectors. */
  readonly known: ReadonlySet<string>;
  /** The collectors that are polled. */
  readonly enabled: ReadonlySet<string>;
}

/**
 * The collectors that a query string selects; undefined for all.
 * @throws BadRequest when both parameters are given, or a name is unknown or disabled
 */
export function selectedCollectors(
  query: string,
  { known, enabled }: CollectorNames,
): ReadonlySet<string> | undefined {
  const parameters = new URLSearchParams(query);
  const collect = parameters.getAll('collect[]');
  const exclude = parameters.getAll('exclude[]');
  if (collect.length === 0 && exclude.length === 0) return undefined;
  if (collect.length > 0 && exclude.length > 0)
    throw new BadRequest('collect[] and exclude[] cannot be used together');
  for (const name of [...collect, ...exclude])
    if (!known.has(name))
      throw new BadRequest(
        `unknown collector ${JSON.stringify(name)}; the collectors are ${[...known].join(', ')}`,
      );
  for (const name of collect)
    if (!enabled.has(name))
      throw new BadRequest(`the collector ${name} is disabled; --collector.${name} enables it`);
  if (collect.length > 0) return new Set(collect);
  const excluded = new Set(exclude);
  return new Set([...enabled].filter((name) => !excluded.has(name)));
}
