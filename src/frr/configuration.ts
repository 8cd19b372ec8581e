/**
 * FRR's configuration as digests: what can be compared without keeping or showing it. `frr-config` of the FRR service
 * (container/frr/bin/frr-config) makes the same digests of what it placed.
 */
import { createHash } from 'node:crypto';

/** Lines that end a section, comments, and what vtysh adds to what the daemons say. */
const NOTHING =
  /^\s*(?:!.*|exit|exit-[a-z-]+|end|Building configuration\.\.\.|Current configuration:|frr version .*|(?:no )?service integrated-vtysh-config|username .*)?\s*$/;
/** What follows these words is a secret, and part of no digest. */
const SECRET = /(\b(?:password|key-string|message-digest-key \d+ md5)\b) .*/;

/**
 * The lines of a configuration, each after those that it stands below (by indentation), joined by newlines:
 * `router bgp 64999\naddress-family ipv4 unicast\nneighbor uplink activate`. Secrets are left out.
 */
export function* configurationLines(text: string): Generator<string> {
  let above: { readonly depth: number; readonly line: string }[] = [];
  for (const written of text.split('\n')) {
    if (NOTHING.test(written)) continue;
    const line = written.trim().replace(SECRET, '$1');
    const depth = written.length - written.trimStart().length;
    above = above.filter((parent) => parent.depth < depth);
    above.push({ depth, line });
    yield above.map((one) => one.line).join('\n');
  }
}

/** SHA-256 of a line of {@link configurationLines}, in hexadecimal. */
export function lineDigest(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
