/** What a lock screen shows of each alert, by the titles that the scenarios compare. */
import { expect, test } from 'vitest';
import { TOR2 } from '../../integration/alerts/fleet.ts';
import type { Labels } from '../../integration/alerts/scenario.ts';
import { SCENARIOS } from '../../integration/alerts/scenarios/index.ts';

/** Characters of a title that are shown. */
const SHOWN = 60;

/** Names of what an alert is about: its node or address, its router by the description, or what is larger. */
const names = ({ hostname, address, remote_router_id, cluster, instance, job }: Labels) =>
  hostname ??
  address ??
  (remote_router_id === TOR2.router ? TOR2.description : undefined) ??
  cluster ??
  instance ??
  job;

const COMPARED = SCENARIOS.flatMap(({ checks }) =>
  checks.flatMap(({ texts = {} }) =>
    Object.entries(texts).map(([alert, { labels, title }]) => [alert, title, names(labels)] as const),
  ),
);
const TITLES = new Map(COMPARED.filter(([alert]) => alert !== 'FRRWatchdog').map((one) => [one.join(), one]));

test.each([...TITLES.values()])('%s: “%s” fits, and names %s', (_, title, name) => {
  expect(name).toEqual(expect.any(String));
  expect(title.slice(0, SHOWN)).toBe(title);
  expect(title).toContain(name);
});
