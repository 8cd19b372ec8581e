/**
 * `make mutants`: StrykerJS changes one operator, literal or call of the source at a time and runs the unit tests that
 * execute it. A change that no test notices is a survivor, and shows what is not tested; docs/mutants.md lists them.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: [
    'src/{collectors,frr,metrics,poller,web}/**/*.ts',
    // Connections, TLS, files of other users and processes: integration tests run the program itself to check them.
    '!src/frr/{daemon-cpu,program,socket-files,socket-folder}.ts',
    '!src/web/listener.ts',
    '!src/web/config/tls-options.ts',
  ],
  mutator: {
    // What remains are wrong comparisons, conditions, sums, numbers of steps, switches, and calls left out.
    excludedMutations: [
      'ArrayDeclaration',
      'ArrowFunction',
      'AssignmentOperator',
      'BlockStatement',
      'ConditionalExpression',
      'MethodExpression',
      'ObjectLiteral',
      'OptionalChaining',
      'Regex',
      'StringLiteral',
    ],
  },
  // Declarations run once at import, so each change in one would run every test; docs/metrics.md and the recordings compare them.
  ignoreStatic: true,
  testRunner: 'vitest',
  // Some tests count what is left in their process, which a thread shares with Stryker.
  vitest: { configFile: 'test/mutation/vitest.config.ts', pool: 'forks' },
  coverageAnalysis: 'perTest',
  // There is no such file: TypeScript 7 has no interface by which Stryker could rewrite ours, and Node needs none.
  tsconfigFile: 'none',
  concurrency: 2,
  reporters: ['progress-append-only', 'clear-text'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
