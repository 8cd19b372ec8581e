/** The style of the pages. It is their only resource: the Content-Security-Policy allows this text by its hash, and nothing else. */
import { createHash } from 'node:crypto';
import { Html } from './html.ts';

const CSS = `
:root { color-scheme: light dark; --page: #fff; --text: #1c2128; --soft: #57606a; --line: #d0d7de; --card: #f6f8fa; --link: #0b57d0;
  --critical: #b3261e; --warning: #8a5300; --ok: #176b30; --unknown: #57606a; }
@media (prefers-color-scheme: dark) { :root { --page: #0f1318; --text: #e6edf3; --soft: #a3adb8; --line: #3b434d; --card: #1a2028; --link: #8ab8ff;
  --critical: #ff8a80; --warning: #f0b45a; --ok: #6fd08c; --unknown: #a3adb8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 66rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .3rem 0 .6rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0; } ul { margin: .3rem 0; padding-left: 1.2rem; } a { color: var(--link); }
details { margin-top: 1.6rem; } summary { cursor: pointer; padding: .4rem 0; } summary h2 { display: inline; } time { white-space: nowrap; }
code { font: .9em ui-monospace, monospace; } .copy { display: block; background: var(--page); border: 1px solid var(--line); border-radius: 4px; padding: .35rem .5rem; margin: .4rem 0; user-select: all; }
.soft { color: var(--soft); } .critical { color: var(--critical); } .warning { color: var(--warning); } .ok { color: var(--ok); } .unknown { color: var(--unknown); }
.mark { font-weight: 700; }
.banner { border: 2px solid var(--warning); border-radius: 6px; padding: .5rem .8rem; margin: .6rem 0; }
.old { border: 2px solid var(--critical); color: var(--critical); font-weight: 700; border-radius: 6px; padding: .5rem .8rem; margin: .6rem 0; }
.stale { --text: var(--soft); --page: #e7e7e7; --card: #e7e7e7; --soft: #484f58; --critical: #8c1d18; --link: #24448c; --warning: #5e3a00; --ok: #135526; --unknown: #484f58; }
.stale main { filter: grayscale(1); }
@media (prefers-color-scheme: dark) { .stale { --page: #26292d; --card: #26292d; --soft: #b3bac2; --critical: #ff9a91; --link: #a9c9ff; --warning: #f0b45a; --ok: #6fd08c; --unknown: #b3bac2; } }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: .8rem; }
.card { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--critical); border-radius: 6px; padding: .6rem .8rem; }
.card.never { border-left-color: var(--warning); } .card.shut, .card.established { border-left-color: var(--line); }
.cause { font-size: 1.1rem; font-weight: 600; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; margin: .4rem 0; } dt { color: var(--soft); } dd { margin: 0; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; } [aria-current] { font-weight: 700; color: inherit; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
table { overflow-wrap: normal; } table bdi { overflow-wrap: anywhere; } th { font-weight: 600; }
@media (max-width: 44rem) { thead { display: none; } table, tbody, tr, td { display: block; overflow-wrap: anywhere; } tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  td { border: 0; padding: 0; } td:empty { display: none; } td[data-label]::before { content: attr(data-label) " "; color: var(--soft); } }
.strip { display: block; width: 100%; height: 1rem; } .strip .up { fill: var(--ok); } .strip .down { fill: var(--critical); } .strip .unknown { fill: var(--soft); }
footer { margin: 2rem auto; }
@media print { :root { --page: #fff; --text: #000; --soft: #333; --card: #fff; --link: #000; } .card { break-inside: avoid; } nav { display: none; }
  details::details-content { content-visibility: visible; display: block; } }
`;

/** For the element `style`. */
export const STYLE = new Html(CSS);

/** Lets the browser use the style above, and load nothing at all. */
export const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(CSS).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
