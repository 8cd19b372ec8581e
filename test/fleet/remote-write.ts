/**
 * Writes samples of any time into Prometheus: remote write 1.0, protobuf in snappy's block format. What is written is
 * not compressed, which snappy allows.
 */

/** Label values by name, `__name__` among them. */
export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly labels: Labels;
  /** Its value at a moment, in seconds since the epoch; undefined where it has none, {@link STALE} where it ends. */
  readonly at: (seconds: number) => number | undefined;
}

/** Marks the end of a series, as Prometheus does after a failed scrape. */
export const STALE = Number.NaN;
/** The NaN that Prometheus means by it. */
const STALE_BITS = 0x7ff0000000000002n;

/** Bytes that grow. */
class Writer {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.#bytes[this.length++] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  double(value: number): void {
    this.reserve(8);
    if (Number.isNaN(value)) this.#view.setBigUint64(this.length, STALE_BITS, true);
    else this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.#bytes.set(value, this.length);
    this.length += value.length;
  }

  clear(): void {
    this.length = 0;
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}

const TEXT = new TextEncoder();

/** A field whose content has a length: its number and kind, the length, the content. */
function field(writer: Writer, number: number, content: Uint8Array): void {
  writer.byte((number << 3) | 2);
  writer.varint(content.length);
  writer.bytes(content);
}

/** Writes labels as protobuf wants them: by name. `scratch` is used on the way. */
function writeLabels(writer: Writer, labels: Labels, scratch: Writer): void {
  for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    scratch.clear();
    field(scratch, 1, TEXT.encode(name));
    field(scratch, 2, TEXT.encode(value));
    field(writer, 1, scratch.written());
  }
}

/** Made once for each series: that is most of the work. */
const encodedLabels = new WeakMap<Series, Uint8Array>();

function labelsOf(series: Series, writer: Writer, scratch: Writer): Uint8Array {
  let bytes = encodedLabels.get(series);
  if (bytes === undefined) {
    writer.clear();
    writeLabels(writer, series.labels, scratch);
    bytes = writer.written().slice();
    encodedLabels.set(series, bytes);
  }
  return bytes;
}

/** Snappy's block format with literals only. */
function framed(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.varint(content.length);
  for (let from = 0; from < content.length; from += 0x10000) {
    const part = content.subarray(from, from + 0x10000);
    writer.byte(61 << 2);
    writer.byte((part.length - 1) & 0xff);
    writer.byte((part.length - 1) >> 8);
    writer.bytes(part);
  }
  return new Uint8Array(writer.written());
}

/** Of so many samples a request is made. */
const SAMPLES_A_REQUEST = 100_000;

/**
 * Writes the values of `series` at the given moments, which must not be older than what Prometheus already has of them.
 * @param url Prometheus, started with `--web.enable-remote-write-receiver`
 * @throws with Prometheus' own words
 */
export async function remoteWrite(
  url: string,
  series: readonly Series[],
  moments: readonly number[],
): Promise<void> {
  const request = new Writer();
  const one = new Writer();
  const sample = new Writer();
  let samples = 0;
  const send = async () => {
    if (samples === 0) return;
    const response = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: framed(request.written()),
    });
    if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
    request.clear();
    samples = 0;
  };
  const scratch = new Writer();
  for (const each of series) {
    const labels = labelsOf(each, one, scratch);
    one.clear();
    one.bytes(labels);
    const before = samples;
    for (const moment of moments) {
      const value = each.at(moment);
      if (value === undefined) continue;
      sample.clear();
      sample.byte((1 << 3) | 1);
      sample.double(value);
      sample.byte(2 << 3);
      sample.varint(Math.round(moment * 1000));
      field(one, 2, sample.written());
      samples++;
    }
    if (samples > before) field(request, 1, one.written());
    if (samples >= SAMPLES_A_REQUEST) await send();
  }
  await send();
}
