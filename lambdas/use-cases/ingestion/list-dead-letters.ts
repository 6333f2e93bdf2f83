import { type DeadLettersResponse, MAX_LETTERS } from '../../../contracts/api/dead-letters.ts';
import { type DeadLetterDeps, openLetterKeys, readLetter } from './dead-letters.ts';
import { givenUpBatchKeys } from './given-up-batches.ts';

/** Open letters by source and place in the stream, a page at a time. */
export async function listDeadLetters(
  deps: DeadLetterDeps,
  ask: { readonly source?: string | undefined; readonly after?: string | undefined },
): Promise<DeadLettersResponse> {
  const [all, batches] = await Promise.all([openLetterKeys(deps, ask.source), givenUpBatchKeys(deps)]);
  const left = all.filter((key) => ask.after === undefined || key > ask.after);
  const keys = left.slice(0, MAX_LETTERS);
  const letters = await Promise.all(keys.map((key) => readLetter(deps, key)));
  return {
    letters,
    total: all.length,
    givenUpBatches: batches.length,
    next: left.length > keys.length ? (keys.at(-1) ?? null) : null,
  };
}
