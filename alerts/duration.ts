/** Durations as Prometheus writes them. */

/** Seconds of a duration (`5s`, `2m`, `1h30m`); undefined when it is none. */
export function durationSeconds(text: string): number | undefined {
  const units = { d: 86400, h: 3600, m: 60, s: 1 };
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (text === '' || match === null) return undefined;
  const [, d, h, m, s] = match.map((part) => Number(part ?? 0));
  return (d ?? 0) * units.d + (h ?? 0) * units.h + (m ?? 0) * units.m + (s ?? 0) * units.s;
}

/** Seconds as a duration: 90 is `1m30s`. */
export function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  const text = parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('');
  return text === '' ? '0s' : text;
}

/** The longest of several durations. */
export function longest(...durations: readonly string[]): string {
  return durations.reduce((one, other) =>
    (durationSeconds(other) ?? 0) > (durationSeconds(one) ?? 0) ? other : one,
  );
}
