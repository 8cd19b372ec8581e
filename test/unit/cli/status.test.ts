import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, checkResult } from '../../../src/cli/check.ts';
import { nodeStatus } from '../../../src/cli/node-status.ts';
import { status, statusText } from '../../../src/cli/status.ts';
import { NO_MAINTENANCE } from '../../../src/maintenance.ts';
import { type StatusDocument, statusDocument } from '../../../src/status/document.ts';
import { recordingNames, unpackRecording } from '../../recordings.ts';
import { temporaryFolder } from '../frr/temporary-folder.ts';
import { snapshotOf } from '../status/snapshots.ts';
import { captured, configured } from './captured.ts';

const AT = 1_800_000_000;

async function documentOf(recording: string): Promise<StatusDocument> {
  return statusDocument(await snapshotOf(recording), NO_MAINTENANCE, '1.2.3', AT);
}

/** Ages are counted from the moment of the test, and the recording lies in a folder of its own. */
function steady(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '0000-00-00T00:00:00Z')
    .replaceAll(/the recording \S+ has/g, 'the recording has');
}

describe('status and check on each recording', () => {
  it.each(recordingNames())('%s', async (recording) => {
    const document = await documentOf(recording);
    const { line, exitStatus } = checkResult(document, []);
    const text = `${statusText(document, 'node-1', false)}\n${line}\nexit status ${exitStatus}\n`;
    await expect(steady(text)).toMatchFileSnapshot(
      path.join(import.meta.dirname, 'expected', `${recording.replace('/', '-')}.txt`),
    );
  });
});

describe('status', () => {
  it('colours by level, and cannot be made to write to the terminal what FRR was given as a description', async () => {
    const document = await documentOf('8.4.4/tor2-link-down');
    const [session] = document.bgp_sessions;
    const hostile = {
      ...document,
      bgp_sessions: [{ ...session, description: '\u001B[2Jgone\u202E' }],
    } as unknown as StatusDocument;
    const text = statusText(hostile, 'node-1', true);
    expect(text.startsWith('\u001B[31m✗ 1 of 2 uplinks down')).toBe(true);
    expect(text).toContain('?[2Jgone?');
    expect(text).not.toContain('\u001B[2J');
  });

  it('prints the document with --json; the exit status is that of the verdict', async () => {
    const folder = unpackRecording('8.4.4/bgpd-dead', path.join(temporaryFolder(), 'recording'));
    const output = captured();
    const config = configured('--frr.source=recording', `--frr.recording=${folder}`, '--json');
    const exit = await status(config, '1.2.3', output as never, AbortSignal.timeout(1));
    expect(exit).toBe(1);
    expect(JSON.parse(output.text())).toMatchObject({
      exporter: { version: '1.2.3' },
      verdict: { level: 'critical' },
    });
  });
});

describe('check', () => {
  it.each([
    [[], 'CRITICAL - 1 of 2 uplinks down, 2 BGP sessions never up', 2],
    [['uplinks_down=1,2'], 'WARNING - 1 of 2 uplinks down, 2 BGP sessions never up', 1],
    [
      ['uplinks_down=2,2', 'bgp_sessions_never_up=3,4'],
      'OK - 1 of 2 uplinks down, 2 BGP sessions never up',
      0,
    ],
  ] as const)('with the thresholds %j', async (thresholds, text, exitStatus) => {
    const document = await documentOf('8.4.4/tor2-link-down');
    const quiet = {
      ...document,
      verdict: {
        ...document.verdict,
        findings: document.verdict.findings.filter(({ measure }) => measure.name !== 'collectors_failing'),
      },
    };
    const read = configured(...thresholds.map((one) => `--check.threshold=${one}`)).checkThreshold;
    const result = checkResult(quiet, read);
    expect(result.line.split(' | ')[0]?.replace(/, 5 addresses announced$/, '')).toBe(`FRR ${text}`);
    expect(result.exitStatus).toBe(exitStatus);
  });

  it('is OK during maintenance, and UNKNOWN while FRR does not answer', async () => {
    const document = await documentOf('8.4.4/tor2-link-down');
    const maintained = { ...document, maintenance: { active: true, end: null, reason: 'new card' } };
    expect(checkResult(maintained, [])).toMatchObject({
      line: expect.stringMatching(/^FRR CRITICAL - .* \(under maintenance\) \| /),
      exitStatus: 0,
    });
    const silent = statusDocument(
      { ...(await snapshotOf('8.4.4/healthy')), frrUp: false },
      NO_MAINTENANCE,
      '1.2.3',
      AT,
    );
    expect(checkResult(silent, [])).toMatchObject({
      line: expect.stringMatching(/^FRR UNKNOWN - FRR does not answer \| /),
      exitStatus: 3,
    });
  });
});

describe('a running exporter', () => {
  const answers = new Map<string, string>();
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? '');
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(answer);
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('gives its document, under a path, too', async () => {
    const document = await documentOf('8.4.4/healthy');
    answers.set('/frr/api/v1/status', JSON.stringify(document));
    const output = captured();
    expect(await check(configured(`--url=${url}/frr/`), '1.2.3', output)).toBe(1);
    expect(output.text()).toBe(`${checkResult(document, []).line}\n`);
  });

  it.each([
    ['/text/api/v1/status', 'not JSON', 'does not answer with the status of an exporter'],
    ['/null/api/v1/status', 'null', 'does not answer with the status of an exporter'],
    ['/list/api/v1/status', '[]', 'does not answer with the status of an exporter'],
    ['/old/api/v1/status', '{"verdict":{"headline":"x"}}', 'does not answer with the status of an exporter'],
  ])('that answers at %s with %s', async (target, answer, message) => {
    answers.set(target, answer);
    const config = configured(`--url=${url}${target}`);
    await expect(nodeStatus(config, '1.2.3')).rejects.toThrow(`${url}${target} ${message}`);
  });

  it('that has no such endpoint, or is not there', async () => {
    await expect(nodeStatus(configured(`--url=${url}/none`), '1')).rejects.toThrow(
      `${url}/none/api/v1/status answers 404 Not Found`,
    );
    await expect(nodeStatus(configured('--url=http://127.0.0.1:1'), '1')).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:1\/api\/v1\/status: /,
    );
  });
});
