/** By how much the memory grows when it is full. */
const GROWTH = 1.5;

/** Bytes that arrive in chunks. */
export interface ByteCollector {
  readonly length: number;
  /** Copies the next chunk; the caller may reuse it. */
  add(chunk: Uint8Array): void;
  /** The bytes so far, without a copy. */
  bytes(): Buffer;
}

/**
 * Joins the chunks of a stream. It uses one buffer of at most one and a half times the bytes received or expected, and
 * frees each buffer that it outgrows at once: every poll can bring an answer of megabytes.
 * @param expected total number of bytes to expect, where that is known
 */
export function createByteCollector(expected = 0): ByteCollector {
  let memory = new ArrayBuffer(expected);
  let view = Buffer.from(memory);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(chunk) {
      const needed = length + chunk.length;
      if (needed > view.length) {
        memory = memory.transfer(Math.max(needed, Math.floor(length * GROWTH)));
        view = Buffer.from(memory);
      }
      view.set(chunk, length);
      length = needed;
    },
    bytes: () => view.subarray(0, length),
  };
}

/** Bytes above which a length is remembered, and how much longer the next answer may be. */
const REMEMBERED = 64 * 1024;
const MARGIN = 1.05;

/** Remembers the length of the latest answer to each query: the next one is about as long. */
export function createExpectations(): {
  readonly of: (question: string) => number;
  readonly note: (question: string, length: number) => void;
} {
  const lengths = new Map<string, number>();
  return {
    of: (question) => lengths.get(question) ?? 0,
    note(question, length) {
      if (length >= REMEMBERED) lengths.set(question, Math.ceil(length * MARGIN));
      else lengths.delete(question);
    },
  };
}
