import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../../src/cli/command-line.ts';
import { type ActiveCollector, activate, collector } from '../../../src/collectors/collector.ts';
import { ALL_COLLECTORS, type CollectorSet } from '../../../src/collectors/configurable.ts';
import { allFlags } from '../../../src/flags/config.ts';
import { environmentName, UsageError } from '../../../src/flags/flag.ts';

function named(
  name: string,
  enabledByDefault: boolean,
  more: Partial<ActiveCollector> = {},
): ActiveCollector {
  const made = collector({
    name,
    help: `what ${name} says`,
    enabledByDefault,
    pace: 'sessions',
    commands: [],
    descriptors: [],
    query: async () => undefined,
    *families() {},
  });
  return { ...activate(made, {}), ...more };
}

const collectors: CollectorSet = {
  flags: {},
  make: () => [
    named('bgp', true),
    named('host-routes', true, { needs: 'node-addresses' }),
    named('ospf', false),
  ],
  check: () => undefined,
};

function read(argv: string[], environment: NodeJS.ProcessEnv = {}) {
  const line = readCommandLine(argv, environment, '1.2.3', collectors);
  if (line.command === 'print') throw new Error('printed');
  return line.config;
}

function enabled(argv: string[], environment: NodeJS.ProcessEnv = {}) {
  return read(argv, environment).collectors.map(({ name }) => name);
}

describe('flags', () => {
  test('the defaults', () => {
    expect(read([])).toMatchObject({
      frrSource: 'auto',
      frrSocketDirPath: '/run/frr',
      frrPathspace: undefined,
      frrVtyshPath: 'vtysh',
      frrVtyshPrefix: undefined,
      frrTimeout: 5,
      frrMaxOutput: 64 * 2 ** 20,
      pollInterval: 5,
      pollMaxShare: 0.01,
      pollStaleAfter: 30,
      metricsMaxSeries: 200_000,
      webListenAddress: [{ host: undefined, port: 9342 }],
      webTelemetryPath: '/metrics',
      webConfigFile: undefined,
      webSystemdSocket: false,
      webMaxRequests: 40,
      webDisableExporterMetrics: false,
      webExternalUrl: undefined,
      webRunbookUrl: undefined,
      webDashboardUrl: undefined,
      webRoutePrefix: undefined,
      maintenanceFile: undefined,
      logLevel: 'info',
      logFormat: 'auto',
      warnings: [],
    });
  });

  test.each([
    ['--collector.bgp.peer-groups', '--collector.bgp.peer-groups requires --compat.frr-exporter'],
    [
      '--collector.bgp.accepted-filtered-prefixes',
      '--collector.bgp.accepted-filtered-prefixes requires --compat.frr-exporter',
    ],
    [
      '--compat.frr-exporter --collector.bgp.peer-hostnames --collector.bgp.peer-types --no-collector.bgp-neighbors',
      '--collector.bgp.peer-types requires --collector.bgp-neighbors',
    ],
  ])('what %s needs beside it', (typed, message) => {
    const line = () => readCommandLine(typed.split(' '), {}, '1.2.3');
    expect(line).toThrow(new UsageError(message));
  });

  test('labels of the neighbors summary need no other flag', () => {
    const typed = ['--compat.frr-exporter', '--collector.bgp.peer-hostnames', '--no-collector.bgp-neighbors'];
    expect(readCommandLine(typed, {}, '1.2.3').command).toBe('serve');
  });

  test.each([
    ['ip netns exec node', true],
    ['/usr/sbin/ip -force netns e node', true],
    ['sudo -n ip netns exec node', true],
    ['nsenter -t 123 -n', true],
    ['nsenter --target 123 --mount --net', true],
    ['nsenter -t 123 -a', true],
    ['ssh node -- sudo -n', true],
    ['podman exec frr ip netns exec node', true],
    ['nsenter --target 123 --mount', false],
    ['nsenter -t 123 -m', false],
    ['podman exec frr timeout 10', false],
    ['docker exec ship', false],
    ['chroot /srv/ip', false],
    ['sudo -n', false],
  ])('with the prefix %j host routes are left out: %s', (prefix, leftOut) => {
    const given = `--frr.vtysh.prefix=${prefix}`;
    const warned = (...more: string[]) =>
      read([given, ...more]).warnings.map(({ text }) => text.split(':')[0]);
    expect(enabled([given])).toEqual(leftOut ? ['bgp'] : ['bgp', 'host-routes']);
    expect(warned()).toEqual(leftOut ? ['collector host-routes is disabled'] : []);
    expect(enabled([given, '--collector.host-routes'])).toEqual(['bgp', 'host-routes']);
    expect(warned('--collector.host-routes')).toEqual([]);
    expect(warned('--no-collector.host-routes')).toEqual([]);
    expect(warned('--frr.source=socket')).toEqual([]);
  });

  test('both ways to give a value, the last one counts', () => {
    expect(read(['--frr.timeout=1s', '--frr.timeout', '2s']).frrTimeout).toBe(2);
  });

  test('a repeatable one', () => {
    expect(read(['--web.listen-address=:1', '--web.listen-address', '[::1]:2']).webListenAddress).toEqual([
      { host: undefined, port: 1 },
      { host: '::1', port: 2 },
    ]);
  });

  test('every default can be read, and every name is unique in the environment', () => {
    const flags = allFlags(ALL_COLLECTORS);
    for (const { default: preset, parse, initial } of flags)
      if (preset !== undefined) expect(parse(preset, 'x', initial)).toEqual(initial);
    expect(new Set(flags.map(environmentName)).size).toBe(flags.length);
  });
});

describe('collectors', () => {
  test('enabled by default', () => {
    expect(enabled([])).toEqual(['bgp', 'host-routes']);
  });
  test('one more, one less', () => {
    expect(enabled(['--collector.ospf', '--no-collector.bgp'])).toEqual(['host-routes', 'ospf']);
  });
  test('only the named ones', () => {
    expect(enabled(['--collector.disable-defaults', '--collector.host-routes'])).toEqual(['host-routes']);
  });
  test('none is a warning', () => {
    expect(read(['--collector.disable-defaults']).warnings).toEqual([
      { text: 'no collector is enabled', remedy: 'enable one by its flag, such as --collector.bgp' },
    ]);
  });
  test('in the environment, where the command line wins', () => {
    const environment = {
      FRR_EXPORTER_COLLECTOR_HOST_ROUTES: 'false',
      FRR_EXPORTER_COLLECTOR_OSPF: 'yes',
      FRR_EXPORTER_COLLECTOR_BGP: 'off',
    };
    expect(enabled(['--collector.bgp'], environment)).toEqual(['bgp', 'ospf']);
  });
});

describe('environment', () => {
  test('values, lists and what is empty', () => {
    const config = read([], {
      FRR_EXPORTER_WEB_LISTEN_ADDRESS: '127.0.0.1:1, [::1]:2',
      FRR_EXPORTER_FRR_VTYSH_PREFIX: 'podman exec frr',
      FRR_EXPORTER_FRR_TIMEOUT: '',
      FRR_EXPORTER_LOG_LEVEL: ' warn ',
    });
    expect(config.webListenAddress).toEqual([
      { host: '127.0.0.1', port: 1 },
      { host: '::1', port: 2 },
    ]);
    expect(config.frrVtyshPrefix).toEqual(['podman', 'exec', 'frr']);
    expect(config.frrTimeout).toBe(5);
    expect(config.logLevel).toBe('warn');
  });

  test('a bad value names the variable', () => {
    expect(() => read([], { FRR_EXPORTER_FRR_TIMEOUT: '5' })).toThrow(
      new UsageError(
        'FRR_EXPORTER_FRR_TIMEOUT takes a duration from 100ms to 10m, such as 500ms, 5s or 1m30s, not "5"',
      ),
    );
    expect(() => read([], { FRR_EXPORTER_COLLECTOR_BGP: 'maybe' })).toThrow(
      new UsageError(
        'FRR_EXPORTER_COLLECTOR_BGP takes true or false (also 1 or 0, yes or no, on or off), not "maybe"',
      ),
    );
  });

  test('an unknown variable is reported, except those of Kubernetes', () => {
    const environment = {
      FRR_EXPORTER_FRR_TIMOUT: '5s',
      FRR_EXPORTER_SERVICE_HOST: '10.0.0.1',
      FRR_EXPORTER_PORT_9342_TCP_ADDR: '10.0.0.1',
      FRR_EXPORTER_SERVICE_PORT_HTTP: '9342',
    };
    expect(read([], environment).warnings).toEqual([
      {
        text: 'FRR_EXPORTER_FRR_TIMOUT is set, but there is no such setting',
        remedy: 'see frr-exporter --help for the names',
      },
    ]);
  });
});

test('a recording needs its directory', () => {
  expect(() => read(['--frr.source=recording'])).toThrow(
    new UsageError('--frr.source=recording requires --frr.recording=PATH, the directory of the recording'),
  );
});

test('the metrics path cannot be that of another endpoint', () => {
  expect(() => read(['--web.telemetry-path=/healthz'])).toThrow(
    new UsageError('--web.telemetry-path cannot be /healthz, which is another endpoint'),
  );
});
