/** Renders scenes in a headless Chromium, from a page that is served to it on this machine alone. */
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';
import type { Scene } from './scene.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const MODULES = join(HERE, 'node_modules');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

export interface Picture {
  readonly png: Buffer;
  /** The text in each panel, by its title; cells and lines apart. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface Renderer extends AsyncDisposable {
  /** @throws when the page reports an error */
  render(scene: Scene): Promise<Picture>;
}

/** Installs Grafana's components where they are not yet. Takes a minute or two the first time. */
export async function installComponents(): Promise<void> {
  if (existsSync(join(MODULES, '.package-lock.json'))) return;
  await execa('npm', ['ci', '--no-audit', '--no-fund'], { cwd: HERE });
}

async function bundle(folder: string): Promise<void> {
  await execa(join(MODULES, '.bin/esbuild'), [
    join(HERE, 'browser/page.tsx'),
    '--bundle',
    '--format=esm',
    '--minify',
    '--jsx=automatic',
    `--outfile=${join(folder, 'page.js')}`,
    '--define:process.env.NODE_ENV="production"',
    ...['svg', 'ttf', 'woff', 'woff2'].map((ending) => `--loader:.${ending}=dataurl`),
    // The ES modules of these import CommonJS in a way that only Grafana's own bundler understands.
    `--alias:@grafana/ui=${join(MODULES, '@grafana/ui/dist/cjs/index.cjs')}`,
    `--alias:@grafana/data=${join(MODULES, '@grafana/data/dist/cjs/index.cjs')}`,
    '--log-level=warning',
  ]);
}

const PAGE =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="stylesheet" href="page.css"></head><body style="margin:0"><div id="root"></div><script type="module" src="page.js"></script></body></html>';

export async function startRenderer(): Promise<Renderer> {
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-pictures-'));
  const closing: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    while (closing.length > 0) await closing.pop()?.();
  };
  try {
    await bundle(folder);
    let scene = '{}';
    const server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://page').pathname);
      response.setHeader('content-type', TYPES[extname(path)] ?? 'text/html; charset=utf-8');
      if (path === '/') response.end(PAGE);
      else if (path === '/scene.json') response.end(scene);
      else
        createReadStream(
          // Where Grafana serves its icons.
          path.startsWith('/public/build/')
            ? join(MODULES, '@grafana/ui/dist/public', path.slice('/public/build'.length))
            : join(folder, path),
        )
          .on('error', () => response.writeHead(404).end())
          .pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => server.close());
    const { port } = server.address() as { port: number };
    const browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      ...CHROMIUM,
      viewport: { width: 1600, height: 1000 },
      timezoneId: 'UTC',
    });
    closing.push(() => browser.close());

    const render = async (next: Scene): Promise<Picture> => {
      scene = JSON.stringify(next);
      const page = await browser.newPage();
      try {
        const failed = new Promise<never>((_, reject) => {
          page.on('pageerror', (error) => {
            reject(new Error(`${next.dashboard.uid}: the page failed: ${error.stack ?? error.message}`));
          });
        });
        failed.catch(() => undefined);
        // "Five minutes ago" counts from the moment of the answers, not from that of the picture.
        await page.clock.setFixedTime(next.end * 1000);
        await page.goto(`http://127.0.0.1:${port}/`);
        const drawn = page.waitForFunction(
          'document.querySelector("#picture") && !document.querySelector(\'[data-ready="false"]\') && document.fonts.status === "loaded"',
          undefined,
          { timeout: 60_000, polling: 200 },
        );
        await Promise.race([drawn, failed]);
        await page.waitForLoadState('networkidle');
        const picture = page.locator('#picture');
        const png = await picture.screenshot({ animations: 'disabled' });
        const texts = Object.fromEntries(
          await page
            .locator('[data-panel]')
            .evaluateAll((panels) =>
              panels.map((panel) => [
                panel.getAttribute('data-panel') ?? '',
                (panel as unknown as { innerText: string }).innerText,
              ]),
            ),
        );
        return { png, texts };
      } finally {
        await page.close();
      }
    };
    return { render, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
