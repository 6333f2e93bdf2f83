import type { BatchPartsRequest, BatchPredictionReport, BatchProgress } from '../../../contracts/batch-prediction.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import { decide } from '../../../core/serving/decide.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ParquetColumn } from '../../ports/parquet-files.ts';
import { type BatchPartDeps, eachPart, entityRows, keepFacts, partScores } from './batch-part.ts';
import { partFactsKey, resultName, resultPrefix } from './batch-places.ts';
import { type BatchSubject, batchSubject } from './batch-subject.ts';

export interface CollectBatchDeps extends BatchPartDeps {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
}

/** What collecting leaves of a part. */
export interface ScoredPart {
  readonly file: BatchPredictionReport['files'][number];
  readonly scored: number;
  readonly positive: number;
  /** Of the scores. */
  readonly sum: number;
}

/**
 * Puts scores and entities together, part by part, as Parquet files that hold every entity once, in order.
 *
 * @throws CorruptDataError when the job did not answer for every row that it was asked about
 */
export async function collectBatch(deps: CollectBatchDeps, ask: BatchPartsRequest): Promise<BatchProgress> {
  const subject = await batchSubject(deps.releases, ask.scope.releaseId);
  return eachPart(deps, ask, (part) => collectPart(deps, ask, subject, part));
}

async function collectPart(
  deps: CollectBatchDeps,
  ask: BatchPartsRequest,
  { plan, columns }: BatchSubject,
  part: number,
): Promise<void> {
  const { scope } = ask;
  const keys = columns.filter(({ name }) => plan.joinKeys.some((key) => key.name === name));
  const { ids, values } = await entityRows(deps, ask, keys, part);
  const scores = await partScores(deps, ask, part);
  const decisions = scores.map((score) => (score === null ? null : decide(plan, score).decision));
  const file: readonly ParquetColumn[] = [
    ...keys.map(({ name, type }) => ({ name, type, values: values.get(name)! })), // read just above
    { name: 'score', type: 'float64', values: scores },
    { name: 'decision', type: 'boolean', values: decisions },
    { name: 'refused', type: 'boolean', values: scores.map((score) => score === null) },
    { name: 'release_id', type: 'string', values: ids.map(() => scope.releaseId) },
    { name: 'as_of', type: 'timestamp', isInstant: true, values: ids.map(() => scope.asOfMs) },
  ];
  const body = deps.parquet.write(file);
  const name = resultName(part);
  const location = { bucket: deps.artifactBucket, key: `${resultPrefix(scope)}${name}` };
  await deps.objects.put(location, body, 'application/vnd.apache.parquet');
  const scored = scores.filter((score) => score !== null);
  const facts: ScoredPart = {
    file: { name, sha256: sha256Hex(body), sizeBytes: body.length, rows: ids.length },
    scored: scored.length,
    positive: decisions.filter((decision) => decision === true).length,
    sum: scored.reduce((sum, score) => sum + score, 0),
  };
  await keepFacts(deps, partFactsKey(scope.batchId, part, 'scored'), facts);
}
