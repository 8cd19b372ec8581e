import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { collectors } from '../../../src/collectors/index.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { collect, lines, RECORDINGS, recordedFrr } from './recorded.ts';

/**
 * Every figure of every recording. The expected texts were read line by line against FRR's answers; whoever changes
 * them (`npx vitest run --project unit test/unit/collectors/recordings.test.ts -u`) reads the difference.
 */
const EXPECTED = fileURLToPath(new URL('expected', import.meta.url));

const versions = readdirSync(RECORDINGS, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(versions.map(({ name }) => name))('FRR %s', (version) => {
  test.each(readdirSync(`${RECORDINGS}/${version}`))('%s', async (situation) => {
    const frr = await recordedFrr(`${version}/${situation}`);
    const text: string[] = [];
    for (const collector of collectors()) {
      if (!collector.enabledByDefault && situation !== 'other-daemons') continue;
      text.push(`# collector ${collector.name}`);
      try {
        const collected = await collect(collector, frr);
        expect(collected.drops).toEqual([]);
        text.push(...lines(collected));
      } catch (error) {
        if (!(error instanceof FrrError)) throw error;
        text.push(`# ${error.reason}: ${error.message.replace(RECORDINGS, '...')}`);
      }
    }
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot(`${EXPECTED}/${version}/${situation}.prom`);
  });
});
