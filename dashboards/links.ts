/** Links from a panel to the next dashboard, to a runbook, and to the status page of the node. */
import { type DashboardLink, DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Options } from './options.ts';
import { grafana } from './panels.ts';

/** The choices of the reader are passed on, so that the next dashboard shows the same data source and time. */
const ALONG = ['datasource:queryparam', 'cluster:queryparam', 'job:queryparam', '__url_time_range']
  .map(grafana)
  .join('&');
const FIELD = (column: string) => grafana(`__data.fields.${column}`);

function link(title: string, url: string, elsewhere = false): DashboardLink {
  return new DashboardLinkBuilder(title).url(url).targetBlank(elsewhere).build();
}

/** For rows with the column Node. */
export function nodeLinks(options: Options): DashboardLink[] {
  return [
    link('Node', `/d/frr-node?var-instance=${FIELD('Node')}&${ALONG}`),
    link('Status page of the exporter', options.statusPage.replaceAll('{instance}', FIELD('Node')), true),
  ];
}

/** For rows with the columns Node, VRF and Peer. */
export function sessionLinks(): DashboardLink[] {
  const session = `var-instance=${FIELD('Node')}&var-vrf=${FIELD('VRF')}&var-peer=${FIELD('Peer')}`;
  return [link('Session', `/d/frr-session?${session}&${ALONG}`)];
}

/** For rows with the columns VRF and Peer, of the chosen nodes. */
export function sessionLinksOfChosen(): DashboardLink[] {
  const session = `${grafana('instance:queryparam')}&var-vrf=${FIELD('VRF')}&var-peer=${FIELD('Peer')}`;
  return [link('Session', `/d/frr-session?${session}&${ALONG}`)];
}

/** For rows with the column Address. */
export function addressLinks(): DashboardLink[] {
  return [link('Reachability', `/d/frr-openstack?var-address=${FIELD('Address')}&${ALONG}`)];
}

/** For rows with the column Alert. */
export function runbookLinks(options: Options): DashboardLink[] {
  return [link('Runbook', `${options.runbooks}/${FIELD('Alert')}.md`, true)];
}

/** To another dashboard as a whole, with what is chosen. */
export function dashboardLink(title: string, uid: string): DashboardLink {
  return link(title, `/d/${uid}?${grafana('instance:queryparam')}&${ALONG}`);
}
