import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take minutes, the longest first: one that begins last would run while nothing else is left. */
const LONGEST = [
  'alerts/rules.test.ts',
  'frr-service/service.test.ts',
  'use-cases/use-cases.test.ts',
  'matrix/',
  'packaging/deb.test.ts',
  'dashboards/laboratory.test.ts',
].map((path) => `/test/integration/${path}`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((path) => moduleId.includes(path));
      return found < 0 ? LONGEST.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

// One project for each kind of test: `make check` runs the unit tests in seconds, `make test` runs everything.
export default defineConfig({
  test: {
    // Integration tests wait more than they compute: three at a time, even on two cores.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          globalSetup: 'test/unit/shared-folder.ts',
          testTimeout: 20_000,
          // Half of the time went into loading the same modules again for each file. Unit tests start no program and leave
          // nothing behind, so the files of a worker can share them.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/unit/shared-folder.ts',
          testTimeout: 120_000,
          // Timers of real routers on a busy machine: only what fails twice has failed.
          retry: 1,
          hookTimeout: 300_000,
        },
      },
      { test: { name: 'mutation', include: ['test/mutation/**/*.test.ts'] } },
    ],
  },
});
