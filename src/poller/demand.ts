/** What scrapes asked for lately, so that it can be made ready before the next one comes. */
import type { Format } from '../metrics/exposition.ts';
import type { PagePart } from '../metrics/page.ts';

export interface Demand {
  asked(format: Format, gzip: boolean): void;
  /** Renders and compresses what will be asked for. */
  prepare(part: PagePart): Promise<void>;
}

/** Seconds; more than the longest scrape intervals. */
const LATELY = 300;

/** @param clock seconds, never jumping */
export function createDemand(clock: () => number): Demand {
  const last = new Map<string, { readonly format: Format; readonly gzip: boolean; readonly at: number }>();
  return {
    asked(format, gzip) {
      last.set(`${format} ${gzip}`, { format, gzip, at: clock() });
    },
    async prepare(part) {
      const now = clock();
      for (const { format, gzip, at } of last.values()) {
        if (now - at > LATELY) continue;
        await (gzip ? part.deflated(format) : part.text(format));
      }
    },
  };
}
