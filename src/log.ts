/** The log, on standard error: JSON lines for machines, readable ones on a terminal. */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Config } from './flags/config.ts';

export type { Logger } from 'pino';

/** Written at once, so that the last line before an end is never lost. */
const STANDARD_ERROR = { dest: 2, sync: true } as const;

async function stream(format: Config['logFormat']): Promise<DestinationStream> {
  const readable = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  if (!readable) return destination(STANDARD_ERROR);
  // Loaded only where somebody looks: it costs memory and start-up time.
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    destination: 2,
    sync: true,
    colorize: process.stderr.isTTY && !process.env.NO_COLOR,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
  });
}

/** Opens the log. Lines carry level names and RFC 3339 times, as journald, Loki and people read them. */
export async function openLog({
  logLevel,
  logFormat,
}: Pick<Config, 'logLevel' | 'logFormat'>): Promise<Logger> {
  return pino(
    {
      level: logLevel,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    await stream(logFormat),
  );
}
