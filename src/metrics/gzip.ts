/**
 * Compressed texts that can be joined into one gzip member (RFC 1952; curl rejects several) without compressing them
 * again.
 */
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { constants, crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';

export interface Deflated {
  /** Blocks of RFC 1951 that end on a byte boundary and refer to nothing before them; none of them is the last one. */
  readonly bytes: Buffer;
  /** CRC-32 of the text. */
  readonly checksum: number;
  /** Bytes of the text. */
  readonly length: number;
}

// Level 1 shrinks metrics to a fifteenth; higher levels take several times the CPU for a third less.
const OPTIONS = { level: 1, finishFlush: constants.Z_FULL_FLUSH } as const;

/** Of a short text: a window and hash table of 32 kB instead of 256 kB. */
const SHORT = { ...OPTIONS, windowBits: 12, memLevel: 5 } as const;

/** Compresses a short text at once, in less than a millisecond: a stream and another thread would cost more. */
export function deflateShort(text: Buffer): Deflated {
  return { bytes: deflateRawSync(text, SHORT), checksum: crc32(text), length: text.length };
}

/** Compresses a text slice by slice. */
export async function deflateSlices(slices: Iterable<Buffer>): Promise<Deflated> {
  const deflating = createDeflateRaw(OPTIONS);
  const bytes = buffer(deflating);
  let checksum = 0;
  let length = 0;
  for (const slice of slices) {
    checksum = crc32(slice, checksum);
    length += slice.length;
    if (!deflating.write(slice)) await once(deflating, 'drain');
  }
  deflating.end();
  return { bytes: await bytes, checksum, length };
}

/** RFC 1952: gzip, deflate, no flags, no time, no extra flags, unknown system. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** The last block of RFC 1951, empty. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/** One gzip member with the texts in their order. */
export function joinGzip(texts: readonly Deflated[]): Buffer {
  let checksum = 0;
  let length = 0;
  for (const text of texts) {
    checksum = joinChecksums(checksum, text);
    length += text.length;
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(length % 2 ** 32, 4);
  return Buffer.concat([HEAD, ...texts.map(({ bytes }) => bytes), LAST_BLOCK, trailer]);
}

const ZEROS = Buffer.alloc(64 * 1024);

/**
 * CRC-32 of a text and the next one. A checksum is linear: that of the first text with zeros behind it, and that of the
 * next text, give it by XOR. The inversions at both ends of CRC-32 are left out of what the zeros see.
 */
function joinChecksums(first: number, next: Deflated): number {
  let shifted = ~first >>> 0;
  for (let left = next.length; left > 0; left -= ZEROS.length)
    shifted = crc32(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS, shifted);
  return (~shifted ^ next.checksum) >>> 0;
}
