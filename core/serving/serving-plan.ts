import type { JoinKey } from '../definitions/entity.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { MissingPolicy } from '../definitions/model.ts';
import type { RequestField } from '../definitions/on-demand-feature-view.ts';
import { type OnDemandPlan, planOnDemand } from '../on-demand/plan-on-demand.ts';
import type { ModelInput, ReleaseManifest } from '../release/release-manifest.ts';
import { type StreamLayout, streamLayout } from '../streaming/stream-layout.ts';
import { type EncodeInput, encodeInput } from './encode-input.ts';
import type { PackedColumn } from './packed-row.ts';

/** What answering with a release takes, worked out once: which items to read, and where each input lies in them. */
export interface ServingPlan {
  readonly releaseId: string;
  readonly model: string;
  /** Every join key of the views, each once. */
  readonly joinKeys: readonly JoinKey[];
  /** Names of those that arms are drawn by, see `unitKey`. */
  readonly unitKeys: readonly string[];
  readonly views: readonly PlannedView[];
  readonly inputs: readonly PlannedInput[];
  readonly onDemand: PlannedOnDemand;
  /** What is done about inputs without a value; defaults are in the inputs. */
  readonly missing: Pick<MissingPolicy, 'onMissing' | 'onStale'>;
  /** How long what was read for an entity may be used again; null for never. */
  readonly featureCacheMs: number | null;
  /** How old an answer that was computed before may be; null when there are none. */
  readonly precomputedMaxAgeMs: number | null;
  /** Probability at and above which the decision is positive; null without one. */
  readonly decisionThreshold: number | null;
  readonly evidenceRetentionDays: number;
  /** Longest that a caller waits for this release, as shadow, after the champion has answered. */
  readonly graceMs: number;
}

/** One item to read per entity. */
export interface PlannedView {
  readonly entity: string;
  /** Names of the join keys in the entity's order. */
  readonly joinKeys: readonly string[];
  readonly view: string;
  readonly version: string;
  readonly ttlMs: number | null;
  readonly columns: readonly PackedColumn[];
  /** How its items are read when it is streamed; null when it is not. */
  readonly stream: StreamLayout | null;
}

export interface PlannedInput {
  /** `view:feature`. */
  readonly ref: string;
  readonly input: ModelInput;
  readonly encode: EncodeInput;
  readonly from: StoredPlace | OnDemandPlace;
}

/** Place of a view in `views`, and of a feature in the view's columns. */
export interface StoredPlace {
  readonly viewAt: number;
  readonly columnAt: number;
}

/** Place of a feature in `onDemand.plan.features`. */
export interface OnDemandPlace {
  readonly onDemandAt: number;
}

/** The inputs that are computed with each request. */
export interface PlannedOnDemand {
  readonly plan: OnDemandPlan;
  /** Where each of the plan's stored features lies. */
  readonly storedAt: readonly StoredPlace[];
}

/** The values that a request has to bring. */
export function requestFields({ onDemand }: ServingPlan): readonly RequestField[] {
  return onDemand.plan.request;
}

export function planServing(releaseId: string, manifest: ReleaseManifest): ServingPlan {
  const views = manifest.featureViews.map(
    ({ view, entity, source, version }): PlannedView => ({
      entity: entity.name,
      joinKeys: entity.joinKeys.map(({ name }) => name),
      view: view.name,
      version,
      ttlMs: view.ttlMs,
      columns: view.features.map(({ name, type }) => ({ name, type })),
      stream: streamLayout({ view, source }),
    }),
  );
  const joinKeys = new Map(
    manifest.featureViews.flatMap(({ entity }) => entity.joinKeys.map((key) => [key.name, key])),
  );
  const own = manifest.featureViews.find(({ entity }) => entity.name === manifest.model.entity);
  const placeOf = (ref: FeatureRef): StoredPlace => {
    const viewAt = views.findIndex(({ view }) => view === ref.view);
    return { viewAt, columnAt: views[viewAt]?.columns.findIndex(({ name }) => name === ref.feature) ?? -1 };
  };
  const plan = planOnDemand(
    manifest.inputs,
    manifest.onDemandFeatureViews,
    manifest.featureViews.map(({ view }) => view),
  );
  const inputs = manifest.inputs.map((input): PlannedInput => {
    const { view, feature } = input;
    const onDemandAt = plan.features.findIndex(({ ref }) => ref.view === view && ref.feature === feature);
    const from = onDemandAt >= 0 ? { onDemandAt } : placeOf(input);
    return { ref: `${view}:${feature}`, input, encode: encodeInput(input), from };
  });
  return {
    releaseId,
    model: manifest.model.name,
    joinKeys: [...joinKeys.values()],
    unitKeys: (own?.entity.joinKeys ?? [...joinKeys.values()]).map(({ name }) => name),
    views,
    inputs,
    onDemand: { plan, storedAt: plan.stored.map(placeOf) },
    missing: manifest.model.serving.missing,
    featureCacheMs: manifest.model.serving.featureCacheMs,
    precomputedMaxAgeMs: manifest.model.serving.precomputed?.maxAgeMs ?? null,
    decisionThreshold: manifest.model.serving.decisionThreshold,
    evidenceRetentionDays: manifest.model.monitoring.evidenceRetentionDays,
    graceMs: manifest.model.rollout.shadow?.graceMs ?? 0,
  };
}
