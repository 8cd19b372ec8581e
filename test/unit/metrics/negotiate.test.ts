import { describe, expect, test } from 'vitest';
import { negotiate } from '../../../src/metrics/negotiate.ts';

const TEXT = { format: 'text', contentType: 'text/plain; version=0.0.4; charset=utf-8' };
const OPENMETRICS = {
  format: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};
const OPENMETRICS_0 = {
  format: 'openmetrics',
  contentType: 'application/openmetrics-text; version=0.0.1; charset=utf-8',
};

describe('the Accept header', () => {
  test.each([
    ['left out', undefined, TEXT],
    ['empty', '', TEXT],
    ['of curl', '*/*', TEXT],
    [
      'of a browser',
      'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
      TEXT,
    ],
    [
      'of Prometheus 2.42',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPENMETRICS,
    ],
    [
      'of Prometheus 2.30',
      'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPENMETRICS_0,
    ],
    [
      'of Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      OPENMETRICS,
    ],
    [
      'of Prometheus with protocol buffers',
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5',
      OPENMETRICS,
    ],
    ['that likes text best', 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.9', TEXT],
    ['that refuses OpenMetrics', 'application/openmetrics-text;q=0,text/plain;q=0.1', TEXT],
    ['without a version', 'application/openmetrics-text', OPENMETRICS],
    ['of equal likings', 'text/plain,application/openmetrics-text', OPENMETRICS],
    ['that wants a version of the future', 'application/openmetrics-text;version=2.0.0', TEXT],
    ['in capitals and with a quoted version', 'Application/OpenMetrics-Text; Version="1.0.0"', OPENMETRICS],
    ['of equal likings, the better one first', 'application/openmetrics-text,text/plain', OPENMETRICS],
    ['that likes any text best', 'application/openmetrics-text;q=0.5,text/*', TEXT],
    ['that likes anything best', 'application/openmetrics-text;q=0.5,*/*', TEXT],
    [
      'of equal likings, the newer version first',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1',
      OPENMETRICS,
    ],
    ['that likes a better one less', 'text/plain;q=0.9,application/openmetrics-text;q=0.5', TEXT],
    ['that wants something else', 'application/json', TEXT],
    ['with a quality that is none', 'application/openmetrics-text;q=best,text/plain;q=0.1', TEXT],
    ['of garbage', ';;;,=,q=1;;, ;', TEXT],
  ])('%s', (_, accept, expected) => {
    expect(negotiate(accept)).toEqual(expected);
  });
});
