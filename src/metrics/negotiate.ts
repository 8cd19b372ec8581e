/** Chooses the exposition format by the request's Accept header (RFC 9110, 12.5.1). */
import type { Format } from './exposition.ts';

/** A format, and the media type that says so in the answer. */
export interface Negotiated {
  readonly format: Format;
  readonly contentType: string;
}

const OFFERS: readonly (Negotiated & { type: string; version: string })[] = [
  {
    type: 'application/openmetrics-text',
    version: '1.0.0',
    format: 'openmetrics',
    contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  },
  {
    type: 'application/openmetrics-text',
    version: '0.0.1',
    format: 'openmetrics',
    contentType: 'application/openmetrics-text; version=0.0.1; charset=utf-8',
  },
  {
    type: 'text/plain',
    version: '0.0.4',
    format: 'text',
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
  },
];

const TEXT = OFFERS[2] as Negotiated;

/**
 * The format that the client prefers; the text format if it does not say, cannot be parsed, or names only formats
 * that we do not have (metrics are more useful than a 406).
 * Of formats with the same weight, a type that is named wins over a wildcard, and then the newer format.
 */
export function negotiate(accept: string | undefined): Negotiated {
  let best: Negotiated = TEXT;
  let bestQuality = 0;
  let bestSpecificity = 0;
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    let quality = 1;
    let version: string | undefined;
    for (const parameter of parameters) {
      const [name, value = ''] = parameter.split('=').map((part) => part.trim());
      if (name === 'q') quality = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(value) ? Number(value) : 0;
      if (name === 'version') version = value.replaceAll('"', '');
    }
    const offer =
      type === '*/*' || type === 'text/*'
        ? TEXT
        : OFFERS.find((one) => one.type === type && (version === undefined || one.version === version));
    if (offer === undefined || quality === 0) continue;
    const specificity = type.endsWith('*') ? 0 : offer.format === 'openmetrics' ? 2 : 1;
    if (quality > bestQuality || (quality === bestQuality && specificity > bestSpecificity)) {
      best = offer;
      bestQuality = quality;
      bestSpecificity = specificity;
    }
  }
  return { format: best.format, contentType: best.contentType };
}
