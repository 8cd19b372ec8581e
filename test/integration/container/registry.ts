/**
 * A container registry with one image, from a folder that podman has pushed to as `dir:`, for clients with the name
 * `somebody` and the password `secret`:
 *
 *     node registry.ts FOLDER PORT
 *
 * https://distribution.github.io/distribution/spec/api/
 */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder, port] = process.argv.slice(2) as [string, string];
const AUTHORIZATION = `Basic ${Buffer.from('somebody:secret').toString('base64')}`;

createServer(({ url = '', headers }, response) => {
  if (headers.authorization !== AUTHORIZATION) {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
    return;
  }
  const [, kind, name] = /^\/v2\/.*\/(manifests|blobs)\/(?:sha256:)?(.+)$/.exec(url) ?? [];
  const file = join(folder, kind === 'manifests' ? 'manifest.json' : (name ?? ''));
  if (url === '/v2/') response.end();
  else if (kind === undefined || !existsSync(file)) response.writeHead(404).end();
  else if (kind === 'manifests') {
    const manifest = readFileSync(file, 'utf8');
    response.setHeader('Content-Type', JSON.parse(manifest).mediaType);
    response.end(manifest);
  } else createReadStream(file).pipe(response);
}).listen(Number(port), '127.0.0.1');
