import { defineConfig } from 'vitest/config';

// StrykerJS cannot choose one of the projects in vitest.config.ts.
export default defineConfig({
  test: { include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, isolate: false },
});
