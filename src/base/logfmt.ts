/** Lines of the log as Prometheus' own programs write them: `time=... level=info msg="frr-exporter starts" version=1.2.3`. */

/** Quoted as Go's slog does: what is empty, or has spaces, quotes, equals signs or control characters in it. */
function quoted(text: string): string {
  return /^[^\s"=\p{C}]+$/u.test(text) ? text : JSON.stringify(text);
}

function pairs(name: string, value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return [`${name}=${quoted(String(value))}`];
  return Object.entries(value).flatMap(([member, one]) => pairs(`${name}.${member}`, one));
}

/** The same line in logfmt; members of objects have a name with a dot (`err.message`). @param json a line of JSON */
export function logfmt(json: string): string {
  const { time, level, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const ordered = Object.entries({ time, level, msg, ...rest }).filter(([, value]) => value !== undefined);
  return `${ordered.flatMap(([name, value]) => pairs(name, value)).join(' ')}\n`;
}
