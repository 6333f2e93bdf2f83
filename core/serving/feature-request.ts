import { byName, type Definitions, type ResolvedView, resolveView } from '../definitions/definitions.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';

/** A feature that was asked for by name. */
export interface RequestedFeature {
  /** As the answer names it: `feature`, or `view__feature` with full names. */
  readonly name: string;
  readonly resolved: ResolvedView;
  /** Place of the feature in its view. */
  readonly columnAt: number;
}

const REF = /^([a-z][a-z0-9_]*)(?:@([0-9a-f]{12}))?:([a-z][a-z0-9_]*)$/;

/** The inputs of a model as references, in its order. @throws NotFoundError naming the models there are */
export function modelRefs(definitions: Definitions, model: string): readonly string[] {
  return byName('feature service (model)', definitions.models, model).features.map(
    ({ view, feature }) => `${view}:${feature}`,
  );
}

/**
 * Finds what references `view:feature` (or `view@version:feature`) mean.
 *
 * @throws InvalidInputError for a reference of another shape or two features of one name; NotFoundError for an unknown view or feature
 */
export function requestedFeatures(
  definitions: Definitions,
  refs: readonly string[],
  hasFullNames: boolean,
): readonly RequestedFeature[] {
  const views = new Map<string, ResolvedView>();
  const found = refs.map((ref): RequestedFeature => {
    const [, view, version, feature] = REF.exec(ref) ?? [];
    if (view === undefined || feature === undefined) {
      throw new InvalidInputError(`"${ref.slice(0, 100)}" is no feature reference; write view:feature`, { ref });
    }
    const resolved = views.get(view) ?? resolveView(definitions, view);
    views.set(view, resolved);
    if (version !== undefined && version !== resolved.version) {
      throw new InvalidInputError(`view "${view}" is served in version ${resolved.version}, not ${version}`, { ref });
    }
    const columnAt = resolved.view.features.findIndex(({ name }) => name === feature);
    if (columnAt === -1) {
      const known = resolved.view.features.map(({ name }) => name);
      throw new NotFoundError(`feature of view "${view}"`, feature, known);
    }
    return { name: hasFullNames ? `${view}__${feature}` : feature, resolved, columnAt };
  });
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new InvalidInputError(
      `two of the features are named "${twice.name}"; ask for each once and set full_feature_names`,
      { name: twice.name },
    );
  }
  return found;
}
