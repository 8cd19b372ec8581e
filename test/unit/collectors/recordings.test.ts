import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FrrError } from '../../../src/frr/source.ts';
import { recordingNames } from '../../recordings.ts';
import { collect, collectors, lines, recordedFrr } from './recorded.ts';

/**
 * Every sample of every recording. The expected texts were read line by line against FRR's answers; whoever changes
 * them (`npx vitest run --project unit test/unit/collectors/recordings.test.ts -u`) reads the difference.
 */
const EXPECTED = fileURLToPath(new URL('expected', import.meta.url));

test.each(recordingNames())('FRR %s', async (recording) => {
  const frr = await recordedFrr(recording);
  const text: string[] = [];
  for (const collector of collectors()) {
    if (!collector.enabledByDefault && !recording.endsWith('/other-daemons')) continue;
    text.push(`# collector ${collector.name}`);
    try {
      const collected = await collect(collector, frr);
      expect(collected.drops).toEqual([]);
      text.push(...lines(collected));
    } catch (error) {
      if (!(error instanceof FrrError)) throw error;
      text.push(`# ${error.reason}: ${error.message.replace(new RegExp(`\\S+(?=/${recording} )`), '...')}`);
    }
  }
  await expect(`${text.join('\n')}\n`).toMatchFileSnapshot(`${EXPECTED}/${recording}.prom`);
});
