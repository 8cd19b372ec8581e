import { describe, expect, it } from 'vitest';
import type { Daemon } from '../../../src/frr/commands.ts';
import type { Snapshot } from '../../../src/poller/snapshot.ts';
import { snapshotTables } from '../../../src/status/document.ts';
import { type Verdict, verdictOf } from '../../../src/status/verdict.ts';
import { snapshotOf } from './snapshots.ts';

function verdict(snapshot: Snapshot): Verdict {
  return verdictOf(snapshot, snapshotTables(snapshot));
}

/** Without what fails because it is not in the recording. */
async function judged(recording: string, hung?: Daemon): Promise<Verdict> {
  const snapshot = await snapshotOf(recording, hung);
  return verdict({
    ...snapshot,
    collectors: snapshot.collectors.filter(({ error }) => error?.reason !== 'not_recorded'),
  });
}

describe('the verdict on each situation', () => {
  it.each([
    ['bfd-echo-and-never-up', 'warning', '3 BGP sessions never up'],
    ['every-kind', 'warning', '3 BGP sessions never up'],
    [
      'graceful-restart',
      'critical',
      '1 of 3 BGP sessions down · 1 of 2 uplinks down · 3 BGP sessions never up',
    ],
    ['healthy', 'warning', '2 BGP sessions never up'],
    ['no-bgp-configured', 'critical', '5 of 5 addresses announced to no peer'],
    [
      'host-routes-filtered',
      'critical',
      '1 of 2 uplinks down · 3 of 5 addresses announced to no peer · 2 BGP sessions never up',
    ],
    ['tor1-shutdown-remotely', 'critical', '1 of 2 uplinks down · 2 BGP sessions never up'],
    ['tor2-link-down', 'critical', '1 of 2 uplinks down · 2 BGP sessions never up'],
    ['tor2-max-prefix-exceeded', 'critical', '1 of 2 uplinks down · 2 BGP sessions never up'],
    ['vrf-gone', 'critical', '2 of 3 BGP sessions down · 1 of 2 uplinks down · 3 BGP sessions never up'],
  ])('%s', async (situation, level, headline) => {
    const found = await judged(`8.4.4/${situation}`);
    expect([found.level, found.headline]).toEqual([level, headline]);
  });

  it('names dead daemons, once, and what is lost with them', async () => {
    const { level, headline, findings } = await judged('8.4.4/bgpd-dead');
    expect([level, headline]).toEqual(['critical', 'bgpd down · no IPv4 or IPv6 default route']);
    expect(findings.map(({ measure }) => measure)).toEqual([
      { name: 'daemons_down', bad: 1, all: 5 },
      { name: 'default_routes_missing', bad: 2, all: 2 },
    ]);
  });

  it('names a daemon that hangs, and not every collector that waited for it', async () => {
    const { headline, findings } = await judged('8.4.4/healthy', 'bgpd');
    expect([headline, findings.map(({ text }) => text)]).toEqual(['bgpd hangs', ['bgpd hangs']]);
  });

  it('names the collectors that waited for another daemon than the one that hangs', async () => {
    const snapshot = await snapshotOf('8.4.4/healthy', 'bgpd');
    const collectors = snapshot.collectors
      .filter(({ name }) => name === 'rib' || name === 'bgp')
      .map((status) => ({
        ...status,
        up: false,
        error: {
          reason: 'timed_out',
          daemon: status.name === 'rib' ? 'zebra' : 'bgpd',
          message: 'no answer within 5 s',
        } as const,
      }));
    const { findings } = verdict({ ...snapshot, collectors });
    expect(findings.map(({ text, details }) => [text, ...details])).toEqual([
      ['bgpd hangs'],
      ['1 of 2 collectors failing', 'rib: no answer within 5 s'],
    ]);
  });

  it('lists what is good where nothing is wrong, and says nothing of the sessions while FRR does not answer', async () => {
    const healthy = await judged('8.4.4/healthy');
    expect(healthy.findings.map(({ level, text }) => [level, text])).toEqual([
      ['warning', '2 BGP sessions never up'],
      ['ok', '2 uplinks up'],
      ['ok', '5 addresses announced'],
    ]);
    const snapshot = await snapshotOf('8.4.4/healthy');
    expect(verdict({ ...snapshot, frrUp: false })).toMatchObject({
      level: 'unknown',
      headline: 'FRR does not answer',
    });
  });
});
