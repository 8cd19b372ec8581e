/** By how much the memory grows when it is full. */
const GROWTH = 1.5;

/** Bytes that come in chunks. */
export interface ByteCollector {
  readonly length: number;
  /** Takes the next chunk, of which nothing is kept. */
  add(chunk: Uint8Array): void;
  /** What has come so far, without a copy. */
  bytes(): Buffer;
}

/**
 * Puts the chunks together that a stream happens to cut its bytes into. Memory is at most half more than what came or
 * was expected, in one piece, and what it grows out of is given back at once: an answer of megabytes comes with every
 * poll.
 * @param expected bytes that are likely to come in all, as far as that is known
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

/** Bytes from which on a length is worth to be remembered, and how much longer the next answer may be. */
const REMEMBERED = 64 * 1024;
const MARGIN = 1.05;

/** Remembers how long the newest answer to each question was: the next one is not much longer. */
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
