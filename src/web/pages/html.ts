/** HTML that is harmless by construction: only the tag `html` makes it, and escapes every text that is put into it. */

/** A piece of HTML. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What can stand in a template. Nothing is written for null, undefined and false. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. Control characters, which HTML does not allow, become U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
    .replace(/(?![\t\n])\p{Cc}/gu, '\uFFFD');
}

function written(content: Content): string {
  if (content instanceof Html) return content.source;
  if (content === null || content === undefined || content === false) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return content.map(written).join('');
}

/** Attributes must be quoted in the template. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let source = strings[0] as string;
  for (const [index, content] of contents.entries())
    source += written(content) + (strings[index + 1] as string);
  return new Html(source);
}

/**
 * Words of an operator or of a router. Their direction is their own: a description in Hebrew, or a character that
 * reverses what follows, does not change the text around it.
 */
export function words(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
