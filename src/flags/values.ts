/**
 * Kinds of flag values: durations, sizes, addresses, ... A value is read from text. Invalid text is undefined, and the flag's
 * message then says what is valid.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** A kind of value. */
export interface Kind<T> {
  /** In `--help`: `--frr.timeout=DURATION`. */
  readonly placeholder: string;
  /** Completes "--frr.timeout takes ...". */
  readonly takes: string;
  /** The value; undefined for invalid text. */
  readonly read: (text: string) => T | undefined;
}

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Writes seconds as {@link duration} reads them: `1m30s`, `500ms`. */
export function durationText(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  let text = '';
  for (const [unit, milliseconds] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / milliseconds);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * milliseconds;
  }
  return text === '' ? '0s' : text;
}

/** Reads `5s`, `500ms`, `1m30s`; returns seconds, undefined for anything else. */
export function readDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    seconds += Number(count) * SECONDS[unit as keyof typeof SECONDS];
  return seconds;
}

/** Seconds, between two bounds. */
export function duration(least: number, most: number): Kind<number> {
  return {
    placeholder: 'DURATION',
    takes: `a duration from ${durationText(least)} to ${durationText(most)}, such as 500ms, 5s or 1m30s`,
    read: (text) => {
      const seconds = readDuration(text);
      return seconds !== undefined && seconds >= least && seconds <= most ? seconds : undefined;
    },
  };
}

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Writes bytes as {@link size} reads them, in the largest unit that divides them. */
export function sizeText(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const factor = BYTES[unit] as number;
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}

/** Bytes, between two bounds. */
export function size(least: number, most: number): Kind<number> {
  return {
    placeholder: 'SIZE',
    takes: `a size from ${sizeText(least)} to ${sizeText(most)}, such as 512KiB or 64MiB`,
    read: (text) => {
      const [, count, unit] = /^(\d+(?:\.\d+)?)([kKMG]i?B|B)?$/.exec(text) ?? [];
      const factor = BYTES[unit ?? ''];
      if (count === undefined || factor === undefined) return undefined;
      const bytes = Math.round(Number(count) * factor);
      return bytes >= least && bytes <= most ? bytes : undefined;
    },
  };
}

/** A whole number, between two bounds. */
export function integer(least: number, most: number): Kind<number> {
  return {
    placeholder: 'NUMBER',
    takes: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

/**
 * A share of time, more than nothing and at most all of it: `1%` or `0.01`. A number without a percent sign must be
 * below 1, because `1` most likely means 1%.
 */
export const share: Kind<number> = {
  placeholder: 'SHARE',
  takes: 'a share above 0% and up to 100%, such as 1%, or a number below 1, such as 0.01',
  read: (text) => {
    const [, count, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text) ?? [];
    const value = Number(count) / (percent === '%' ? 100 : 1);
    return value > 0 && (percent === '%' ? value <= 1 : value < 1) ? value : undefined;
  },
};

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(...words: Words): Kind<Words[number]> {
  return {
    placeholder: words.join('|'),
    takes: `one of ${words.join(', ')}`,
    read: (text) => (words.includes(text) ? text : undefined),
  };
}

/** Any text that is not empty. */
export function text(placeholder: string, takes: string): Kind<string> {
  return { placeholder, takes, read: (given) => (given === '' ? undefined : given) };
}

/** A path in the file system; absolute or from the working directory. */
export const path: Kind<string> = text('PATH', 'the path of a file or directory');

/** `yes` or `no` in the environment; on the command line a switch is `--name` or `--no-name`. */
export const yesOrNo: Kind<boolean> = {
  placeholder: '',
  takes: 'true or false (also 1 or 0, yes or no, on or off)',
  read: (given) => {
    if (/^(true|1|yes|on)$/i.test(given)) return true;
    return /^(false|0|no|off)$/i.test(given) ? false : undefined;
  },
};

/**
 * A program and its arguments, as an array, because there is no shell: words separated by spaces (`podman exec frr`), or,
 * if an argument contains spaces or quotes, a JSON array (`["sudo","-n","--prompt=no way"]`).
 */
export const argumentArray: Kind<readonly string[]> = {
  placeholder: 'COMMAND',
  takes: 'a program and its arguments, such as "podman exec frr" or ["podman","exec","frr"]',
  read: (given) => {
    const trimmed = given.trim();
    if (!trimmed.startsWith('[')) {
      // Quotes would suggest a shell.
      return trimmed === '' || /['"`\\]/.test(trimmed) ? undefined : trimmed.split(/\s+/);
    }
    try {
      const words: unknown = JSON.parse(trimmed);
      const usable = Array.isArray(words) && words.every((word) => typeof word === 'string' && word !== '');
      return usable && words.length > 0 ? words : undefined;
    } catch {
      return undefined;
    }
  },
};

/** Where to listen. Without a host: every address of the machine, IPv6 and IPv4. */
export interface ListenAddress {
  /** An IP address without brackets, or a name that is resolved when the server starts. */
  readonly host: string | undefined;
  /** 0 uses a free port, which is logged. */
  readonly port: number;
}

const HOST_NAME = /^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/;

/** `:9342`, `0.0.0.0:9342`, `[::1]:9342`, `[fe80::1%eth0]:9342`, `node.example:9342`. */
export const listenAddress: Kind<ListenAddress> = {
  placeholder: 'HOST:PORT',
  takes: 'an address with a port, such as :9342, 192.0.2.1:9342, [2001:db8::1]:9342 or node.example:9342',
  read: (given) => {
    const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(given) ?? [];
    const port = Number(digits);
    if (digits === undefined || port > 65_535) return undefined;
    if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
    if (plain === '') return { host: undefined, port };
    const looksLikeIPv4 = /^[\d.]+$/.test(plain as string);
    const valid = looksLikeIPv4 ? isIPv4(plain as string) : HOST_NAME.test(plain as string);
    return valid ? { host: plain, port } : undefined;
  },
};

/** Writes an address as {@link listenAddress} reads it. */
export function listenAddressText({ host, port }: ListenAddress): string {
  return `${host?.includes(':') ? `[${host}]` : (host ?? '')}:${port}`;
}

/** The path of an endpoint: starts with a slash, without spaces, a query, or `.` and `..`. */
export const urlPath: Kind<string> = {
  placeholder: 'PATH',
  takes: 'a path of letters, digits and -._~ that starts with a slash, such as /metrics',
  read: (given) =>
    /^(\/[A-Za-z0-9._~-]+)+$/.test(given) && !/\/\.{1,2}(\/|$)/.test(given) ? given : undefined,
};

/** A prefix of paths, such as `/frr`. Its value has no slash at the end, and is empty for `/`. */
export const urlPrefix: Kind<string> = {
  placeholder: 'PATH',
  takes: 'a path of letters, digits and -._~ that starts with a slash, such as / or /frr',
  read: (given) => {
    const path = given.startsWith('/') ? given.replace(/\/+$/, '') : given;
    return path === '' && given !== '' ? '' : urlPath.read(path);
  },
};

/** A URL to link to, perhaps with a query. */
export const webUrl: Kind<URL> = {
  placeholder: 'URL',
  takes: 'an http or https URL, such as https://grafana.example/d/frr-session?var-instance=compute-01:9342',
  read: (given) => (URL.canParse(given) && /^https?:\/\//.test(given) ? new URL(given) : undefined),
};

/** A URL that links begin with. */
export const externalUrl: Kind<URL> = {
  placeholder: 'URL',
  takes: 'an http or https URL without a query, such as https://node.example/frr/',
  read: (given) => {
    if (!URL.canParse(given) || !/^https?:\/\//.test(given)) return undefined;
    const url = new URL(given);
    const usable = url.search === '' && url.hash === '' && url.username === '' && url.password === '';
    return usable && urlPrefix.read(url.pathname) !== undefined ? url : undefined;
  },
};

/** When a number of `frr-exporter check` is a warning, and when it is critical: from these values on. */
export interface Threshold {
  readonly name: string;
  readonly warning: number;
  readonly critical: number;
}

/** `uplinks_down=1,2`. */
export const threshold: Kind<Threshold> = {
  placeholder: 'NAME=WARNING,CRITICAL',
  takes:
    'the name of a number and the values from which it is a warning and critical, such as uplinks_down=1,2',
  read: (given) => {
    const [, name, warning, critical] = /^([a-z][a-z_]*)=(\d{1,9}),(\d{1,9})$/.exec(given) ?? [];
    if (name === undefined || Number(warning) > Number(critical)) return undefined;
    return { name, warning: Number(warning), critical: Number(critical) };
  },
};
