/** Certificates for the tests, from openssl: an authority, and what it signs. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';

export interface Authority {
  readonly certificate: string;
  /** Makes a certificate with its key, for an address. */
  sign(address: string, certificate: string, key: string): Promise<void>;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];

/** Makes an authority in a folder. */
export async function makeAuthority(folder: string): Promise<Authority> {
  mkdirSync(folder, { recursive: true });
  const certificate = `${folder}/ca.crt`;
  const key = `${folder}/ca.key`;
  await execa('openssl', [
    'req',
    '-x509',
    ...KEY,
    '-keyout',
    key,
    '-out',
    certificate,
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  ]);
  return {
    certificate,
    sign: async (address, certificateFile, keyFile) => {
      for (const file of [certificateFile, keyFile]) mkdirSync(dirname(file), { recursive: true });
      await execa('openssl', [
        ...['req', '-x509', ...KEY, '-keyout', keyFile, '-out', certificateFile, '-days', '2'],
        ...['-CA', certificate, '-CAkey', key, '-subj', `/CN=${address}`],
        ...['-addext', `subjectAltName=IP:${address}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
      ]);
    },
  };
}
