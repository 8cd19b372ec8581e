/** Answers that a collector can do without. */
import { FrrError } from '../frr/source.ts';

/** The answer, or something else if FRR failed to give it. */
export async function unlessFailed<Answer>(answer: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof FrrError) return otherwise;
    throw error;
  }
}
