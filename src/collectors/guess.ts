/** Queries that depend on other answers, sent together with them: the other answers are most likely those of the poll before. */
import { isDeepStrictEqual } from 'node:util';
import { unlessFailed } from './unless-failed.ts';

/**
 * Queries by the guess while the plan is being made, and again where the plan turns out different or FRR refused something,
 * such as a VRF that is gone.
 * @throws FrrError
 */
export async function queryByGuess<Plan, Answers>(
  guess: Plan | undefined,
  plan: Promise<Plan>,
  query: (plan: Plan) => Promise<Answers>,
): Promise<Answers> {
  const [actual, answers] = await Promise.all([
    plan,
    guess === undefined ? undefined : unlessFailed<Answers | undefined>(query(guess), undefined),
  ]);
  return answers !== undefined && isDeepStrictEqual(actual, guess) ? answers : await query(actual);
}
