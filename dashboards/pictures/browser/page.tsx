/** A dashboard as a page: its panels on Grafana's grid of 24 columns. */
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import 'uplot/dist/uPlot.min.css';
import { createTheme, standardTransformers, standardTransformersRegistry, ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Scene } from '../scene.ts';
import { PanelPicture } from './panel.tsx';

const WIDTH = 1600;
const GAP = 8;
const UNIT = 30;
const HEAD = 92;

standardTransformersRegistry.setInit(() =>
  [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map(
    (transformation) =>
      ({
        id: transformation.id,
        name: transformation.name,
        transformation,
        editor: () => null,
      }) as never,
  ),
);

const theme = createTheme({ colors: { mode: 'dark' } });

const column = (WIDTH - GAP) / 24;
const left = (x: number) => GAP + x * column;
const top = (y: number) => HEAD + y * (UNIT + GAP);

function Page({ scene }: { readonly scene: Scene }): ReactNode {
  const { dashboard, chosen, rows = Number.POSITIVE_INFINITY } = scene;
  const panels = (dashboard.panels ?? []).filter(({ gridPos }) => (gridPos?.y ?? 0) < rows);
  const bottom = Math.max(...panels.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
  const zone = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return (
    <div
      id="picture"
      style={{
        position: 'relative',
        width: WIDTH,
        height: top(bottom) + 26,
        background: theme.colors.background?.canvas,
      }}
    >
      <div style={{ position: 'absolute', left: GAP * 2, top: 12, fontSize: 22 }}>{dashboard.title}</div>
      <div style={{ position: 'absolute', right: GAP * 2, top: 18, color: theme.colors.text?.secondary }}>
        {zone(scene.end - scene.range)} to {zone(scene.end)} UTC
      </div>
      <div style={{ position: 'absolute', left: GAP * 2, top: 50, display: 'flex', gap: 8 }}>
        {Object.entries(chosen).map(([label, value]) => (
          <span key={label} style={{ border: `1px solid ${theme.colors.border?.medium}`, borderRadius: 2 }}>
            <span
              style={{
                padding: '4px 8px',
                background: theme.colors.background?.secondary,
                display: 'inline-block',
              }}
            >
              {label}
            </span>
            <span style={{ padding: '4px 8px', display: 'inline-block' }}>{value}</span>
          </span>
        ))}
      </div>
      {panels.map((panel) => {
        const { x = 0, y = 0, w = 24, h = 1 } = panel.gridPos ?? {};
        const place = { position: 'absolute', left: left(x), top: top(y) } as const;
        if (panel.type === 'row')
          return (
            <div key={panel.id} style={{ ...place, fontSize: 16, fontWeight: 500, padding: 6 }}>
              {panel.collapsed ? '›' : '⌄'} {panel.title}
            </div>
          );
        return (
          <div key={panel.id} style={place}>
            <PanelPicture
              panel={panel as never}
              scene={scene}
              width={w * column - GAP}
              height={h * (UNIT + GAP) - GAP}
              theme={theme}
            />
          </div>
        );
      })}
      <div
        style={{
          position: 'absolute',
          left: GAP * 2,
          bottom: 5,
          fontSize: 11,
          color: theme.colors.text?.disabled,
        }}
      >
        Panels drawn by Grafana’s component library (@grafana/ui) from what a real Prometheus answered. No
        Grafana server: frame, row headings and state time lines are stand-ins.
      </div>
    </div>
  );
}

const scene: Scene = await (await fetch('scene.json')).json();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Page scene={scene} />
    </ThemeContext.Provider>
  </StrictMode>,
);
