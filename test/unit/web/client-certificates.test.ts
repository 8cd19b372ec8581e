import { describe, expect, test } from 'vitest';
import { clientRefused, subjectAlternativeNames } from '../../../src/web/client-certificates.ts';
import type { ClientAuthType } from '../../../src/web/config/web-config.ts';

test.each([
  ['', []],
  ['DNS:a.example', ['a.example']],
  [
    'DNS:a.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, email:me@a.example, URI:spiffe://a/b',
    ['a.example', '192.0.2.1', '2001:db8::1', 'me@a.example', 'spiffe://a/b'],
  ],
  ['DNS:"a.example, DNS:b.example"', ['a.example, DNS:b.example']],
  ['URI:"http://x/\\", DNS:b.example", DNS:c', ['http://x/", DNS:b.example', 'c']],
  ['DirName:"CN = b.example", othername:<unsupported>', []],
])('names in %j', (text, names) => {
  expect(subjectAlternativeNames(text)).toEqual(names);
});

describe('who may come in', () => {
  const none = { authorized: false, authorizationError: undefined, certificate: {} };
  const good = {
    authorized: true,
    authorizationError: undefined,
    certificate: { raw: Buffer.from('x'), subjectaltname: 'DNS:prometheus.example' },
  };
  const unknown = { ...good, authorized: false, authorizationError: 'SELF_SIGNED_CERT_IN_CHAIN' };
  const refused = (
    { certificate, ...rest }: typeof none | typeof good | typeof unknown,
    clientAuthType: ClientAuthType,
    clientAllowedSans?: string[],
  ) =>
    clientRefused({ ...rest, getPeerCertificate: () => certificate } as never, {
      clientAuthType,
      clientAllowedSans,
    });

  test.each<[ClientAuthType, boolean, boolean, boolean]>([
    ['NoClientCert', true, true, true],
    ['RequestClientCert', true, true, true],
    ['RequireAnyClientCert', false, true, true],
    ['VerifyClientCertIfGiven', true, false, true],
    ['RequireAndVerifyClientCert', false, false, true],
  ])('%s: none %j, unknown %j, good %j', (type, withNone, withUnknown, withGood) => {
    expect(refused(none, type) === undefined).toBe(withNone);
    expect(refused(unknown, type) === undefined).toBe(withUnknown);
    expect(refused(good, type) === undefined).toBe(withGood);
  });

  test('names', () => {
    const type = 'RequireAndVerifyClientCert';
    expect(refused(good, type, ['x', 'prometheus.example'])).toBeUndefined();
    expect(refused(good, type, ['example', '*.example'])).toBe(
      'client certificate has none of the names in client_allowed_sans; it has prometheus.example',
    );
    expect(refused(none, 'VerifyClientCertIfGiven', ['x'])).toBe(
      'no client certificate, but client_allowed_sans requires one',
    );
    expect(refused(unknown, type, ['prometheus.example'])).toBe(
      'client certificate refused: SELF_SIGNED_CERT_IN_CHAIN',
    );
  });
});
