import type { BatchPartsRequest, EncodedBatch } from '../../../contracts/batch-prediction.ts';
import { batchCsv, batchRow } from '../../../core/batch/batch-rows.ts';
import type { Row } from '../../../core/definitions/value-type.ts';
import { requestFields } from '../../../core/serving/serving-plan.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { assertUnchanged } from '../training/trained-artifact.ts';
import { joinedFeatures } from '../training-sets/seal-part.ts';
import { type BatchPartDeps, eachPart, encodedPart, entityRows, keepFacts } from './batch-part.ts';
import { inputName, inputPrefix, partFactsKey } from './batch-places.ts';
import { type BatchSubject, batchSubject } from './batch-subject.ts';
import { transformJob } from './transform-job.ts';

export interface EncodeBatchDeps extends BatchPartDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'list'>;
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  /** @default FILE_ROWS */
  readonly fileRows?: number;
}

/** Rows of one input file: its text stays far below the longest that a runtime can hold. */
const FILE_ROWS = 50_000;

/**
 * Writes the rows that the model is asked about, part by part, as serving would encode them; after the last one says
 * which job asks it.
 *
 * Memory: one part of the entities with all of their features.
 *
 * @throws ArtifactChangedError when the release's artifact is not the one that was judged
 */
export async function encodeBatch(deps: EncodeBatchDeps, ask: BatchPartsRequest): Promise<EncodedBatch> {
  const subject = await batchSubject(deps.releases, ask.scope.releaseId);
  const progress = await eachPart(deps, ask, (part) => encodePart(deps, ask, subject, part));
  if (!progress.done) return { ...progress, job: null };
  const { artifact, model } = subject.manifest;
  await assertUnchanged(deps.objects, artifact);
  const registered = await deps.registry.model(ask.scope.model);
  const isAsked = await hasFiles(deps, ask);
  const job = transformJob(ask.scope, { registered, artifact, instanceType: model.training.instanceType }, deps);
  return { ...progress, job: isAsked ? job : null };
}

async function encodePart(
  deps: EncodeBatchDeps,
  ask: BatchPartsRequest,
  subject: BatchSubject,
  part: number,
): Promise<void> {
  const { plan, stored, columns } = subject;
  const { scope } = ask;
  const { ids, values } = await entityRows(deps, ask, columns, part);
  const found = await joinedFeatures(deps, scope.batchId, stored, part, ids);
  const placeOf = new Map(stored.features.map(({ column }, i) => [column, i]));
  const fields = requestFields(plan);
  const fileRows = deps.fileRows ?? FILE_ROWS;
  const refused: number[] = [];
  const files: number[] = [];
  let rows: (readonly (number | null)[])[] = [];
  const flush = async () => {
    const key = `${inputPrefix(scope)}${inputName(part, files.length)}`;
    await deps.objects.put({ bucket: deps.artifactBucket, key }, new TextEncoder().encode(batchCsv(rows)), 'text/csv');
    files.push(rows.length);
    rows = [];
  };
  for (let i = 0; i < ids.length; i++) {
    const context: Row = Object.fromEntries(fields.map(({ name }) => [name, values.get(name)?.[i] ?? null]));
    const value = (column: string) => found[placeOf.get(column) ?? -1]?.[i] ?? null;
    const row = batchRow(plan, value, { context, requestTimeMs: scope.asOfMs });
    if (row === null) refused.push(i);
    else rows.push(row);
    if (rows.length === fileRows) await flush();
  }
  if (rows.length > 0) await flush();
  await keepFacts(deps, partFactsKey(scope.batchId, part, 'encoded'), { rows: ids.length, refused, files });
}

async function hasFiles(deps: EncodeBatchDeps, { scope, join }: BatchPartsRequest): Promise<boolean> {
  for (let part = 0; part < join.parts; part++) {
    if ((await encodedPart(deps, scope.batchId, part)).files.length > 0) return true;
  }
  return false;
}
