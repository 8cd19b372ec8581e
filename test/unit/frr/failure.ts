/** What went wrong, in a form that can be compared. */
import { FrrError, type FrrErrorReason } from '../../../src/frr/source.ts';

export interface Failure {
  readonly reason: FrrErrorReason;
  readonly message: string;
}

/** The failure of something that must fail with an FrrError. */
export async function failureOf(work: () => unknown): Promise<Failure> {
  try {
    await work();
  } catch (error) {
    if (error instanceof FrrError) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('it did not fail');
}
