/** docs/architecture.md says which part of `src` imports which; each row may import nothing below it. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Part {
  /** Folders and files; the first is its name. */
  readonly paths: readonly string[];
  readonly imports: readonly string[];
}

/** The rows of the table, from the lowest part to the highest. */
const PARTS: readonly Part[] = readFileSync(`${ROOT}docs/architecture.md`, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `src/'))
  .map((line) => {
    const [, place = '', , imports = ''] = line.split('|');
    const named = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);
    return { paths: named(place), imports: named(imports) };
  });

function partOf(file: string): string | undefined {
  return PARTS.find(({ paths }) => paths.some((one) => file === one || file.startsWith(`${one}/`)))?.paths[0];
}

/** By part: the parts that its files import. */
const found = new Map<string, Set<string>>();
for (const file of globSync('src/**/*.ts', { cwd: ROOT })) {
  const own = partOf(file);
  if (own === undefined) throw new Error(`docs/architecture.md has no row for ${file}`);
  const imported = found.get(own) ?? new Set();
  found.set(own, imported);
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const other = partOf(path.join(path.dirname(file), target));
    if (other !== own) imported.add(other ?? target);
  }
}

test.each(PARTS.map(({ paths, imports }) => [paths[0] as string, imports] as const))(
  '%s imports what docs/architecture.md says',
  (name, imports) => {
    expect([...(found.get(name) ?? [])].sort()).toEqual([...imports].sort());
  },
);

test('no part imports one below it in the table', () => {
  const order = PARTS.map(({ paths }) => paths[0] as string);
  for (const [index, { imports }] of PARTS.entries())
    expect(imports.filter((one) => order.indexOf(one) === -1 || order.indexOf(one) >= index)).toEqual([]);
});

test('no two files import each other, however indirectly', () => {
  const imports = new Map<string, readonly string[]>();
  for (const file of globSync('src/**/*.ts', { cwd: ROOT })) {
    const text = readFileSync(`${ROOT}${file}`, 'utf8').replaceAll(/^import type [^;]*;$/gm, '');
    const targets = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)];
    imports.set(
      file,
      targets.map(([, target = '']) => path.join(path.dirname(file), target)),
    );
  }
  const done = new Set<string>();
  function visit(file: string, way: readonly string[]): void {
    expect(way).not.toContain(file);
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...way, file]);
    done.add(file);
  }
  for (const file of imports.keys()) visit(file, []);
});
