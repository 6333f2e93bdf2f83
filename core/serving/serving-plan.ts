import type { JoinKey } from '../definitions/entity.ts';
import type { ModelInput, ReleaseManifest } from '../release/release-manifest.ts';
import { type EncodeInput, encodeInput } from './encode-input.ts';
import type { PackedColumn } from './packed-row.ts';

/** What answering with a release takes, worked out once: which items to read, and where each input lies in them. */
export interface ServingPlan {
  readonly releaseId: string;
  readonly model: string;
  /** Every join key of the views, each once. */
  readonly joinKeys: readonly JoinKey[];
  readonly views: readonly PlannedView[];
  readonly inputs: readonly PlannedInput[];
  /** Probability at and above which the decision is positive; null without one. */
  readonly decisionThreshold: number | null;
  readonly evidenceRetentionDays: number;
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
}

export interface PlannedInput {
  /** `view:feature`. */
  readonly ref: string;
  readonly input: ModelInput;
  readonly encode: EncodeInput;
  /** Place of its view in `views`, and of its feature in the view's columns. */
  readonly viewAt: number;
  readonly columnAt: number;
}

export function planServing(releaseId: string, manifest: ReleaseManifest): ServingPlan {
  const views = manifest.featureViews.map(
    ({ view, entity, version }): PlannedView => ({
      entity: entity.name,
      joinKeys: entity.joinKeys.map(({ name }) => name),
      view: view.name,
      version,
      ttlMs: view.ttlMs,
      columns: view.features.map(({ name, type }) => ({ name, type })),
    }),
  );
  const joinKeys = new Map(
    manifest.featureViews.flatMap(({ entity }) => entity.joinKeys.map((key) => [key.name, key])),
  );
  const inputs = manifest.inputs.map((input): PlannedInput => {
    const viewAt = views.findIndex(({ view }) => view === input.view);
    const columnAt = views[viewAt]?.columns.findIndex(({ name }) => name === input.feature) ?? -1;
    return { ref: `${input.view}:${input.feature}`, input, encode: encodeInput(input), viewAt, columnAt };
  });
  return {
    releaseId,
    model: manifest.model.name,
    joinKeys: [...joinKeys.values()],
    views,
    inputs,
    decisionThreshold: manifest.model.serving.decisionThreshold,
    evidenceRetentionDays: manifest.model.monitoring.evidenceRetentionDays,
  };
}
