/** The flags of the collector `host-routes`. */
import { flag, list } from '../../flags/flag.ts';
import { integer } from '../../flags/values.ts';
import { hostAddress } from './filter.ts';

export const HOST_ADDRESS_FLAGS = {
  include: list({
    name: 'collector.host-routes.include',
    help: 'Only these host addresses, and the networks that are exactly one of these prefixes',
    kind: hostAddress,
  }),
  exclude: list({
    name: 'collector.host-routes.exclude',
    help: 'Not these host addresses, even if they are included',
    kind: hostAddress,
  }),
  maxSeries: flag({
    name: 'collector.host-routes.max-series',
    help: 'Maximum number of host addresses to export individually; with more, only totals are exported',
    kind: integer(0, 1_000_000),
    default: '1000',
  }),
  maxTable: flag({
    name: 'collector.host-routes.max-table',
    help: 'Maximum size of the routing tables that are searched for connected, kernel and static routes; zebra counts up to two entries for each route',
    kind: integer(0, 1_000_000),
    default: '50000',
  }),
};
