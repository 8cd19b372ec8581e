/** Messages as examples for the documentation: as they came, without what is another at every run. */
import type { Message } from './messages.ts';

/** The text of an example; a message about one node of a rack speaks of `node1` in `cloud-1`. */
export function exampleText({ body }: Message): string {
  // A mail breaks its lines anywhere, also within what is replaced below (quoted-printable, RFC 2045, section 6.7).
  const text =
    typeof body === 'string' ? body.replaceAll(/=\r?\n/g, '') : `${JSON.stringify(body, undefined, 2)}\n`;
  const number = /cloud-(\d+)/.exec(text)?.[1] ?? '1';
  const of = (before: string, after = ''): [RegExp, string] => [
    new RegExp(`${before}${number}${after}(?!\\d)`, 'g'),
    `${before}1${after}`.replaceAll('\\', ''),
  ];
  const replaced: readonly [RegExp, string][] = [
    of('cloud-'),
    of('node'),
    of(String.raw`100\.64\.`, String.raw`\.1`),
    of(String.raw`172\.16\.0\.`),
    [/\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'Sun 2026-11-22 03:12:05 UTC'],
    [/^Date: .+$/m, 'Date: Sun, 22 Nov 2026 03:12:41 +0000'],
    [/^Message-Id: .+$/m, 'Message-Id: <1.1@alertmanager.example.org>'],
    [/(boundary=|^--)[0-9a-f]{30,}/gm, '$1boundary'],
    [/"dedup_key": "[0-9a-f]+"/, '"dedup_key": "6b1f"'],
    // BFD of this side or of the other, whichever noticed first.
    [/Why: [^.]+\./g, 'Why: path silent: BFD timed out.'],
    [/http:\/\/[\w.-]+:\d+/g, 'https://alertmanager.example.org'],
  ];
  return replaced.reduce((result, [pattern, by]) => result.replace(pattern, by), text);
}

/** What an example says: a payload as it is, a mail without the order of its headers, which is another at every run. */
export function exampleContent(text: string): unknown {
  if (text.startsWith('{')) return JSON.parse(text);
  const [head = '', ...body] = text.split('\n\n');
  return { headers: head.split(/\n(?=[\w-]+: )/).sort(), body: body.join('\n\n') };
}
