/** The log, on standard error: JSON or logfmt for machines, readable lines on a terminal. */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { logfmt } from './logfmt.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  /** `--log.level` */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** `--log.format`; `auto` is pretty on a terminal and json elsewhere. */
  readonly logFormat: 'auto' | 'json' | 'logfmt' | 'pretty';
}

/** Written synchronously, so that the last line before an exit is never lost. */
const STANDARD_ERROR = { dest: 2, sync: true } as const;

async function stream(format: LogOptions['logFormat']): Promise<DestinationStream> {
  if (format === 'pretty' || (format === 'auto' && process.stderr.isTTY)) {
    // Loaded only for a terminal: it costs memory and start-up time.
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
  const output = destination(STANDARD_ERROR);
  return format === 'logfmt' ? { write: (line) => void output.write(logfmt(line)) } : output;
}

/** Opens the log. Lines carry level names and RFC 3339 times, as journald, Loki and people read them. */
export async function openLog({ logLevel, logFormat }: LogOptions): Promise<Logger> {
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
