import { ConflictError, InvalidInputError } from '../../../core/errors.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { planServing, requestFields, type ServingPlan } from '../../../core/serving/serving-plan.ts';
import { storedFeatures } from '../../../core/skew/rebuild-vector.ts';
import { type EntityColumn, entityColumns } from '../../../core/training-set/entity-columns.ts';
import type { WantedFeatures } from '../../../core/training-set/wanted-features.ts';
import type { ModelRegistry, RegisteredModel, ReleaseStore } from '../../ports/model-registry.ts';

/** Column of the entity rows with the instant, which is one for all. No join key or request field has this name. */
const TIME = 'hg_as_of';

export interface SubjectDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
}

/** The release that a batch prediction asks, and what asking takes. */
export interface BatchSubject {
  readonly releaseId: string;
  readonly manifest: ReleaseManifest;
  readonly plan: ServingPlan;
  readonly stored: WantedFeatures;
  /** Instant, join keys and request fields, in this order. */
  readonly columns: readonly EntityColumn[];
}

export async function batchSubject(releases: SubjectDeps['releases'], releaseId: string): Promise<BatchSubject> {
  const manifest = await releases.manifest(releaseId);
  const plan = planServing(releaseId, manifest);
  const stored = storedFeatures(manifest, plan);
  return { releaseId, manifest, plan, stored, columns: columnsOf(plan, stored) };
}

/** @throws ConflictError for a model that nothing answers for yet */
export async function championSubject(
  { registry, releases }: SubjectDeps,
  model: string,
): Promise<BatchSubject & { readonly registered: RegisteredModel }> {
  const registered = await registry.model(model);
  const { champion } = registered.route;
  if (champion === null) {
    throw new ConflictError(`model ${model} has no champion yet; train it and let a release be promoted first`, {
      model,
    });
  }
  return { ...(await batchSubject(releases, champion.releaseId)), registered };
}

/**
 * What can be seen before anything is read: that somebody brings the values of a request, and who names the entities.
 *
 * @throws InvalidInputError
 */
export function assertAnswerable(subject: BatchSubject, hasFile: boolean): void {
  if (hasFile) return;
  const { model } = subject.plan;
  const fields = requestFields(subject.plan);
  if (fields.length > 0) {
    const names = fields.map(({ name, type }) => `${name} (${type})`).join(', ');
    throw new InvalidInputError(
      `model ${model} reads values that come with a request: ${names}; give a file of entities with a column for each`,
      { model, fields: fields.map(({ name }) => name) },
    );
  }
  if (wholeKeyViews(subject).length > 0) return;
  const keys = subject.plan.joinKeys.map(({ name }) => name);
  throw new InvalidInputError(
    `no feature view of model ${model} has all of its join keys (${keys.join(', ') || 'none'}), so the entities cannot be told from them; give a file of entities`,
    { model, keys },
  );
}

/** The views whose rows name whole entities of the model. */
export function wholeKeyViews({ manifest, plan }: Pick<BatchSubject, 'manifest' | 'plan'>) {
  if (plan.joinKeys.length === 0) return [];
  return manifest.featureViews.filter(({ entity }) =>
    plan.joinKeys.every((key) => entity.joinKeys.some(({ name }) => name === key.name)),
  );
}

function columnsOf(plan: ServingPlan, stored: WantedFeatures): readonly EntityColumn[] {
  const request = requestFields(plan);
  const names = [TIME, ...plan.joinKeys.map(({ name }) => name), ...request.map(({ name }) => name)];
  const wanted = { ...stored, keys: plan.joinKeys, request };
  const reading = { timestampColumn: TIME, mapping: {}, types: {} };
  return entityColumns([...new Set(names)], reading, wanted).map((column) => ({
    ...column,
    type: column.type ?? 'string', // none is carried: every column is named above
  }));
}
