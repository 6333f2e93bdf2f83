import {
  MAX_LETTERS,
  type ReplayDeadLettersRequest,
  type ReplayDeadLettersResponse,
} from '../../../contracts/api/dead-letters.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { byName } from '../../../core/definitions/definitions.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { countRows } from './count-rows.ts';
import {
  closeLetter,
  type DeadLetter,
  type DeadLetterDeps,
  openLetterKeys,
  readLetter,
  recordOf,
} from './dead-letters.ts';
import { openGivenUpBatches } from './given-up-batches.ts';
import { judgeRecord, type StoreStreamRowsDeps, storeLeftOutRow, storeStreamRows } from './store-stream-rows.ts';

/** Well below the 29 s for which API Gateway waits. */
const BUDGET_MS = 20 * SECOND_MS;
const FROM_THE_START = '';

export interface ReplayDeadLettersDeps extends StoreStreamRowsDeps, DeadLetterDeps {
  readonly definitions: StoreStreamRowsDeps['definitions'];
  readonly metrics: Metrics;
  readonly onFailure: (what: string, error: unknown) => void;
}

type Result = ReplayDeadLettersResponse['results'][number];

/**
 * Gives dead letters to the definitions as they are now, by the path that the stream takes, in the order of the stream.
 * Batches that Lambda gave up become letters first. A letter is stored once, however often it is replayed.
 */
export async function replayDeadLetters(
  deps: ReplayDeadLettersDeps,
  ask: ReplayDeadLettersRequest,
): Promise<ReplayDeadLettersResponse> {
  if (ask.source !== undefined) byName('source', deps.definitions.sources, ask.source);
  const untilMs = deps.clock.now().getTime() + BUDGET_MS;
  const isFirstPage = (ask.after ?? FROM_THE_START) === FROM_THE_START;
  const opened = isFirstPage ? await openGivenUpBatches(deps, untilMs) : { isDone: true, unreadable: [] };
  const unreadableBatches = opened.unreadable;
  if (!opened.isDone) return { results: [], unreadableBatches, next: FROM_THE_START };
  const isAsked = (key: string) => ask.letterIds?.some((id) => key.endsWith(`/${id}.json`)) ?? true;
  const keys = (await openLetterKeys(deps, ask.source)).filter(
    (key) => isAsked(key) && (ask.after === undefined || key > ask.after),
  );
  const results: Result[] = [];
  for (const key of keys) {
    const isTimeUp = deps.clock.now().getTime() >= untilMs;
    if (results.length === MAX_LETTERS || (isTimeUp && results.length > 0)) {
      return { results, unreadableBatches, next: keys[results.length - 1] ?? null };
    }
    results.push(await replay(deps, key));
  }
  return { results, unreadableBatches, next: null };
}

async function replay(deps: ReplayDeadLettersDeps, key: string): Promise<Result> {
  const letter = await readLetter(deps, key);
  const { letterId, source } = letter;
  try {
    const { outcome, reason } = await store(deps, letter);
    if (outcome !== 'rejected') {
      await closeLetter(deps, key, letter, { outcome, replayedAt: deps.clock.now().toISOString() });
    }
    return { letterId, source, outcome, reason };
  } catch (error) {
    deps.onFailure(`dead letter ${letterId}`, error);
    return { letterId, source, outcome: 'failed', reason: 'the platform could not store it now; try again' };
  }
}

async function store(deps: ReplayDeadLettersDeps, letter: DeadLetter): Promise<Pick<Result, 'outcome' | 'reason'>> {
  const judged = judgeRecord(deps, recordOf(letter));
  if (!('checked' in judged)) return { outcome: 'rejected', reason: judged.reason };
  const { written, duplicate } =
    letter.kind === 'given-up'
      ? await storeStreamRows(deps, judged.source, [judged])
      : await storeLeftOutRow(deps, judged);
  countRows(deps.metrics, judged.source.name, { RowsWritten: written, RowsDuplicate: duplicate });
  return { outcome: written > 0 ? 'stored' : 'already-stored', reason: null };
}
