/**
 * The body of a scrape is made of parts. A part is rendered and compressed once, when it is first needed, so that a scrape
 * pays for joining them only. `bench/body.ts` compares this with compressing the whole body for each scrape.
 */
import { inTurns, type Turns } from '../base/turns.ts';
import { END, type Format, render, renderSlices, SAMPLES_A_SLICE } from './exposition.ts';
import { countSeries, type MetricFamily } from './family.ts';
import { type Deflated, deflateShort, deflateSlices, joinGzip } from './gzip.ts';

/** Part of a body; does not change. */
export interface BodyPart {
  /** Exposition text, without the end mark. */
  text(format: Format): Promise<Buffer>;
  deflated(format: Format): Promise<Deflated>;
}

/** What `make` gives for each format, made when first needed. */
function oncePerFormat<Made>(make: (format: Format) => Promise<Made>): (format: Format) => Promise<Made> {
  const made = new Map<Format, Promise<Made>>();
  return (format) => {
    const one = made.get(format) ?? make(format);
    made.set(format, one);
    return one;
  };
}

function* joinTurns(slices: Iterable<Buffer>): Turns<Buffer> {
  const all: Buffer[] = [];
  for (const slice of slices) {
    all.push(slice);
    yield;
  }
  return all.length === 1 ? (all[0] as Buffer) : Buffer.concat(all);
}

/** Whether the text is one slice. */
function isShort(families: readonly MetricFamily[]): boolean {
  return countSeries(families) < SAMPLES_A_SLICE;
}

/** A part with these families. Where every client takes gzip, as Prometheus does, its text is never in memory as a whole. */
export function familiesPart(families: readonly MetricFamily[]): BodyPart {
  return {
    text: oncePerFormat((format) => inTurns(joinTurns(renderSlices(families, format)))),
    deflated: oncePerFormat(async (format) =>
      isShort(families)
        ? deflateShort(render(families, format))
        : deflateSlices(renderSlices(families, format)),
    ),
  };
}

/** A small part with a text from elsewhere. */
export function textPart(render: (format: Format) => Promise<Buffer>): BodyPart {
  const text = oncePerFormat(render);
  return { text, deflated: oncePerFormat(async (format) => deflateShort(await text(format))) };
}

const END_PART = textPart(async (format) => Buffer.from(END[format]));

/** Joins parts to a body, as plain text or as gzip. */
export async function writeBody(
  parts: readonly BodyPart[],
  format: Format,
  options: { readonly gzip: boolean },
): Promise<Buffer> {
  const all = [...parts, END_PART];
  return options.gzip
    ? joinGzip(await Promise.all(all.map((part) => part.deflated(format))))
    : Buffer.concat(await Promise.all(all.map((part) => part.text(format))));
}
