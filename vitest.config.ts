import { defineConfig } from 'vitest/config';

// One project a kind of test, so that `make check` runs in seconds and `make test` runs all of them.
export default defineConfig({
  test: {
    // Integration tests wait more than they compute: two at a time, also on two cores.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          // Real routers' timers on a busy machine: what fails twice has failed.
          retry: 1,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
