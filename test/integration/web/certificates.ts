/** Certificates for tests, made by openssl in a folder of the test's own. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** A certificate and its key, as files and as text. */
export interface Identity {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const NEW_RSA_KEY = ['-newkey', 'rsa:2048', '-nodes'];

async function identity(folder: string, name: string): Promise<Identity> {
  const certFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  await chmod(keyFile, 0o600);
  return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

/** A certification authority: a certificate that is signed by its own key. */
export async function makeAuthority(folder: string, name: string): Promise<Identity> {
  const file = join(folder, name);
  await execa('openssl', [
    ...['req', '-x509', ...NEW_KEY, '-days', '30', '-subj', `/CN=${name}`],
    ...['-keyout', `${file}.key`, '-out', `${file}.crt`],
  ]);
  return identity(folder, name);
}

export interface IdentityOptions {
  /** As openssl writes them: `DNS:localhost,IP:127.0.0.1`. */
  readonly names: string;
  readonly rsa?: boolean;
  readonly days?: number;
}

/** A certificate that an authority has signed. */
export async function makeIdentity(
  folder: string,
  name: string,
  authority: Identity,
  { names, rsa = false, days = 30 }: IdentityOptions,
): Promise<Identity> {
  const file = join(folder, name);
  await writeFile(`${file}.ext`, `subjectAltName=${names}\n`);
  await execa('openssl', [
    ...['req', ...(rsa ? NEW_RSA_KEY : NEW_KEY), '-subj', `/CN=${name}`],
    ...['-keyout', `${file}.key`, '-out', `${file}.csr`],
  ]);
  await execa('openssl', [
    ...['x509', '-req', '-in', `${file}.csr`, '-out', `${file}.crt`, '-days', String(days)],
    ...['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial', '-extfile', `${file}.ext`],
  ]);
  return identity(folder, name);
}
