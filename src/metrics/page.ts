/**
 * A page of metrics is made of parts, each rendered once and compressed once, when first wanted, so that a scrape
 * pays for nothing but putting them together.
 */
import { inTurns, type Turns } from '../turns.ts';
import { END_OF_PAGE, type Format, renderSlices } from './exposition.ts';
import type { MetricFamily } from './family.ts';
import { type Deflated, deflate, deflateSlices, joinGzip } from './gzip.ts';

/** Part of a page that does not change any more. */
export interface PagePart {
  /** Exposition text without the end-of-page mark. */
  text(format: Format): Promise<Buffer>;
  deflated(format: Format): Promise<Deflated>;
}

/** What `make` gives for each format, made when first asked for, and again after a failure. */
function oncePerFormat<Made>(make: (format: Format) => Promise<Made>): (format: Format) => Promise<Made> {
  const made = new Map<Format, Promise<Made>>();
  return (format) => {
    let making = made.get(format);
    if (making === undefined) {
      making = make(format);
      made.set(format, making);
      making.catch(() => made.delete(format));
    }
    return making;
  };
}

function* renderTurns(families: readonly MetricFamily[], format: Format): Turns<Buffer> {
  const slices: Buffer[] = [];
  for (const slice of renderSlices(families, format)) {
    slices.push(slice);
    yield;
  }
  return slices.length === 1 ? (slices[0] as Buffer) : Buffer.concat(slices);
}

/** A part of a page from a way to make its text. */
export function textPart(render: (format: Format) => Promise<Buffer>): PagePart {
  const text = oncePerFormat(render);
  return { text, deflated: oncePerFormat(async (format) => deflate(await text(format))) };
}

/** Samples from which on a part is compressed slice by slice. */
const LARGE = 1_000;

/** A part of a page from families. */
export function familiesPart(families: readonly MetricFamily[]): PagePart {
  const part = textPart((format) => inTurns(renderTurns(families, format)));
  if (families.reduce((sum, { samples }) => sum + samples.length, 0) < LARGE) return part;
  // Where every client wants gzip, as Prometheus does, a large text is never in memory as a whole.
  return { ...part, deflated: oncePerFormat((format) => deflateSlices(renderSlices(families, format))) };
}

const END = textPart(async (format) => Buffer.from(END_OF_PAGE[format]));

/** Puts a page together, as plain text or as gzip. */
export async function writePage(
  parts: readonly PagePart[],
  format: Format,
  options: { readonly gzip: boolean },
): Promise<Buffer> {
  const all = [...parts, END];
  return options.gzip
    ? joinGzip(await Promise.all(all.map((part) => part.deflated(format))))
    : Buffer.concat(await Promise.all(all.map((part) => part.text(format))));
}
