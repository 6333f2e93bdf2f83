import type { JoinedAs } from '../../../contracts/training-flow.ts';
import type { TrainingPlan, TrainingRequest } from '../../../contracts/training-plan.ts';
import { canonicalJson, digestOf } from '../../../core/canonical-json.ts';
import type { Definitions, ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { ConflictError } from '../../../core/errors.ts';
import type { Sql } from '../../../core/sql/sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { joinPrefix } from '../training-sets/stored-training-set.ts';
import { readSealed } from './sealed-training-set.ts';
import { trainingScope, trainingStatement } from './training-statement.ts';

export interface PlanLeakCheckDeps extends QueryPlace {
  readonly definitions: Definitions;
  readonly registry: Pick<ModelRegistry, 'model' | 'releases'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly objects: Pick<ObjectStore, 'get'>;
}

/**
 * Plans the newest release's training once more, from the same watermarks and at the same instant, without the
 * knowledge cut: the same labels in the same parts, so that what differs in the end is the cut alone.
 *
 * @throws NotFoundError for a model that is not defined or not deployed
 * @throws ConflictError when there is no release, or its training cannot be done again as it was
 */
export async function planLeakCheck(deps: PlanLeakCheckDeps, ask: TrainingRequest): Promise<TrainingPlan> {
  const { model, views } = trainingScope(deps.definitions, ask.model);
  await deps.registry.model(model.name);
  const [newest] = await deps.registry.releases(model.name);
  if (newest === undefined) {
    throw new ConflictError(`model ${model.name} has no release to compare with; train it first`, {
      model: model.name,
    });
  }
  const manifest = await deps.releases.manifest(newest.releaseId);
  const { trainingSet } = manifest;
  const { joined, champion } = await readSealed(deps.objects, trainingSet.uri);
  if (joined === undefined) throw trainAgain(newest, 'was trained by a version of the platform without leak checks');
  assertSameTraining(newest, manifest.model, model);
  assertSameViews(newest, manifest.featureViews, views.stored);
  const { asOfMs, labelEvents } = joined;
  const same = { model: model.name, asOfMs, labelEvents, watermarks: trainingSet.watermarks };
  const before = await statementOf(deps, { ...same, knowledgeCut: true }, champion?.releaseId ?? null);
  if (digestOf(before) !== digestOf(trainingSet.query)) {
    throw trainAgain(newest, 'joined its training set from definitions that have changed since');
  }
  const fixed = { ...same, knowledgeCut: false, championId: null, lastReleaseId: null, comparedWith: newest.releaseId };
  const statement = await statementOf(deps, fixed, null);
  const trainingId = digestOf({ model: model.name, executionName: ask.executionName }).slice(0, 32);
  const prefix = joinPrefix(trainingId);
  return {
    ...fixed,
    trainingId,
    cause: ask.cause,
    actor: ask.actor,
    statementSha256: digestOf(statement),
    prefix,
    query: unloadQuery(deps, statement, prefix, `the leak check of model ${model.name}`),
  };
}

async function statementOf(
  { definitions, database, releases }: PlanLeakCheckDeps,
  plan: Pick<TrainingPlan, 'model' | 'watermarks'> & Omit<JoinedAs, 'trainingId'>,
  championId: string | null,
): Promise<Sql> {
  const champion = championId === null ? null : await releases.manifest(championId);
  return trainingStatement(definitions, database, plan, champion);
}

/** Whatever else decides what is learnt from the joined rows, or how it is measured. */
function assertSameTraining(release: { readonly releaseId: string }, before: Model, now: Model): void {
  const decisive = ({ problem, label, features, training, split, serving }: Model) => ({
    problem,
    label,
    features,
    training,
    split,
    missing: serving.missing,
    threshold: serving.decisionThreshold,
  });
  const [old, current] = [decisive(before), decisive(now)];
  const changed = Object.keys(old).find(
    (name) => canonicalJson(old[name as keyof typeof old]) !== canonicalJson(current[name as keyof typeof old]),
  );
  if (changed !== undefined) throw trainAgain(release, `was trained before the model's ${changed} changed`);
}

function assertSameViews(
  release: { readonly releaseId: string },
  before: readonly ResolvedView[],
  now: readonly ResolvedView[],
): void {
  const changed = now.find(
    ({ view, version }) => before.find((old) => old.view.name === view.name)?.version !== version,
  );
  if (changed !== undefined) {
    throw trainAgain(release, `was trained on another version of feature view ${changed.view.name}`);
  }
}

function trainAgain({ releaseId }: { readonly releaseId: string }, because: string): ConflictError {
  return new ConflictError(
    `the newest release, ${releaseId}, ${because}: its training cannot be repeated; train the model, then check it again`,
    { releaseId },
  );
}
