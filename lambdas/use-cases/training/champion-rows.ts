import type { SealedChampion } from '../../../contracts/training-flow.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Model } from '../../../core/definitions/model.ts';
import type { ModelInput, ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';

export interface ChampionDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
}

/** The release that answers now, and its inputs with the position of each among the candidate's features. */
export interface Champion {
  readonly sealed: SealedChampion;
  readonly inputs: readonly { readonly input: ModelInput; readonly position: number }[];
}

/** Null when the model has no champion. */
export async function championOf(
  deps: ChampionDeps,
  model: Model,
  views: readonly ResolvedView[],
): Promise<Champion | null> {
  const { route } = await deps.registry.model(model.name);
  if (route.champion === null) return null;
  const { releaseId } = route.champion;
  const manifest = await deps.releases.manifest(releaseId);
  const because = reasonAgainst(manifest, model, views);
  if (because !== null) return { sealed: { releaseId, comparable: false, because }, inputs: [] };
  const inputs = manifest.inputs.map((input) => ({ input, position: positionOf(model, input) }));
  return { sealed: { releaseId, comparable: true }, inputs };
}

/** Why the champion cannot be asked about the joined rows; null when it can. */
function reasonAgainst(champion: ReleaseManifest, model: Model, views: readonly ResolvedView[]): string | null {
  const versionIn = (among: readonly ResolvedView[], name: string) =>
    among.find(({ view }) => view.name === name)?.version;
  for (const input of champion.inputs) {
    const name = `${input.view}:${input.feature}`;
    if (positionOf(model, input) < 0) return `its input ${name} is not among the model's features any more`;
    const [its, ours] = [versionIn(champion.featureViews, input.view), versionIn(views, input.view)];
    if (its !== ours) return `its input ${name} comes from version ${its} of the view, the training set from ${ours}`;
  }
  return null;
}

function positionOf(model: Model, input: ModelInput): number {
  return model.features.findIndex(({ view, feature }) => view === input.view && feature === input.feature);
}
