import type { SealedChampion } from '../../../contracts/training-flow.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { FeatureRef } from '../../../core/definitions/feature-view.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { BugError } from '../../../core/errors.ts';
import { type OnDemandComputation, planOnDemand } from '../../../core/on-demand/plan-on-demand.ts';
import type { ModelInput, ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { InputViews } from '../../../core/training/input-views.ts';

/** The release to be compared with, and its inputs with the position of each among the joined columns. */
export interface Champion {
  readonly sealed: SealedChampion;
  readonly inputs: readonly { readonly input: ModelInput; readonly position: number }[];
}

/** @param beside stored inputs of the champion that were joined beside the model's own, in the order of their columns */
export function championOn(
  releaseId: string,
  manifest: ReleaseManifest,
  model: Model,
  views: InputViews,
  beside: readonly FeatureRef[],
): Champion {
  const because = reasonAgainst(manifest, model, views, beside);
  if (because !== null) return { sealed: { releaseId, comparable: false, because }, inputs: [] };
  const inputs = manifest.inputs.map((input) => {
    const place = placeIn(beside, input);
    return { input, position: place < 0 ? placeIn(model.features, input) : model.features.length + place };
  });
  return { sealed: { releaseId, comparable: true }, inputs };
}

/** Why the champion cannot be asked about the joined rows; null when it can. */
function reasonAgainst(
  champion: ReleaseManifest,
  model: Model,
  ours: InputViews,
  beside: readonly FeatureRef[],
): string | null {
  const its: InputViews = { stored: champion.featureViews, onDemand: champion.onDemandFeatureViews };
  for (const input of champion.inputs) {
    if (placeIn(beside, input) >= 0) continue;
    const name = `${input.view}:${input.feature}`;
    if (placeIn(model.features, input) < 0) return `its input ${name} is not among the model's features any more`;
    const because = computedOtherwise(input, its, ours);
    if (because !== null) return `its input ${name} ${because}`;
  }
  return null;
}

/** How an on-demand input differs, or a stored one; null when both releases compute it alike. */
function computedOtherwise(input: FeatureRef, its: InputViews, ours: InputViews): string | null {
  const isOnDemand = ({ onDemand }: InputViews) => onDemand.some(({ name }) => name === input.view);
  if (isOnDemand(its) !== isOnDemand(ours)) return 'is stored in one and computed on demand in the other';
  if (!isOnDemand(its)) return versionsDiffer(input.view, its, ours);
  const [before, now] = [computationOf(input, its), computationOf(input, ours)];
  if (canonicalJson(meaningOf(before)) !== canonicalJson(meaningOf(now))) {
    return `is computed as ${before.expression.text}, the training set's as ${now.expression.text}`;
  }
  for (const { view, feature } of before.reads.stored) {
    const because = versionsDiffer(view, its, ours);
    if (because !== null) return `reads ${view}:${feature}, which ${because}`;
  }
  return null;
}

function versionsDiffer(view: string, its: InputViews, ours: InputViews): string | null {
  const versionIn = ({ stored }: InputViews) => stored.find((one) => one.view.name === view)?.version;
  const [before, now] = [versionIn(its), versionIn(ours)];
  return before === now ? null : `comes from version ${before} of the view, the training set from ${now}`;
}

function computationOf(input: FeatureRef, { stored, onDemand }: InputViews): OnDemandComputation {
  const plan = planOnDemand(
    [input],
    onDemand,
    stored.map(({ view }) => view),
  );
  const [only] = plan.features;
  if (only === undefined) throw new BugError(`no on-demand view computes ${input.view}:${input.feature}`);
  return only;
}

/** What decides the value, besides the versions of the stored features. */
function meaningOf({ expression, type, reads }: OnDemandComputation) {
  return { sql: expression.text, type, request: reads.request.map((field) => ({ ...field })) };
}

function placeIn(refs: readonly FeatureRef[], input: FeatureRef): number {
  return refs.findIndex(({ view, feature }) => view === input.view && feature === input.feature);
}
