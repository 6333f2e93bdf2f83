import type {
  PlannedTrainingSet,
  SealedTrainingSetParts,
  SealTrainingSetRequest,
  StoredTrainingSet,
  TrainingSetResult,
} from '../../../contracts/training-set-flow.ts';
import { canonicalJson, digestOf } from '../../../core/canonical-json.ts';
import { MINUTE_MS } from '../../../core/clock.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import { type SealedPart, sealedParts, sealPart } from './seal-part.ts';
import {
  plannedTrainingSet,
  scratchKey,
  storedTrainingSet,
  trainingSetManifest,
  trainingSetPrefix,
} from './stored-training-set.ts';

/** Leaves the longest part time to be finished before the function is stopped. */
const BUDGET_MS = 8 * MINUTE_MS;

export interface SealPartsDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'head' | 'list' | 'put' | 'copy'>;
  readonly parquet: ParquetFiles;
  readonly clock: Clock;
  readonly offlineBucket: string;
  readonly artifactBucket: string;
}

/**
 * Seals the parts of a training set from the cursor on until the time is nearly up; after the last one the whole is
 * frozen under the digest of what it is made of and what it holds. Every step may be done again.
 *
 * @throws CorruptDataError when a training set that is reproduced does not come out as it was
 */
export async function sealParts(deps: SealPartsDeps, ask: SealTrainingSetRequest): Promise<SealedTrainingSetParts> {
  const { joinId, parts } = ask.plan;
  const planned = await plannedTrainingSet(deps.objects, deps.offlineBucket, joinId);
  const untilMs = deps.clock.now().getTime() + BUDGET_MS;
  for (let part = ask.cursor; part < parts; part++) {
    if (deps.clock.now().getTime() >= untilMs) return { done: false, cursor: part, result: null };
    await sealPart(deps, joinId, planned.draft, part);
  }
  const result = await freeze(deps, joinId, planned, await sealedParts(deps, joinId, parts));
  return { done: true, cursor: parts, result };
}

async function freeze(
  deps: SealPartsDeps,
  joinId: string,
  { draft, reproduces }: PlannedTrainingSet,
  parts: readonly SealedPart[],
): Promise<TrainingSetResult> {
  const { rows } = draft.entities;
  const nulls = (column: string) => parts.reduce((sum, part) => sum + (part.nulls[column] ?? 0), 0);
  const stored: StoredTrainingSet = {
    schema: 'headgate.entity-training-set/v1',
    ...draft,
    nullShares: Object.fromEntries(draft.features.map(({ column }) => [column, nulls(column) / rows])),
    files: parts.map(({ file }) => file),
  };
  const trainingSetId = digestOf(stored);
  if (reproduces !== null && reproduces !== trainingSetId) throw await notReproduced(deps, reproduces, stored);

  const prefix = trainingSetPrefix(trainingSetId);
  const manifest = trainingSetManifest(deps.artifactBucket, trainingSetId);
  const wasThere = (await deps.objects.head(manifest)) !== null;
  for (const { name } of stored.files) {
    const from = { bucket: deps.offlineBucket, key: scratchKey(joinId, name) };
    await deps.objects.copy(from, { bucket: deps.artifactBucket, key: `${prefix}${name}` });
  }
  // last, so that a training set that can be asked for is there in full
  await deps.objects.put(manifest, new TextEncoder().encode(canonicalJson(stored)), 'application/json');
  const uri = `s3://${deps.artifactBucket}/${prefix}`;
  return { trainingSetId, uri, rows, files: stored.files.length, wasThere };
}

async function notReproduced(
  deps: SealPartsDeps,
  trainingSetId: string,
  now: StoredTrainingSet,
): Promise<CorruptDataError> {
  const then = await storedTrainingSet(deps.objects, deps.artifactBucket, trainingSetId);
  const other = now.files.filter(({ sha256 }, i) => sha256 !== then.files[i]?.sha256).map(({ name }) => name);
  return new CorruptDataError(
    `training set ${trainingSetId} did not come out as it was: ${other.join(', ') || 'its facts'} differ; were rows of its tables removed?`,
    { trainingSetId, files: other },
  );
}
