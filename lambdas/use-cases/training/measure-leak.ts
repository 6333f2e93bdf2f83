import type { LeakReport, MeasureLeakRequest } from '../../../contracts/leak-check.ts';
import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import { BugError, CorruptDataError } from '../../../core/errors.ts';
import { type ChangedInput, changedColumn, changedInputs } from '../../../core/leak/changed-inputs.ts';
import { compareMetrics } from '../../../core/leak/compare-metrics.ts';
import { leakSentence } from '../../../core/leak/leak-sentence.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import { ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';
import { jobInstant } from './job-instant.ts';
import { leakReportKey } from './leak-reports.ts';
import { readJoinedRows } from './read-joined-rows.ts';
import { readNumbers, readSealed, within } from './sealed-training-set.ts';
import { splitJoinedRows } from './split-joined-rows.ts';
import { testScores } from './test-scores.ts';

export interface MeasureLeakDeps extends RowsBelowDeps {
  readonly definitions: Definitions;
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly artifactBucket: string;
}

/**
 * Compares what was trained without the knowledge cut with the release it was planned from, and keeps the report. What
 * was trained is never registered and never serves. A repeated call writes the same report again.
 */
export async function measureLeak(deps: MeasureLeakDeps, ask: MeasureLeakRequest): Promise<LeakReport> {
  const { plan } = ask;
  if (plan.comparedWith === null) throw new BugError(`training ${plan.trainingId} is no leak check`);
  const manifest = await deps.releases.manifest(plan.comparedWith);
  const [own, released] = await Promise.all(
    [ask.sealed.uri, manifest.trainingSet.uri].map((uri) => readSealed(deps.objects, uri)),
  );
  const labels = await sameTestLabels(deps, ask.sealed.uri, manifest.trainingSet.uri);
  const without = {
    labels,
    scores: await testScores(deps, plan, 'candidate', labels.length),
    threshold: own!.model.serving.decisionThreshold,
  };
  const scores = await releasedScores(deps, plan.model, released!, labels.length);
  const metrics = compareMetrics(own!.model.problem, manifest.evaluation.metrics, without, scores);
  const inputs = await changesIn(deps, ask, own!);
  const report: LeakReport = {
    checkId: plan.trainingId,
    model: plan.model,
    releaseId: plan.comparedWith,
    cause: plan.cause,
    at: jobInstant(ask.job.TrainingEndTime).toISOString(),
    because: leakSentence(inputs, metrics, labels.length),
    testRows: labels.length,
    metrics: { ...metrics },
    features: inputs.map((input) => ({ ...input })),
  };
  await deps.objects.put(
    { bucket: deps.artifactBucket, key: leakReportKey(report) },
    new TextEncoder().encode(canonicalJson(report)),
    'application/json',
  );
  return report;
}

/** @throws CorruptDataError when the two sets do not have the same labels in the same order */
async function sameTestLabels({ objects }: MeasureLeakDeps, own: string, released: string): Promise<readonly number[]> {
  const [ours, theirs] = await Promise.all(
    [own, released].map((uri) => readNumbers(objects, within(uri, 'test/labels.csv'))),
  );
  if (ours!.length === theirs!.length && ours!.every((label, row) => label === theirs![row])) return ours!;
  throw new CorruptDataError(
    `the test rows of ${own} and ${released} differ, though both come from the same labels; train the model and check it again`,
    { own, released },
  );
}

/** The release's own scores of its test rows; null where they are gone. */
async function releasedScores(
  deps: MeasureLeakDeps,
  model: string,
  { joined }: SealedTrainingSet,
  rows: number,
): Promise<readonly number[] | null> {
  if (joined === undefined) return null;
  try {
    return await testScores(deps, { model, trainingId: joined.trainingId }, 'candidate', rows);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

async function changesIn(
  deps: MeasureLeakDeps,
  { plan }: MeasureLeakRequest,
  { model }: SealedTrainingSet,
): Promise<readonly ChangedInput[]> {
  const entity = byName('entity', deps.definitions.entities, model.entity);
  const joined = await readJoinedRows(deps, plan.prefix, entity, [], model.features.map(changedColumn));
  const { rows } = splitJoinedRows(model, joined);
  return changedInputs(model.features, joined.features, [...rows.train, ...rows.validation, ...rows.test]);
}
