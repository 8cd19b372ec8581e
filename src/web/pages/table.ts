/** Tables, which become lists with the heads as labels on a phone. */
import { type Content, type Html, html } from './html.ts';

/** @param heads of the columns; the first is not repeated on a phone, because its cells name what the row is about */
export function table(heads: readonly string[], rows: readonly (readonly Content[])[]): Html {
  const cell = (content: Content, index: number) =>
    index === 0 ? html`<td>${content}</td>` : html`<td data-label="${heads[index]}">${content}</td>`;
  return html`<table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table>`;
}
