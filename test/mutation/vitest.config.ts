import { defineConfig } from 'vitest/config';

// StrykerJS cannot choose one of the projects in vitest.config.ts.
export default defineConfig({
  test: {
    // The test of vtysh starts scripts in its place, but runs the source itself in this process.
    include: ['test/unit/**/*.test.ts', 'test/integration/frr/vtysh.test.ts'],
    // Needs git's list of files, which StrykerJS's copy of the checkout does not have.
    exclude: ['test/unit/docs/statements.test.ts'],
    globalSetup: 'test/unit/shared-folder.ts',
    testTimeout: 20_000,
    isolate: false,
  },
});
