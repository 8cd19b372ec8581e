/** The pictures in docs/img are of the dashboards as they are; `make pictures` draws them again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { dashboards } from '../../../dashboards/dashboards.ts';
import { readOptions } from '../../../dashboards/options.ts';
import { pictureOf, SHOWN_FILE, type Shown, shownHash } from '../../../dashboards/pictures/shown.ts';

const IMAGES = join(import.meta.dirname, '../../../docs/img');
const ALL = dashboards(readOptions({}));
const SHOWN: Shown = JSON.parse(readFileSync(join(IMAGES, SHOWN_FILE), 'utf8'));

describe('the pictures', () => {
  it('are one of each dashboard', () => {
    const pictures = readdirSync(IMAGES).filter((name) => name.endsWith('.png'));
    expect(pictures).toEqual(expect.arrayContaining(ALL.map(pictureOf)));
    expect(Object.keys(SHOWN).sort()).toEqual(ALL.map(pictureOf).sort());
  });

  it.each(ALL.map((dashboard) => [pictureOf(dashboard), dashboard] as const))(
    '%s shows the panels as they are',
    (picture, dashboard) => {
      expect(SHOWN[picture]).toBe(shownHash(dashboard));
    },
  );
});

describe('what a picture shows', () => {
  const changed = (change: (dashboard: Dashboard) => void) => {
    const dashboard = structuredClone(ALL[0] as Dashboard);
    change(dashboard);
    return shownHash(dashboard) !== shownHash(ALL[0] as Dashboard);
  };
  const first = ({ panels: [panel] = [] }: Dashboard) => panel as NonNullable<typeof panel>;

  it('changes with a title, a place, a query or a colour', () => {
    expect(changed((d) => Object.assign(first(d), { title: 'Other' }))).toBe(true);
    expect(changed((d) => Object.assign(first(d).gridPos ?? {}, { w: 11 }))).toBe(true);
    expect(changed((d) => Object.assign(first(d), { targets: [] }))).toBe(true);
    expect(changed((d) => Object.assign(first(d), { fieldConfig: { defaults: {}, overrides: [] } }))).toBe(
      true,
    );
  });

  it('does not change with a description or the number of a panel', () => {
    expect(changed((d) => Object.assign(first(d), { description: 'Other', id: 99 }))).toBe(false);
  });
});
