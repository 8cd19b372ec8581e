/** Line charts with logarithmic axes as SVG, for light and dark backgrounds. */

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  /** Both above 0. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
  readonly title: string;
  readonly xTitle: string;
  readonly lines: readonly Line[];
  /** Formats a value of the y axis. */
  readonly unit: (value: number) => string;
}

const WIDTH = 460;
const HEIGHT = 300;
const MARGIN = { left: 62, right: 14, top: 34, bottom: 42 };

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Powers of ten that enclose all values. */
function decades(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n));
}

function drawOne(chart: Chart, left: number): string {
  const points = chart.lines.flatMap((line) => line.points);
  const xs = decades(points.map((point) => point.x));
  const ys = decades(points.map((point) => point.y));
  const place = (value: number, ticks: readonly number[], from: number, to: number) => {
    const low = Math.log10(ticks[0] as number);
    const high = Math.log10(ticks.at(-1) as number);
    return from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  };
  const x = (value: number) => place(value, xs, MARGIN.left, WIDTH - MARGIN.right).toFixed(1);
  const y = (value: number) => place(value, ys, HEIGHT - MARGIN.bottom, MARGIN.top).toFixed(1);
  const parts = [
    `<text class="title" x="${MARGIN.left}" y="20">${escapeXml(chart.title)}</text>`,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeXml(chart.xTitle)}</text>`,
  ];
  for (const tick of ys) {
    parts.push(
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"/>`,
      `<text x="${MARGIN.left - 6}" y="${Number(y(tick)) + 4}" text-anchor="end">${escapeXml(chart.unit(tick))}</text>`,
    );
  }
  for (const tick of xs) {
    parts.push(
      `<line class="grid" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}" x1="${x(tick)}" x2="${x(tick)}"/>`,
      `<text x="${x(tick)}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${tick.toLocaleString('en')}</text>`,
    );
  }
  for (const line of chart.lines) {
    const path = line.points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
    const dash = line.dashed ? ' stroke-dasharray="6 4"' : '';
    parts.push(
      `<polyline points="${path}" fill="none" stroke="${line.colour}" stroke-width="2.5"${dash}/>`,
      ...line.points.map(
        (point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3.5" fill="${line.colour}"/>`,
      ),
    );
  }
  return `<g transform="translate(${left},0)">${parts.join('')}</g>`;
}

/** Draws charts side by side with one legend below. All charts have lines with the same names and colours. */
export function drawCharts(charts: readonly Chart[]): string {
  const lines = charts[0]?.lines ?? [];
  const width = WIDTH * charts.length;
  const legend = lines.map((line, n) => {
    const left = MARGIN.left + (n % 2) * (width / 2);
    const top = HEIGHT + 16 + Math.floor(n / 2) * 20;
    const dash = line.dashed ? ' stroke-dasharray="6 4"' : '';
    return `<line x1="${left}" x2="${left + 28}" y1="${top}" y2="${top}" stroke="${line.colour}" stroke-width="2.5"${dash}/><text x="${left + 36}" y="${top + 4}">${escapeXml(line.name)}</text>`;
  });
  const height = HEIGHT + 20 + Math.ceil(lines.length / 2) * 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${charts.map(({ title }) => title).join('; ')}</title>
<style>text{font:12px system-ui,sans-serif;fill:#444}.title{font-weight:600;font-size:14px}.grid{stroke:#ddd}rect{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#ccc}.grid{stroke:#444}rect{fill:#111}}</style>
<rect width="${width}" height="${height}"/>
${charts.map((chart, n) => drawOne(chart, n * WIDTH)).join('\n')}
${legend.join('\n')}
</svg>
`;
}
