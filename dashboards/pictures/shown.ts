/** What a picture shows of a dashboard, as a hash that is stored with the pictures: another one means a new picture. */
import { createHash } from 'node:crypto';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { isRow } from '../queries.ts';

/** The hash of each dashboard that was drawn, by the name of its picture: `fleet.png`. */
export type Shown = Readonly<Record<string, string>>;

/** In `docs/img`. */
export const SHOWN_FILE = 'shown.json';

export function pictureOf(dashboard: Dashboard): string {
  return `${dashboard.uid?.replace(/^frr-/, '')}.png`;
}

/** SHA-256 of the panels, without what nobody sees in a picture: descriptions, links, numbers, and what a row folds. */
export function shownHash(dashboard: Dashboard): string {
  const panels = (dashboard.panels ?? []).map((panel) => (isRow(panel) ? { ...panel, panels: [] } : panel));
  const unseen = new Set(['description', 'links', 'id']);
  const text = JSON.stringify([dashboard.title, panels], (key, value) => {
    // The id of an override or a transformation is no number.
    return unseen.has(key) && !(key === 'id' && typeof value === 'string') ? undefined : value;
  });
  return createHash('sha256').update(text).digest('hex');
}
