/**
 * The body of a scrape is made of parts. A part is rendered once, when it is first needed. A long part is compressed once as well,
 * so that a scrape only joins what is there; short ones are compressed together in each scrape, which costs less than one
 * by one. `bench/body.ts` compares this with compressing the whole body for each scrape.
 */
import { inTurns, type Turns } from '../base/turns.ts';
import { END, type Format, render, renderSlices, SAMPLES_A_SLICE } from './exposition.ts';
import { countSeries, type MetricFamily } from './family.ts';
import { type Deflated, deflateShort, deflateSlices, joinGzip } from './gzip.ts';

/** Part of a body; does not change. */
export interface BodyPart {
  /** Exposition text, without the end mark. */
  text(format: Format): Promise<Buffer>;
  /** Of a long part: its text, compressed. */
  readonly deflated?: (format: Format) => Promise<Deflated>;
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

/** A part with these families. Where every client takes gzip, as Prometheus does, a long text is never in memory as a whole. */
export function familiesPart(families: readonly MetricFamily[]): BodyPart {
  if (isShort(families)) return textPart(async (format) => render(families, format));
  return {
    text: oncePerFormat((format) => inTurns(joinTurns(renderSlices(families, format)))),
    deflated: oncePerFormat((format) => deflateSlices(renderSlices(families, format))),
  };
}

/** A short part. */
export function textPart(render: (format: Format) => Promise<Buffer>): BodyPart {
  return { text: oncePerFormat(render) };
}

/** What a scrape in this format needs of a part. */
export async function prepare(
  part: BodyPart,
  format: Format,
  { gzip }: { readonly gzip: boolean },
): Promise<void> {
  await (gzip && part.deflated !== undefined ? part.deflated(format) : part.text(format));
}

/** The parts, compressed: neighbors that are short as one. */
async function deflate(parts: readonly BodyPart[], format: Format): Promise<Deflated[]> {
  const all: Deflated[] = [];
  let short: Buffer[] = [];
  const flush = () => {
    if (short.length > 0) all.push(deflateShort(Buffer.concat(short)));
    short = [];
  };
  for (const { text, deflated } of parts) {
    if (deflated === undefined) short.push(await text(format));
    else {
      flush();
      all.push(await deflated(format));
    }
  }
  flush();
  return all;
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
    ? joinGzip(await deflate(all, format))
    : Buffer.concat(await Promise.all(all.map((part) => part.text(format))));
}
