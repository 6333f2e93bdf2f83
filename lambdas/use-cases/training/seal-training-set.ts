import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import type { SealRequest, TrainingPlan } from '../../../contracts/training-plan.ts';
import { canonicalJson, digestOf, sha256Hex } from '../../../core/canonical-json.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { ConflictError, InvalidInputError } from '../../../core/errors.ts';
import type { ReleaseManifest, TrainingSetRecord } from '../../../core/release/release-manifest.ts';
import type { Sql } from '../../../core/sql/sql.ts';
import { besideColumn } from '../../../core/training/beside-inputs.ts';
import {
  assertLearnable,
  inputsOf,
  profileOf,
  type TrainingColumns,
} from '../../../core/training/encode-training-set.ts';
import { evaluationFeatures } from '../../../core/training/input-views.ts';
import { segmentColumn } from '../../../core/training/segment-rows.ts';
import { PARTS, type Part } from '../../../core/training/split-rows.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import { championOn } from './champion-rows.ts';
import { readJoinedRows } from './read-joined-rows.ts';
import { segmentsFile, segmentsOf } from './segments-file.ts';
import { splitJoinedRows } from './split-joined-rows.ts';
import { hyperparametersOf, trainingJob } from './training-job.ts';
import { championFile, placedInputs, type TrainingSetFile, trainingSetFiles } from './training-set-files.ts';
import { championBeside, trainingScope, trainingStatement } from './training-statement.ts';
import { tuningJob } from './tuning-job.ts';

export interface SealTrainingSetDeps {
  readonly definitions: Definitions;
  readonly objects: Pick<ObjectStore, 'list' | 'get' | 'put'>;
  readonly parquet: ParquetFiles;
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly database: string;
  readonly offlineBucket: string;
  readonly artifactBucket: string;
}

export interface SealedTraining {
  readonly trainingSetId: string;
  readonly uri: string;
  readonly rows: TrainingSetRecord['rows'];
  readonly dropped: TrainingSetRecord['dropped'];
  readonly labelMean: TrainingSetRecord['labelMean'];
  readonly trainingJob: Readonly<Record<string, unknown>>;
  /** The search that takes the job's place; null without one. */
  readonly tuningJob: Readonly<Record<string, unknown>> | null;
}

/**
 * Turns joined rows into a training set: split, encoded, profiled, and frozen under the digest of its content. The
 * same plan gives the same bytes, the same id and the same training job again.
 *
 * @throws InvalidInputError when the rows cannot be learnt from or judged
 * @throws ConflictError when the definitions changed since the plan
 */
export async function sealTrainingSet(deps: SealTrainingSetDeps, { plan }: SealRequest): Promise<SealedTraining> {
  const { model, views } = trainingScope(deps.definitions, plan.model);
  const manifest = plan.championId === null ? null : await deps.releases.manifest(plan.championId);
  const statement = sameStatement(deps, plan, manifest);
  const beside = championBeside(manifest, { model, views }, plan).flatMap(({ resolved, features }) =>
    features.map((feature) => ({ view: resolved.view.name, feature })),
  );
  const entity = byName('entity', deps.definitions.entities, model.entity);
  const joined = await readJoinedRows(deps, plan.prefix, entity, model.features, [
    ...beside.map(besideColumn),
    ...evaluationFeatures(model).map(segmentColumn),
  ]);
  const { rows, unmatured, embargoed } = splitJoinedRows(model, joined);
  if (unmatured === joined.rows) throw noLabels(plan, unmatured);
  assertLearnable(model, joined.labels, rows, embargoed);

  const inputs = inputsOf(model, views, joined, rows.train);
  const slices = segmentsOf(model, joined, beside.length, rows.train, rows.train.length);
  const profile = profileOf(inputs, joined, rows.train, slices);
  const champion =
    plan.championId === null || manifest === null ? null : championOn(plan.championId, manifest, model, views, beside);
  const files = [
    ...trainingSetFiles(deps.parquet, joined, rows, placedInputs(model, inputs)),
    ...(champion?.sealed.comparable === true ? [championFile(joined, rows, champion.inputs)] : []),
    ...(model.segments.length === 0 ? [] : [segmentsFile(segmentsOf(model, joined, beside.length, rows.test))]),
    jsonFile('profile.json', profile),
  ];
  const content = {
    schema: 'headgate.training-set/v1',
    model: model.name,
    query: statement,
    watermarks: plan.watermarks,
    inputs,
    files: Object.fromEntries(files.map(({ name, body }) => [name, sha256Hex(body)])),
  };
  const trainingSetId = digestOf(content);
  const prefix = `training-set/${model.name}/${trainingSetId}/`;
  const uri = `s3://${deps.artifactBucket}/${prefix}`;
  const record: TrainingSetRecord = {
    trainingSetId,
    uri,
    rows: byPart((part) => rows[part].length),
    dropped: { unmatured, embargoed },
    labelMean: byPart((part) => meanOf(joined, rows[part])),
    labelTimes: byPart((part) => timesOf(joined, rows[part])),
    watermarks: plan.watermarks,
    query: { text: statement.text, params: statement.params },
    profileSha256: digestOf(profile),
  };
  const sealed: SealedTrainingSet = {
    record,
    model,
    featureViews: views.stored,
    onDemandFeatureViews: views.onDemand,
    inputs,
    missingShares: Object.fromEntries(profile.inputs.map(({ name, missingShare }) => [name, missingShare])),
    champion: champion?.sealed ?? null,
    joined: {
      trainingId: plan.trainingId,
      asOfMs: plan.asOfMs,
      labelEvents: plan.labelEvents,
      knowledgeCut: plan.knowledgeCut,
    },
  };
  for (const { name, body, contentType } of [...files, jsonFile('training-set.json', sealed)]) {
    await deps.objects.put({ bucket: deps.artifactBucket, key: `${prefix}${name}` }, body, contentType);
  }
  const hosting = await deps.registry.model(model.name);
  const job = {
    model,
    hyperparameters: await hyperparametersFor(deps, plan, model),
    hosting,
    trainingId: plan.trainingId,
    trainingSetId,
    uri,
    artifactBucket: deps.artifactBucket,
  };
  return {
    trainingSetId,
    uri,
    rows: record.rows,
    dropped: record.dropped,
    labelMean: record.labelMean,
    trainingJob: trainingJob(job),
    tuningJob: plan.comparedWith === null ? tuningJob(job) : null,
  };
}

/** A leak check learns with what its release learned with, also when that was searched for: only the rows may differ. */
async function hyperparametersFor(
  deps: SealTrainingSetDeps,
  { comparedWith }: TrainingPlan,
  model: Model,
): Promise<Readonly<Record<string, string>>> {
  if (comparedWith === null || (model.training.tuning ?? null) === null) return hyperparametersOf(model);
  return (await deps.releases.manifest(comparedWith)).training.hyperparameters;
}

function sameStatement(deps: SealTrainingSetDeps, plan: TrainingPlan, champion: ReleaseManifest | null): Sql {
  const statement = trainingStatement(deps.definitions, deps.database, plan, champion);
  if (digestOf(statement) === plan.statementSha256) return statement;
  throw new ConflictError(`the definitions of model ${plan.model} changed while it was being trained; train it again`, {
    model: plan.model,
    trainingId: plan.trainingId,
  });
}

function noLabels(plan: TrainingPlan, unmatured: number): InvalidInputError {
  const asOf = new Date(plan.asOfMs).toISOString();
  const newest = new Date(plan.labelEvents.newestMs).toISOString();
  const oldest = new Date(plan.labelEvents.oldestMs).toISOString();
  const events = `its label's source has events from ${oldest} to ${newest}`;
  const fix =
    unmatured === 0
      ? 'train as of a later instant, or ingest more'
      : `${unmatured} have not yet: wait, ingest newer events, or use a shorter horizon`;
  return new InvalidInputError(`model ${plan.model} has no label that has matured by ${asOf}; ${events}; ${fix}`, {
    model: plan.model,
    unmatured,
  });
}

function byPart<T>(of: (part: Part) => T): Readonly<Record<Part, T>> {
  return Object.fromEntries(PARTS.map((part) => [part, of(part)])) as Record<Part, T>; // one entry for each part
}

function meanOf({ labels }: TrainingColumns, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + labels[row]!, 0) / rows.length;
}

function timesOf({ timesMs }: TrainingColumns, rows: readonly number[]): { from: string; to: string } {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    from = Math.min(from, timesMs[row]!);
    to = Math.max(to, timesMs[row]!);
  }
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function jsonFile(name: string, value: unknown): TrainingSetFile {
  return { name, body: new TextEncoder().encode(canonicalJson(value)), contentType: 'application/json' };
}
