/** Versions of FRR. */

/** `FRRouting 8.4.4 (node) on Linux(6.1.0).` in the first line of `show version`. */
export function parseVersion(text: string): string | undefined {
  return /^FRRouting (\S+)/.exec(text)?.[1];
}

/** Whether a version is older than another: 7.5.1 than 8.4, 8.4-dev not than 8.4. */
export function isOlder(version: string, other: string): boolean {
  const parts = (text: string) => text.split(/[^\d]+/).map(Number);
  const [own, others] = [parts(version), parts(other)];
  for (const [index, part] of others.entries()) {
    const difference = (own[index] ?? 0) - part;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
