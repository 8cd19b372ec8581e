import { expect, test } from 'vitest';
import { logfmt } from '../../../src/base/logfmt.ts';

const TIME = '2026-11-24T19:00:00.000Z';

test.each([
  [
    { level: 'info', time: TIME, version: '1.2.3', why: 'there is no vtysh', msg: 'starting' },
    `time=${TIME} level=info msg=starting version=1.2.3 why="there is no vtysh"`,
  ],
  [{ level: 'warn', time: TIME, vrf: '', msg: 'a "b"' }, `time=${TIME} level=warn msg="a \\"b\\"" vrf=""`],
  [
    { level: 'fatal', time: TIME, err: { type: 'Error', stack: 'a\n  b' }, count: 0, msg: 'x=y' },
    `time=${TIME} level=fatal msg="x=y" err.type=Error err.stack="a\\n  b" count=0`,
  ],
  [
    { level: 'info', time: TIME, list: [1, true, null] },
    `time=${TIME} level=info list.0=1 list.1=true list.2=null`,
  ],
  [{ level: 'info', time: TIME, msg: 'é', none: {} }, `time=${TIME} level=info msg=é`],
])('%j', (line, expected) => {
  expect(logfmt(`${JSON.stringify(line)}\n`)).toBe(`${expected}\n`);
});
