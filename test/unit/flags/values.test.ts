import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  argumentArray,
  duration,
  durationText,
  externalUrl,
  integer,
  type Kind,
  listenAddress,
  listenAddressText,
  oneOf,
  readDuration,
  share,
  size,
  sizeText,
  urlPath,
  urlPrefix,
  webUrl,
  yesOrNo,
} from '../../../src/flags/values.ts';

function table<T>(kind: Kind<T>, cases: readonly (readonly [string, T | undefined])[]): void {
  test.each(cases)('%j', (given, expected) => {
    expect(kind.read(given)).toEqual(expected);
  });
}

describe('duration', () => {
  table(duration(0.1, 600), [
    ['5s', 5],
    ['500ms', 0.5],
    ['1m30s', 90],
    ['0.5s', 0.5],
    ['10m', 600],
    ['100ms', 0.1],
    ['99ms', undefined],
    ['601s', undefined],
    ['5', undefined],
    ['s', undefined],
    ['5 s', undefined],
    ['-5s', undefined],
    ['5S', undefined],
    ['1e3s', undefined],
    ['', undefined],
  ]);
  test('days and hours', () => {
    expect(readDuration('1d2h')).toBe(93_600);
  });
  test('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (milliseconds) => {
        expect(readDuration(durationText(milliseconds / 1000))).toBeCloseTo(milliseconds / 1000, 6);
      }),
    );
    expect(durationText(90)).toBe('1m30s');
  });
});

describe('size', () => {
  table(size(1024, 2 ** 30), [
    ['64MiB', 67_108_864],
    ['1GiB', 2 ** 30],
    ['1.5KiB', 1536],
    ['2kB', 2000],
    ['2KB', 2000],
    ['2MB', 2_000_000],
    ['4096', 4096],
    ['4096B', 4096],
    ['1023', undefined],
    ['2GiB', undefined],
    ['64mib', undefined],
    ['64 MiB', undefined],
    ['kiB', undefined],
    ['1kiB', undefined],
    ['', undefined],
  ]);
  test('text', () => {
    expect([sizeText(67_108_864), sizeText(2 ** 30), sizeText(1500), sizeText(0)]).toEqual([
      '64MiB',
      '1GiB',
      '1500B',
      '0B',
    ]);
  });
});

describe('integer', () => {
  table(integer(1, 100), [
    ['1', 1],
    ['100', 100],
    ['0', undefined],
    ['101', undefined],
    ['1.5', undefined],
    ['0x10', undefined],
    ['', undefined],
  ]);
});

describe('share', () => {
  table(share, [
    ['1%', 0.01],
    ['0.01', 0.01],
    ['.5', 0.5],
    ['100%', 1],
    ['99.5%', 0.995],
    ['0.999', 0.999],
    ['1', undefined],
    ['1.0', undefined],
    ['5', undefined],
    ['0', undefined],
    ['0%', undefined],
    ['101%', undefined],
    ['2', undefined],
    ['-1%', undefined],
    ['', undefined],
  ]);
});

describe('one of', () => {
  table(oneOf('json', 'pretty'), [
    ['json', 'json'],
    ['JSON', undefined],
    ['', undefined],
  ]);
});

describe('yes or no', () => {
  table(yesOrNo, [
    ['true', true],
    ['ON', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['off', false],
    ['0', false],
    ['No', false],
    ['2', undefined],
    ['', undefined],
  ]);
});

describe('argument array', () => {
  table(argumentArray, [
    ['podman exec frr', ['podman', 'exec', 'frr']],
    ['  sudo\t-n ', ['sudo', '-n']],
    ['["sudo","--prompt=no way"]', ['sudo', '--prompt=no way']],
    ['sh -c "vtysh"', undefined],
    ["sh -c 'x'", undefined],
    ['a\\ b', undefined],
    ['[]', undefined],
    ['[""]', undefined],
    ['[1]', undefined],
    ['["a"', undefined],
    ['{}', ['{}']],
    ['', undefined],
    [' ', undefined],
  ]);
});

describe('listen address', () => {
  table(listenAddress, [
    [':9342', { host: undefined, port: 9342 }],
    ['0.0.0.0:9342', { host: '0.0.0.0', port: 9342 }],
    ['[::1]:9342', { host: '::1', port: 9342 }],
    ['[fe80::1%eth0]:9342', { host: 'fe80::1%eth0', port: 9342 }],
    ['node-1.example:0', { host: 'node-1.example', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
    ['9342', undefined],
    ['::1:9342', undefined],
    ['[127.0.0.1]:9342', undefined],
    ['[::1]', undefined],
    ['[]:9342', undefined],
    ['1.2.3:9342', undefined],
    ['1.2.3.256:9342', undefined],
    ['localhost:65536', undefined],
    ['localhost:', undefined],
    ['local host:9342', undefined],
    ['http://localhost:9342', undefined],
    ['-x:9342', undefined],
    ['vsock://:9342', undefined],
    ['', undefined],
  ]);
  test('reads what it writes', () => {
    const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(undefined, 'localhost', 'a.example'));
    fc.assert(
      fc.property(hosts, fc.integer({ min: 0, max: 65_535 }), (host, port) => {
        expect(listenAddress.read(listenAddressText({ host, port }))).toEqual({ host, port });
      }),
    );
  });
});

describe('path of a page', () => {
  table(urlPath, [
    ['/metrics', '/metrics'],
    ['/a/b-c_d.e~f', '/a/b-c_d.e~f'],
    ['metrics', undefined],
    ['/', undefined],
    ['/metrics/', undefined],
    ['//metrics', undefined],
    ['/../metrics', undefined],
    ['/a/./b', undefined],
    ['/metrics?x=1', undefined],
    ['/:name', undefined],
    ['/*', undefined],
    ['/me trics', undefined],
    ['', undefined],
  ]);
});

describe('prefix of paths', () => {
  table(urlPrefix, [
    ['/', ''],
    ['/frr', '/frr'],
    ['/frr/', '/frr'],
    ['/a/b//', '/a/b'],
    ['', undefined],
    ['frr', undefined],
    ['frr/', undefined],
    ['/a/../b', undefined],
    ['/f?x', undefined],
  ]);
});

describe('external URL', () => {
  const read = (given: string) => externalUrl.read(given)?.href;
  test.each([
    ['https://node.example/frr/', 'https://node.example/frr/'],
    ['http://node.example', 'http://node.example/'],
    ['http://[2001:db8::1]:9342/frr', 'http://[2001:db8::1]:9342/frr'],
    ['node.example', undefined],
    ['/frr', undefined],
    ['ftp://node.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['https://', undefined],
    ['https://node.example/?a=b', undefined],
    ['https://node.example/#part', undefined],
    ['https://user@node.example/', undefined],
    ['https://:secret@node.example/', undefined],
    ['https://node.example/a b', undefined],
    ['https://node.example/a//b', undefined],
    ['', undefined],
  ])('%j', (given, expected) => {
    expect(read(given)).toBe(expected);
  });
});

describe('a URL to link to', () => {
  const read = (given: string) => webUrl.read(given)?.href;
  test.each([
    [
      'https://grafana.example/d/frr-session?var-instance=a:1',
      'https://grafana.example/d/frr-session?var-instance=a:1',
    ],
    ['http://[2001:db8::1]:3000', 'http://[2001:db8::1]:3000/'],
    ['grafana.example/d/x', undefined],
    ['javascript:alert(1)', undefined],
    ['https://', undefined],
    ['', undefined],
  ])('%j', (given, expected) => {
    expect(read(given)).toBe(expected);
  });
});
