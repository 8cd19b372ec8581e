import { describe, expect, test } from 'vitest';
import { FrrError } from '../../../src/frr/source.ts';
import { createFailureLog } from '../../../src/poller/failure-log.ts';
import { readableLog } from './fake-frr.ts';

const DEAD = new FrrError('not_running', 'bgpd', 'bgpd is not running');
const HANGS = new FrrError('timed_out', 'bgpd', 'bgpd did not answer "show x" within 5 s');

function logging() {
  const { log, lines } = readableLog();
  return { failures: createFailureLog(log), logged: () => lines.map(({ level, msg }) => `${level} ${msg}`) };
}

describe('a failure', () => {
  test('of every collector of a daemon is one line, and one when the daemon responds again', () => {
    const { failures, logged } = logging();
    for (let poll = 0; poll < 3; poll++)
      for (const collector of ['bgp', 'bgp-neighbors', 'host-routes']) failures.failed(collector, DEAD);
    expect(logged()).toEqual(['40 bgpd is not running']);
    failures.answered('zebra');
    failures.answered('bgpd');
    for (const collector of ['bgp', 'bgp-neighbors', 'host-routes']) failures.succeeded(collector);
    failures.answered('bgpd');
    expect(logged()).toEqual(['40 bgpd is not running', '30 bgpd answers again']);
    failures.failed('bgp', DEAD);
    expect(logged().length).toBe(3);
  });

  test('of one collector is one line, and one when it recovers', () => {
    const { failures, logged } = logging();
    failures.failed('rib', HANGS);
    failures.answered('bgpd');
    failures.failed('rib', HANGS);
    failures.succeeded('bgp');
    failures.succeeded('rib');
    failures.succeeded('rib');
    expect(logged()).toEqual([
      '40 collector rib fails: bgpd did not answer "show x" within 5 s',
      '30 collector rib works again',
    ]);
  });

  test('for another reason is another line', () => {
    const { failures, logged } = logging();
    failures.failed('bgp', DEAD);
    failures.failed('bgp', new FrrError('permission_denied', 'bgpd', 'bgpd.vty: permission denied'));
    failures.failed('bgp', HANGS);
    failures.failed('bgp', new FrrError('not_json', 'bgpd', 'garbage'));
    expect(logged()).toEqual([
      '40 bgpd is not running',
      '40 bgpd.vty: permission denied',
      '40 collector bgp fails: bgpd did not answer "show x" within 5 s',
      '40 collector bgp fails: garbage',
    ]);
  });

  test('because of a bug in the exporter is an error, once', () => {
    const { failures, logged } = logging();
    for (let poll = 0; poll < 3; poll++) failures.failed('bgp', new TypeError('x is not a function'));
    failures.succeeded('bgp');
    expect(logged()).toEqual([
      '50 collector bgp has a defect: TypeError: x is not a function',
      '30 collector bgp works again',
    ]);
  });
});
