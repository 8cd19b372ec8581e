/** Prometheus' answers as Grafana's data frames, the way Grafana's Prometheus data source makes them. */
import { type DataFrame, type Field, FieldType } from '@grafana/data';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Answered, Scene } from '../scene.ts';

function legend(format: string | undefined, metric: Answered['metric']): string {
  if (format !== undefined && format !== '')
    return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label: string) => metric[label] ?? '').trim();
  const labels = Object.entries(metric).filter(([name]) => name !== '__name__');
  return `${metric.__name__ ?? ''}{${labels.map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}

function field(name: string, type: FieldType, values: unknown[], more: Partial<Field> = {}): Field {
  return { name, type, values, config: {}, ...more };
}

function seriesFrame(target: Dataquery, { metric, values }: Answered, step: number): DataFrame {
  const name = legend(target.legendFormat, metric);
  const { __name__: _, ...labels } = metric;
  return {
    refId: target.refId ?? '',
    name,
    length: values.length,
    fields: [
      // The interval lets the panels leave gaps where there is no sample.
      field(
        'Time',
        FieldType.time,
        values.map(([at]) => at * 1000),
        { config: { interval: step * 1000 } },
      ),
      field(
        'Value',
        FieldType.number,
        values.map(([, value]) => value),
        {
          labels,
          config: { displayNameFromDS: name },
        },
      ),
    ],
  };
}

function tableFrame(target: Dataquery, answers: readonly Answered[], many: boolean): DataFrame {
  const labels = [...new Set(answers.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return {
    refId: target.refId ?? '',
    length: answers.length,
    fields:
      answers.length === 0
        ? []
        : [
            field(
              'Time',
              FieldType.time,
              answers.map(({ values }) => (values[0]?.[0] ?? 0) * 1000),
            ),
            ...labels.map((label) =>
              field(
                label,
                FieldType.string,
                answers.map(({ metric }) => metric[label] ?? ''),
              ),
            ),
            field(
              many ? `Value #${target.refId}` : 'Value',
              FieldType.number,
              answers.map(({ values }) => values[0]?.[1]),
            ),
          ],
  };
}

/** The frames of a panel before its transformations. */
export function framesOf(panel: Panel, scene: Scene): DataFrame[] {
  const targets = (panel.targets ?? []) as Dataquery[];
  const answers = scene.answers[panel.id ?? -1] ?? [];
  return targets.flatMap((target, index) => {
    const answered = answers[index] ?? [];
    if (target.format === 'table') return [tableFrame(target, answered, targets.length > 1)];
    return answered.map((one) => seriesFrame(target, one, scene.step));
  });
}
