import type { BatchPartsRequest, PublishedBatch } from '../../../contracts/batch-prediction.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { BugError } from '../../../core/errors.ts';
import { packPrecomputed, precomputedKey } from '../../../core/serving/precomputed.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { OnlineItem, OnlineStore } from '../../ports/online-store.ts';
import { type BatchPartDeps, eachPart, entityRows, partInputs, partScores } from './batch-part.ts';
import { type BatchSubject, batchSubject } from './batch-subject.ts';

export interface PublishBatchDeps extends BatchPartDeps {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly online: Pick<OnlineStore, 'write'>;
}

const ITEMS_PER_WRITE = 1_000;

/**
 * Brings answers online, part by part, each beside the row that the model was asked about, so that it is given for this
 * very row alone. One that a later run has written is never replaced; any part may be written again.
 */
export async function publishBatch(deps: PublishBatchDeps, ask: BatchPartsRequest): Promise<PublishedBatch> {
  const subject = await batchSubject(deps.releases, ask.scope.releaseId);
  let [written, stale] = [0, 0];
  const progress = await eachPart(deps, ask, async (part) => {
    for await (const items of itemsOf(deps, ask, subject, part)) {
      const answer = await deps.online.write(items);
      written += answer.written;
      stale += answer.stale;
    }
  });
  return { ...progress, written, stale };
}

async function* itemsOf(
  deps: PublishBatchDeps,
  ask: BatchPartsRequest,
  { plan, columns }: BatchSubject,
  part: number,
): AsyncGenerator<readonly OnlineItem[]> {
  const { asOfMs, startedAt } = ask.scope;
  const maxAgeMs = plan.precomputedMaxAgeMs;
  if (maxAgeMs === null) return; // nobody would read them
  const { ids, values } = await entityRows(deps, ask, columns, part);
  const scores = await partScores(deps, ask, part);
  const inputOf = await partInputs(deps, ask, part);
  for (let from = 0; from < ids.length; from += ITEMS_PER_WRITE) {
    const items = new Map<string, OnlineItem>();
    for (let row = from; row < Math.min(from + ITEMS_PER_WRITE, ids.length); row++) {
      const [score, input] = [scores[row] ?? null, inputOf(row)];
      if (score === null || input === null) continue;
      const entities = Object.fromEntries(plan.joinKeys.map(({ name }) => [name, keyValue(values.get(name)?.[row])]));
      const key = precomputedKey(plan, entities);
      items.set(JSON.stringify(key.key), {
        ...key,
        values: packPrecomputed(score, input),
        eventTimeMs: asOfMs,
        knownAtMs: Date.parse(startedAt),
        expiresAtMs: asOfMs + maxAgeMs,
      });
    }
    yield [...items.values()];
  }
}

/** Join keys are texts and whole numbers, and rows without one are refused before anything is written. */
function keyValue(value: Value | undefined): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new BugError('an entity of a batch prediction lacks a join key');
}
