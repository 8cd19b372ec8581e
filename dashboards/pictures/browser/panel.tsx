/** One panel, by Grafana's own components. */
import {
  applyFieldOverrides,
  type DataFrame,
  type FieldConfigSource,
  type GrafanaTheme2,
  getFieldDisplayValues,
  toUtc,
  transformDataFrame,
} from '@grafana/data';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { BigValue, PanelChrome, Table, TimeSeries, VizRepeater } from '@grafana/ui';
import { type ReactNode, useEffect, useState } from 'react';
import type { Scene } from '../scene.ts';
import { framesOf } from './frames.ts';
import { OVERRIDES } from './overrides.ts';
import { StateTimeline } from './state-timeline.tsx';

const unchanged = (text: string | undefined) => text ?? '';

/** The frames as the panel gets them: transformed, and with the settings of its fields. */
function usePanelFrames(panel: Panel, scene: Scene, theme: GrafanaTheme2): DataFrame[] | undefined {
  const [frames, setFrames] = useState<DataFrame[]>();
  useEffect(() => {
    const context = { interpolate: unchanged } as never;
    const subscription = transformDataFrame(
      (panel.transformations ?? []) as never,
      framesOf(panel, scene),
      context,
    ).subscribe((transformed) =>
      setFrames(
        applyFieldOverrides({
          data: transformed,
          fieldConfig: panel.fieldConfig as unknown as FieldConfigSource,
          fieldConfigRegistry: OVERRIDES,
          replaceVariables: unchanged,
          theme,
          timeZone: 'utc',
        }),
      ),
    );
    return () => subscription.unsubscribe();
  }, [panel, scene, theme]);
  return frames;
}

interface Inner {
  readonly panel: Panel;
  readonly scene: Scene;
  readonly frames: DataFrame[];
  readonly width: number;
  readonly height: number;
  readonly theme: GrafanaTheme2;
}

function Stat({ panel, frames, width, height, theme }: Inner): ReactNode {
  const { options } = panel;
  const values = getFieldDisplayValues({
    data: frames,
    fieldConfig: panel.fieldConfig as unknown as FieldConfigSource,
    reduceOptions: options.reduceOptions,
    replaceVariables: unchanged,
    theme,
    timeZone: 'utc',
  });
  return (
    <VizRepeater
      getValues={() => values}
      source={values}
      width={width}
      height={height}
      orientation={'auto' as never}
      renderCounter={0}
      autoGrid
      renderValue={({ value, width: wide, height: high }) => (
        <BigValue
          value={
            {
              ...value.display,
              title: values.length > 1 || options.textMode !== 'auto' ? value.display.title : '',
            } as never
          }
          width={wide}
          height={high}
          colorMode={options.colorMode}
          graphMode={options.graphMode}
          textMode={options.textMode}
          justifyMode={options.justifyMode}
          text={options.text}
          count={values.length}
          theme={theme}
        />
      )}
    />
  );
}

function Chart({ panel, scene, frames, width, height }: Inner): ReactNode {
  const to = scene.end * 1000;
  const from = to - scene.range * 1000;
  return (
    <TimeSeries
      frames={frames}
      width={width}
      height={height}
      timeZone="utc"
      timeRange={{ from: toUtc(from), to: toUtc(to), raw: { from: toUtc(from), to: toUtc(to) } }}
      legend={panel.options.legend}
      options={panel.options}
      structureRev={1}
    />
  );
}

function Rows({ panel, frames, width, height }: Inner): ReactNode {
  return (
    <Table
      data={frames[0] as DataFrame}
      width={width}
      height={height}
      columnMinWidth={60}
      initialSortBy={panel.options.sortBy ?? []}
      cellHeight={'sm' as never}
      enablePagination={false}
    />
  );
}

function Content(inner: Inner): ReactNode {
  const { panel, scene, frames, width, height, theme } = inner;
  if (frames.every((frame) => frame.length === 0))
    return (
      <div style={{ width, height, display: 'grid', placeItems: 'center', textAlign: 'center' }}>
        {panel.fieldConfig?.defaults.noValue ?? 'No data'}
      </div>
    );
  switch (panel.type) {
    case 'stat':
      return <Stat {...inner} />;
    case 'timeseries':
      return <Chart {...inner} />;
    case 'table':
      return <Rows {...inner} />;
    case 'state-timeline': {
      const to = scene.end * 1000;
      const from = to - scene.range * 1000;
      return <StateTimeline {...{ frames, from, to, width, height, theme }} step={scene.step} />;
    }
    default:
      throw new Error(`no component for panels of type ${panel.type}`);
  }
}

export interface PanelPictureProps {
  readonly panel: Panel;
  readonly scene: Scene;
  readonly width: number;
  readonly height: number;
  readonly theme: GrafanaTheme2;
}

export function PanelPicture({ panel, scene, width, height, theme }: PanelPictureProps): ReactNode {
  const frames = usePanelFrames(panel, scene, theme);
  return (
    <div data-panel={panel.title} data-ready={frames !== undefined}>
      <PanelChrome
        title={panel.title ?? ''}
        description={panel.description ?? ''}
        width={width}
        height={height}
      >
        {(wide, high) =>
          frames === undefined ? null : (
            <Content panel={panel} scene={scene} frames={frames} width={wide} height={high} theme={theme} />
          )
        }
      </PanelChrome>
    </div>
  );
}
