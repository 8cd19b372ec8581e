import { expect, test } from 'vitest';
import { escapeHtml, html, words } from '../../../../src/web/pages/html.ts';
import { durationText, timeOfDay } from '../../../../src/web/pages/times.ts';

test('texts are escaped, pieces of HTML are not, and nothing is nothing', () => {
  const piece = html`<p title="${'"'}">${'<b>'} ${1} ${[html`<i>${'&'}</i>`, 'x']}${null}${undefined}${false}</p>`;
  expect(piece.source).toBe('<p title="&quot;">&lt;b&gt; 1 <i>&amp;</i>x</p>');
});

test('characters that HTML does not allow are replaced', () => {
  expect(escapeHtml('a\0b\u001B[31mc\u0085d\te')).toBe('a\uFFFDb\uFFFD[31mc\uFFFDd\te');
});

test('words have a direction of their own', () => {
  expect(words('\u202Eבזק').source).toBe('<bdi>\u202Eבזק</bdi>');
});

test.each([
  [-3, '0 s'],
  [0.4, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [838, '13 min 58 s'],
  [7_200, '2 h'],
  [7_260, '2 h 1 min'],
  [90_061, '1 d 1 h'],
  [864_000, '10 d'],
])('%d seconds', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test('a time has its day unless it is today', () => {
  const now = Date.parse('2026-11-22T00:00:01Z') / 1000;
  expect(timeOfDay('2026-11-22T00:00:00Z', now).source).toBe(
    '<time datetime="2026-11-22T00:00:00Z">00:00:00 UTC</time>',
  );
  expect(timeOfDay('2026-11-21T23:59:59Z', now).source).toBe(
    '<time datetime="2026-11-21T23:59:59Z">2026-11-21 23:59:59 UTC</time>',
  );
});
