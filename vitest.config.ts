import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest test file. It uses the CPU while the others wait. */
const FIRST = 'test/integration/alerts/rules.test.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const first = ({ moduleId }: TestSpecification) => Number(moduleId.endsWith(FIRST));
    return (await super.sort(files)).toSorted((a, b) => first(b) - first(a));
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
