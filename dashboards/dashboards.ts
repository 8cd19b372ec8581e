/** All five dashboards, in the order in which they are read. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { exporter } from './exporter.ts';
import { fleet } from './fleet.ts';
import { node } from './node.ts';
import { openstack } from './openstack.ts';
import type { Options } from './options.ts';
import { session } from './session.ts';

/** Every dashboard, made for a site. The file of each is its uid and `.json`. */
export function dashboards(options: Options): readonly Dashboard[] {
  return [fleet, node, session, openstack, exporter].map((build) => build(options));
}

/** The text of a dashboard's file. */
export function dashboardText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
