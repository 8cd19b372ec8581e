/** What the documents say about the code and about each other. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ALL_COLLECTORS } from '../../../src/collectors/configurable.ts';
import { allFlags } from '../../../src/flags/config.ts';
import { FRR_ERROR_REASONS } from '../../../src/frr/source.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const DOCUMENTS = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-');
}

const anchors = (path: string) =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, text]) => anchor(text as string));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  test('links to files and headings that exist', () => {
    const broken = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].filter(
      ([, path, heading]) => {
        const target = path === '' ? document : join(dirname(document), path as string);
        if (!existsSync(join(ROOT, target))) return true;
        return heading !== undefined && !anchors(target).includes(heading);
      },
    );
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('names source files that exist', () => {
    const named = [
      ...text.matchAll(/`((?:src|scripts|test|docs|container|alerts|dashboards|bench)\/[\w./-]+\.\w+)`/g),
    ].map(([, path]) => path as string);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('names make targets that exist', () => {
    const targets = new Set(
      [...read('Makefile').matchAll(/^([a-z-]+)(?: [a-z -]+)?:(?!=)/gm)].flatMap(([line]) =>
        line.replace(':', '').split(' '),
      ),
    );
    const named = [...text.matchAll(/(?:^|`)make ([a-z-]+)/gm)].map(([, target]) => target as string);
    expect(named.filter((target) => !targets.has(target))).toEqual([]);
  });
});

test('no document names a package or an image that is not published', () => {
  const unpublished = DOCUMENTS.flatMap((document) =>
    [
      ...read(document).matchAll(
        /(?:npx|npm (?:install|exec)) (?:-\S+ )*frr-exporter|apt(?:-get)? install (?:-\S+ )*frr-exporter|(?:docker|quay|ghcr)\.io\/\S*frr-exporter/g,
      ),
    ].map(([text]) => `${document}: ${text}`),
  );
  expect(unpublished).toEqual([]);
});

test('the flags that the documents name exist', () => {
  const known = new Set(allFlags(ALL_COLLECTORS).map(({ name }) => name));
  const ours =
    /--(?:no-)?((?:frr|poll|metrics|maintenance|collector|web|log|compat)\.[a-z.-]*[a-z])(?![a-z-]|\.\.\.|\.[a-z])/g;
  const unknown = DOCUMENTS.flatMap((document) =>
    // The flags of the other exporter are in the first column of a table.
    [
      ...read(document)
        .replaceAll(/^\| `--(?:collector|frr|web)\..*?(?<!\\)\|/gm, '')
        .matchAll(ours),
    ]
      .map(([, name]) => name as string)
      .filter((name) => !known.has(name))
      .map((name) => `${document}: --${name}`),
  );
  expect(unknown).toEqual([]);
});

test('docs/operations.md explains every reason of an error', () => {
  const [, section] = /^## Error reasons\n(.*?)^## /ms.exec(read('docs/operations.md')) ?? [];
  const explained = [...(section as string).matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell]) =>
    [...(cell as string).matchAll(/`(\w+)`/g)].map(([, reason]) => reason),
  );
  expect(explained.toSorted()).toEqual([...FRR_ERROR_REASONS].toSorted());
});
