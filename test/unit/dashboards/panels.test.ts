import { readFileSync } from 'node:fs';
import type {
  Dashboard,
  DashboardLink,
  Panel,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { absence } from '../../../dashboards/absence.ts';
import { dashboards } from '../../../dashboards/dashboards.ts';
import { readOptions } from '../../../dashboards/options.ts';
import { isRow, panelsOf, queriesOf, resolve, targetsOf } from '../../../dashboards/queries.ts';
import { COLLECTORS } from '../../../src/collectors/index.ts';
import { RULE_FILES } from '../../fleet/prometheus.ts';
import { selectorsOf } from '../../promql.ts';

const ALL = dashboards(readOptions({}));
const PANELS = ALL.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => [`${dashboard.uid}: ${panel.title}`, panel, dashboard] as const),
);

function twice<T>(values: readonly T[]): readonly T[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

/** What the fields of a panel are overridden with, by the name of the field or the query. */
function overridden(panel: Panel, id: string): ReadonlyMap<string, unknown> {
  return new Map(
    (panel.fieldConfig?.overrides ?? []).flatMap(({ matcher, properties }) =>
      properties
        .filter((property) => property.id === id)
        .map(({ value }) => [matcher.options as string, value]),
    ),
  );
}

function linksOf(panel: Panel): readonly DashboardLink[] {
  return [
    ...(panel.fieldConfig?.defaults.links ?? []),
    ...([...overridden(panel, 'links').values()] as DashboardLink[][]).flat(),
  ];
}

/** Columns of a table, by the names that are shown. */
function columnsOf(panel: Panel): readonly string[] {
  const organize = panel.transformations?.find(({ id }) => id === 'organize');
  return Object.values((organize?.options.renameByName ?? {}) as Record<string, string>);
}

describe('all dashboards together', () => {
  it('have names of their own', () => {
    expect(twice(ALL.map(({ uid }) => uid))).toEqual([]);
    expect(twice(ALL.map(({ title }) => title))).toEqual([]);
  });

  it.each(ALL.map((dashboard) => [dashboard.uid, dashboard] as const))(
    '%s: so have its panels',
    (_, dashboard) => {
      expect(twice((dashboard.panels ?? []).map(({ id }) => id))).toEqual([]);
      expect(twice((dashboard.panels ?? []).map(({ title }) => title))).toEqual([]);
      for (const panel of panelsOf(dashboard))
        expect(twice(targetsOf(panel).map(({ refId }) => refId))).toEqual([]);
    },
  );

  it.each(ALL.map((dashboard) => [dashboard.uid, dashboard] as const))(
    '%s: panels lie side by side',
    (_, dashboard) => {
      const cells = (dashboard.panels ?? []).flatMap(
        ({ gridPos: { x, y, w, h } = { x: 0, y: 0, w: 0, h: 0 } }) =>
          Array.from({ length: w * h }, (_cell, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
      );
      expect(twice(cells)).toEqual([]);
      // Without holes at the right: each line of the grid is full, but for the last lines of lower panels.
      const bottom = Math.max(
        ...(dashboard.panels ?? []).map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)),
      );
      expect(cells).toHaveLength(24 * bottom);
    },
  );
});

/** The words of a value mapping, each with its colour. */
const wordsOf = (mappings: readonly ValueMapping[]) =>
  mappings.flatMap(({ options }) =>
    Object.values(options as Record<string, { text: string; color?: string }>).map(
      ({ text, color }) => [text, color] as const,
    ),
  );

const BOARDS = new Map(ALL.map((dashboard) => [dashboard.uid, dashboard]));
const boardOf = (uid: string) => BOARDS.get(uid) as Dashboard;
const panelOf = (uid: string, title: string) =>
  panelsOf(boardOf(uid)).find((panel) => panel.title === title) as Panel;

describe('what is looked for first', () => {
  it('begins the fleet: the routers, those that most nodes lost first', () => {
    const [first] = boardOf('frr-fleet').panels ?? [];
    expect(first).toMatchObject({ title: 'Routers: nodes lost of total', gridPos: { x: 0, y: 0 } });
    expect((first as Panel).options?.sortBy?.[0]).toEqual({ displayName: 'Nodes lost', desc: true });
  });

  it.each([
    ['frr-fleet', 'Firing alerts', ['critical', 'warning']],
    ['frr-node', 'Alerts firing on this node', ['critical', 'warning', 'info']],
  ])('%s: %s has the critical ones first, then the oldest', (uid, title, severities) => {
    const panel = panelOf(uid, title);
    expect(panel.options?.sortBy).toEqual([
      { displayName: 'Severity', desc: false },
      { displayName: 'Since', desc: false },
    ]);
    // By their numbers: by their names, what is only information would come before warnings.
    const words = wordsOf(overridden(panel, 'mappings').get('Severity') as ValueMapping[]);
    expect(words.map(([text]) => text)).toEqual(['critical', 'warning', 'info']);
    const graded = [...(targetsOf(panel)[1]?.expr ?? '').matchAll(/(\d) \+ 0 \* [^}]+severity="(\w+)"/g)];
    expect(graded.map(([, grade, severity]) => [grade, severity])).toEqual(
      severities.map((severity, grade) => [String(grade), severity]),
    );
  });

  it('leaves the table of all uplinks folded, at the end', () => {
    const rows = (boardOf('frr-fleet').panels ?? []).filter(isRow);
    expect(rows.filter(({ collapsed }) => collapsed).map(({ title }) => title)).toEqual(['Every uplink']);
    expect(rows.at(-1)).toMatchObject({
      title: 'Every uplink',
      panels: [{ title: 'Nodes and their uplinks' }],
    });
  });
});

describe('prefixes', () => {
  const PREFIXES = /frr_bgp_prefix(es_(received|accepted|advertised)|_limit)/;
  const overTime = PANELS.filter(
    ([, { type, ...panel }]) =>
      type === 'timeseries' && targetsOf(panel as Panel).some(({ expr }) => PREFIXES.test(expr ?? '')),
  );

  it.each(overTime)('%s: of one address family', (_, panel, dashboard) => {
    const families = targetsOf(panel).flatMap(({ expr }) =>
      selectorsOf(resolve(dashboard, expr ?? '')).map(
        ({ matchers }) => matchers.find(({ label, operator }) => label === 'afi' && operator === '=')?.value,
      ),
    );
    const family = { IPv4: 'ipv4', IPv6: 'ipv6', EVPN: 'l2vpn' }[panel.title?.split(' ')[0] ?? ''];
    expect(family).toBeDefined();
    expect(new Set(families)).toEqual(new Set([family]));
  });

  it('have a panel for each family on the fleet and on the session', () => {
    const shown = overTime.map(([, { title = '' }, { uid }]) => `${uid} ${title.split(' ')[0]}`);
    expect([...new Set(shown)]).toEqual(
      ['frr-fleet', 'frr-session'].flatMap((uid) => ['IPv4', 'IPv6', 'EVPN'].map((name) => `${uid} ${name}`)),
    );
  });
});

describe('states', () => {
  /** What is well, or done on purpose, and how that looks. Everything else is red. */
  const NOT_RED = {
    Established: 'green',
    Up: 'green',
    Works: 'green',
    Answers: 'green',
    Wanted: 'green',
    'Not restarting': 'green',
    'In the FIB': 'green',
    'Policy in place': 'green',
    'Within the limit': 'green',
    Announced: 'green',
    'Received by a witness': 'green',
    none: 'green',
    'Shut on purpose': 'blue',
    'Graceful restart': 'purple',
    warning: 'orange',
    info: 'blue',
    No: 'text',
    Yes: 'text',
  };

  it('are red when they are down', () => {
    const words = PANELS.flatMap(([, panel]) => [
      ...wordsOf(panel.fieldConfig?.defaults.mappings ?? []),
      ...[...overridden(panel, 'mappings').values()].flatMap((own) => wordsOf(own as ValueMapping[])),
    ]);
    expect(Object.fromEntries(words.filter(([, color]) => color !== 'red'))).toEqual(NOT_RED);
    expect(words.filter(([text, color]) => color === 'red' && text in NOT_RED)).toEqual([]);
  });

  it.each(PANELS.filter(([, { type }]) => type === 'table'))(
    '%s: shows the colour of what can be red',
    (_, panel) => {
      for (const [column, own] of overridden(panel, 'mappings'))
        if (wordsOf(own as ValueMapping[]).some(([, color]) => color === 'red'))
          expect([column, overridden(panel, 'custom.cellOptions').has(column)]).toEqual([column, true]);
    },
  );
});

describe('one node', () => {
  const named = PANELS.filter(([, , { uid }]) => uid === 'frr-node' || uid === 'frr-session').flatMap(
    ([place, panel]) =>
      targetsOf(panel)
        .filter(({ legendFormat }) => panel.type === 'table' || legendFormat?.includes('{{instance}}'))
        .map(({ refId, expr = '' }) => [`${place}: ${refId}`, expr] as const),
  );

  it.each(named)('%s: does not repeat its name', (_, expr) => {
    expect(expr).toContain('"chosen", "$instance", "", "")');
  });
});

describe('counters that are polled once a minute', () => {
  const SLOW = new Set(
    COLLECTORS.filter(({ pace }) => pace === 'details').flatMap(({ descriptors }) =>
      descriptors.map(({ name }) => name),
    ),
  );
  const rates = ALL.flatMap((dashboard) =>
    queriesOf(dashboard)
      .filter(({ expr }) => expr.includes('$__rate_interval'))
      .filter(({ expr }) => selectorsOf(resolve(dashboard, expr)).some(({ metric }) => SLOW.has(metric)))
      .map(({ place, minInterval }) => [place, minInterval] as const),
  );

  it('are shown as rates over five minutes, without a sawtooth', () => {
    expect(rates.map(([place]) => place)).toEqual([
      'frr-session: Messages by type: A',
      'frr-session: Prefixes refused: A',
    ]);
    // A $__rate_interval is four times the minimum interval of the query.
    for (const [place, minInterval = 0] of rates) expect([place, 4 * minInterval]).toEqual([place, 300]);
  });
});

describe('addresses', () => {
  it.each([
    ['frr-node', 'Host addresses'],
    ['frr-openstack', 'Every host address'],
  ])('%s: %s has one verdict, what is wrong first', (uid, title) => {
    const panel = panelOf(uid, title);
    expect([...overridden(panel, 'custom.cellOptions').keys()]).toEqual(['Verdict']);
    expect(panel.options?.sortBy).toEqual([{ displayName: 'Verdict', desc: false }]);
    const colors = wordsOf(overridden(panel, 'mappings').get('Verdict') as ValueMapping[]).map(
      ([, color]) => color,
    );
    expect(colors).toEqual(['red', 'red', 'red', 'green', 'green']);
  });
});

describe('each panel', () => {
  it.each(PANELS)('%s: says what to do', (_, { description = '' }) => {
    expect(description).toMatch(/^[A-Z"/].{60,}\.$/s);
  });

  it.each(PANELS)('%s: names the collectors that it is empty without', (_, panel, dashboard) => {
    const metrics = targetsOf(panel).flatMap(({ expr }) =>
      selectorsOf(resolve(dashboard, expr ?? '')).map(({ metric }) => metric),
    );
    const needed = COLLECTORS.filter(({ descriptors }) =>
      descriptors.some(({ name }) => metrics.includes(name)),
    );
    const text = panel.fieldConfig?.defaults.noValue ?? '';
    for (const { name } of needed) expect(text).toContain(`"${name}"`);
    expect(text.includes('alerts/rules')).toBe(metrics.some((metric) => metric.includes(':')));
    // Short enough for the smallest panel.
    expect(text.length).toBeLessThan((panel.gridPos?.w ?? 0) < 6 ? 120 : 260);
  });

  it.each(PANELS.filter(([, { type }]) => type === 'table' || type === 'timeseries'))(
    '%s: leaves single empty cells and legends short',
    (_, panel) => {
      expect(overridden(panel, 'noValue').get('.*')).toBe('–');
    },
  );

  it.each(PANELS.filter(([, { type }]) => type === 'state-timeline'))(
    '%s: puts every state in words',
    (_, panel) => {
      const own = overridden(panel, 'mappings') as ReadonlyMap<string, ValueMapping[]>;
      for (const { refId } of targetsOf(panel)) {
        const [mapping] = own.get(refId ?? '') ?? panel.fieldConfig?.defaults.mappings ?? [];
        expect(mapping?.type).toBe('value');
        const words = Object.values((mapping?.options ?? {}) as Record<string, { text: string }>);
        expect(words.length).toBeGreaterThan(0);
        for (const { text } of words) expect(text).toMatch(/^[A-Z]/);
      }
    },
  );

  it.each(PANELS.filter(([, { type }]) => type === 'table'))(
    '%s: colours no cell that has neither words nor a number',
    (_, panel) => {
      for (const name of overridden(panel, 'custom.cellOptions').keys()) {
        const mapped = overridden(panel, 'mappings').has(name);
        const measured = overridden(panel, 'thresholds').has(name) && overridden(panel, 'unit').has(name);
        expect([name, mapped || measured]).toEqual([name, true]);
      }
    },
  );

  it.each(PANELS.filter(([, { type }]) => type === 'table'))(
    '%s: sorts by a column that it has',
    (_, panel) => {
      const { sortBy = [] } = panel.options as { sortBy?: { displayName: string }[] };
      for (const { displayName } of sortBy) expect(columnsOf(panel)).toContain(displayName);
      expect(twice(columnsOf(panel))).toEqual([]);
    },
  );
});

describe('links', () => {
  const variablesOf = (dashboard: Dashboard | undefined) =>
    (dashboard?.templating.list ?? []).map(({ name }) => name);

  const panelLinks = PANELS.flatMap(([place, panel, dashboard]) =>
    linksOf(panel).map((link) => [`${place}: ${link.title}`, link.url ?? '', panel, dashboard] as const),
  );

  it.each(panelLinks)('%s leads somewhere', (_, url, panel, dashboard) => {
    for (const [, column] of url.matchAll(/\$\{__data\.fields\.(\w+)\}/g))
      expect(columnsOf(panel)).toContain(column);
    for (const [, name] of url.matchAll(/\$\{(\w+):queryparam\}/g))
      expect(variablesOf(dashboard)).toContain(name);
    if (!url.startsWith('/d/')) {
      expect(url).toMatch(/^https?:\/\//);
      return;
    }
    const target = BOARDS.get(/^\/d\/([\w-]+)/.exec(url)?.[1]);
    expect(target).toBeDefined();
    for (const [, name] of url.matchAll(/[?&]var-(\w+)=/g)) expect(variablesOf(target)).toContain(name);
  });

  it('lead to every dashboard from another, and back', () => {
    const reached = new Set(panelLinks.map(([, url]) => /^\/d\/([\w-]+)/.exec(url)?.[1]));
    // The fleet is where one comes from; the list at the top of each leads back to it.
    expect([...BOARDS.keys()].filter((uid) => !reached.has(uid))).toEqual(['frr-fleet']);
    for (const { links = [], tags } of ALL) {
      expect(links[0]).toMatchObject({ type: 'dashboards', tags, includeVars: true, keepTime: true });
      expect(links[1]).toMatchObject({ type: 'link', title: 'Runbooks' });
    }
  });

  it('of the alerts lead to dashboards and variables that there are', () => {
    const urls = RULE_FILES.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/dashboard_url: "?(\S+)/g)].map(([, url]) => url as string),
    );
    expect(urls.length).toBeGreaterThan(20);
    for (const url of urls) {
      const target = BOARDS.get(/\/dashboards\/generated\/([\w-]+)\.json/.exec(url)?.[1]);
      expect([url, target !== undefined]).toEqual([url, true]);
      for (const [, name] of url.matchAll(/[?&]var-(\w+)=/g))
        expect([url, variablesOf(target).includes(name as string)]).toEqual([url, true]);
    }
  });

  it('go to the status page of a node from wherever a node is named', () => {
    const status = panelLinks.filter(([, url]) => url === `https://\${__data.fields.Node}:9342/`);
    expect(new Set(status.map(([, , , { uid }]) => uid))).toEqual(
      new Set(['frr-fleet', 'frr-session', 'frr-openstack', 'frr-exporter']),
    );
    for (const uid of ['frr-node', 'frr-session'])
      expect(BOARDS.get(uid)?.links?.at(-1)).toMatchObject({
        title: 'Status page',
        url: `https://\${instance}:9342/`,
      });
  });
});

describe('annotations', () => {
  it('show alerts everywhere, and the change of state that each dashboard is about', () => {
    expect(
      ALL.map(({ uid, annotations }) => [uid, ...(annotations.list ?? []).map(({ name }) => name)]),
    ).toEqual([
      ['frr-fleet', 'Alerts', 'Sessions go down'],
      ['frr-node', 'Alerts', 'Session went down'],
      ['frr-session', 'Alerts', 'Session went down'],
      ['frr-openstack', 'Alerts', 'Addresses lost'],
      ['frr-exporter', 'Alerts', 'Exporters lost'],
    ]);
  });
});

describe('absence', () => {
  it('queries what is missing', () => {
    expect(absence(['frr_bgp_session_up'])).toBe('No data: is the collector "bgp" on?');
    expect(absence(['frr_bgp_session_up and frr_bgp_session_info', 'frr_rib_routes'])).toBe(
      'No data: are the collectors "bgp", "bgp-neighbors" and "rib" on?',
    );
    expect(absence(['sum(instance:frr_bgp_sessions_down:count)'])).toBe(
      'No data: are the rules of alerts/rules loaded?',
    );
    expect(absence(['frr_exporter_build_info'])).toBe('No data: is an exporter scraped?');
  });

  it('says under which condition nothing is wrong', () => {
    expect(absence(['frr_bfd_session_up == 0', 'host_route:frr_host_route:silent'], 'All is well.')).toBe(
      'All is well. (If "bfd" is on and alerts/rules are loaded.)',
    );
    expect(absence(['prometheus_build_info'], 'Not scraped.')).toBe('Not scraped.');
  });
});
