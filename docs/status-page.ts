/** docs/status.md, made of docs/status.schema.json: `make docs` writes it, and a test holds the file to it. */
import { readFileSync } from 'node:fs';

/** A JSON Schema, as far as ours goes. */
interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | null)[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** What the definitions are called for people. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  '#/definitions/time': 'RFC 3339 time or null',
  '#/definitions/text': 'text or null',
  '#/definitions/flag': 'true, false or null',
  '#/definitions/count': 'number or null',
};

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'number',
  integer: 'number',
  object: 'object',
  array: 'list',
  null: 'null',
};

function typeText({ $ref, type, enum: words }: Schema): string {
  if ($ref !== undefined) return DEFINITIONS[$ref] as string;
  if (words !== undefined) return words.map((word) => (word === null ? 'null' : `\`${word}\``)).join(', ');
  return [type ?? []]
    .flat()
    .map((one) => TYPES[one] as string)
    .join(' or ');
}

function rows(schema: Schema, path: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const here = `${path}${name}`;
    const row = `| \`${here}\` | ${typeText(property)} | ${property.description ?? ''} |`;
    const inside =
      property.items === undefined ? rows(property, `${here}.`) : rows(property.items, `${here}[].`);
    return [row, ...inside];
  });
}

function section(name: string, schema: Schema): string {
  const title = `## ${name}\n\n${schema.description ?? ''}`;
  const of = schema.items ?? schema;
  if (of.properties === undefined) return `${title} ${typeText(schema)}.`;
  return [title, '', '| name | | meaning |', '| --- | --- | --- |', ...rows(of, '')].join('\n');
}

/** The whole page. */
export function statusPage(): string {
  const schema = JSON.parse(
    readFileSync(new URL('status.schema.json', import.meta.url), 'utf8'),
  ) as Required<Schema>;
  const parts = [
    '# The status document',
    '<!-- Made by `make docs` from status.schema.json; a test fails when it is out of date. -->',
    `\`/api/v1/status\` gives the newest snapshot as JSON, for people and scripts: the same figures as the metrics, by session.
It is made from what was polled last and asks FRR nothing; passwords and certificates protect it as they do \`/metrics\`.`,
    `[status.schema.json](status.schema.json) is its JSON Schema. Names are stable: within v1 a name may be added, and none
changes its meaning or goes away. Every name is always there; what FRR did not tell is null, and what is not collected, or
failed for longer than \`--poll.stale-after\`, is an empty list. \`collectors\` tells how old everything is.`,
    `\`\`\`sh
# Sessions that should be up and are not: since when, and why
curl -s localhost:9342/api/v1/status |
  jq -r '.bgp_sessions[] | select(.admin_up and (.up | not)) | [.vrf, .peer, .since, .reason] | @tsv'

# Host addresses that nobody hears about
curl -s localhost:9342/api/v1/status | jq -r '.host_routes[] | select(.advertised_peers == 0) | .address'
\`\`\``,
    ...Object.entries(schema.properties).map(([name, property]) => section(name, property)),
  ];
  return `${parts.join('\n\n')}\n`;
}
