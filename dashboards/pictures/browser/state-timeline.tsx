/**
 * A stand-in for Grafana's state time line, which is no part of its component library: bars in the colours and words of
 * the same value mappings, with the same names. It says of itself that it is one.
 */
import {
  type DataFrame,
  type Field,
  type GrafanaTheme2,
  getDisplayProcessor,
  getFieldDisplayName,
} from '@grafana/data';
import type { ReactNode } from 'react';

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly color: string;
}

/** Values that follow each other without a gap and look the same are one bar. */
function barsOf(times: readonly number[], values: Field, step: number, theme: GrafanaTheme2): readonly Bar[] {
  const display = values.display ?? getDisplayProcessor({ field: values, theme });
  const bars: Bar[] = [];
  for (const [index, value] of values.values.entries()) {
    const from = times[index] as number;
    const { text, color = '#888' } = display(value);
    const last = bars.at(-1);
    if (last !== undefined && last.text === text && from - last.to <= step / 2)
      bars[bars.length - 1] = { ...last, to: from + step };
    else bars.push({ from, to: from + step, text, color });
  }
  return bars;
}

export interface StateTimelineProps {
  readonly frames: readonly DataFrame[];
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly width: number;
  readonly height: number;
  readonly theme: GrafanaTheme2;
}

const AXIS = 34;

export function StateTimeline({
  frames,
  from,
  to,
  step,
  width,
  height,
  theme,
}: StateTimelineProps): ReactNode {
  const rows = frames.map((frame) => {
    const value = frame.fields[1] as Field;
    return {
      name: getFieldDisplayName(value, frame, [...frames]),
      bars: barsOf((frame.fields[0] as Field).values, value, step * 1000, theme),
    };
  });
  const shown = rows.slice(0, Math.floor((height - AXIS) / 18));
  const names = Math.min(width * 0.42, 12 + 6.4 * Math.max(...shown.map(({ name }) => name.length)));
  const x = (at: number) =>
    names + ((Math.max(from, Math.min(to, at)) - from) / (to - from)) * (width - names - 4);
  const row = Math.min(34, (height - AXIS) / shown.length);
  const ticks = Array.from({ length: 7 }, (_, index) => from + ((to - from) * index) / 6);
  const words = [...new Map(rows.flatMap(({ bars }) => bars).map(({ text, color }) => [text, color]))];
  return (
    <svg width={width} height={height} fontFamily={theme.typography.fontFamily} fontSize={11}>
      <title>state time line</title>
      {shown.map(({ name, bars }, index) => (
        <g key={name} transform={`translate(0 ${index * row})`}>
          <text x={names - 8} y={row / 2 + 4} textAnchor="end" fill={theme.colors.text?.primary}>
            {name}
          </text>
          {bars.map((bar) => {
            const left = x(bar.from);
            const wide = Math.max(1.5, x(bar.to) - left);
            return (
              <g key={bar.from}>
                <rect
                  x={left}
                  y={row * 0.1}
                  width={wide}
                  height={row * 0.8}
                  fill={bar.color}
                  fillOpacity={0.8}
                />
                {wide > 7 * bar.text.length + 8 && row >= 14 && (
                  <text x={left + 5} y={row / 2 + 4} fill={theme.colors.getContrastText(bar.color)}>
                    {bar.text}
                  </text>
                )}
              </g>
            );
          })}
        </g>
      ))}
      {ticks.slice(1, -1).map((at) => (
        <text
          key={at}
          x={x(at)}
          y={height - AXIS + 13}
          textAnchor="middle"
          fill={theme.colors.text?.secondary}
        >
          {new Date(at).toISOString().slice(11, 16)}
        </text>
      ))}
      {words.map(([text, color], index) => (
        <g key={text} transform={`translate(${names + index * 120} ${height - 10})`}>
          <rect width={12} height={4} y={-4} rx={2} fill={color} />
          <text x={17} y={1} fill={theme.colors.text?.primary}>
            {text}
          </text>
        </g>
      ))}
      <text x={width - 4} y={height - 1} textAnchor="end" fontSize={9} fill={theme.colors.text?.disabled}>
        drawn by a stand-in{rows.length > shown.length ? `; ${rows.length - shown.length} more rows` : ''}
      </text>
    </svg>
  );
}
