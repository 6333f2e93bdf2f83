import { type Definitions, type ResolvedView, resolveView } from '../definitions/definitions.ts';
import type { JoinKey } from '../definitions/entity.ts';
import type { FeatureService, ViewAlias } from '../definitions/feature-service.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { type OnDemandPlan, planOnDemand } from '../on-demand/plan-on-demand.ts';
import { type StreamLayout, streamLayout } from '../streaming/stream-layout.ts';
import { type PinnedRef, parseFeatureRef } from './feature-reference.ts';
import type { OnDemandPlace } from './serving-plan.ts';

/** What answering a list of features takes, worked out once: which views to read, by which keys, and what to answer. */
export interface OnlineRequest {
  readonly reads: readonly PlannedRead[];
  /** In the order asked. */
  readonly features: readonly PlannedFeature[];
  /** Every join key of the reads as the request names it, each once. */
  readonly joinKeys: readonly JoinKey[];
  readonly onDemand: OnDemandPlan;
  /** Where each stored feature of the on-demand plan lies. */
  readonly storedAt: readonly ReadPlace[];
}

/** One item to read per entity. */
export interface PlannedRead {
  /** Name of the view or alias. */
  readonly name: string;
  readonly resolved: ResolvedView;
  /** Names in the request, in the order of the view's entity. */
  readonly joinKeys: readonly string[];
  /** Null for views that are not streamed. */
  readonly stream: StreamLayout | null;
}

/** Place of a view in `reads`, and of a feature in the view. */
export interface ReadPlace {
  readonly readAt: number;
  readonly columnAt: number;
}

export interface PlannedFeature {
  /** As the answer names it: `feature`, or `view__feature` with full names. */
  readonly name: string;
  readonly type: ValueType;
  readonly from: ReadPlace | OnDemandPlace;
}

/** Where views and their versions are found. */
export interface RequestScope {
  readonly definitions: Definitions;
  readonly aliases: readonly ViewAlias[];
  /** Versions other than the current ones that may be named. */
  readonly versions: readonly ResolvedView[];
}

/** What a name of a feature service means: a service's features, or the inputs of a model. */
export function serviceFeatures(
  { featureServices, models }: Definitions,
  name: string,
): Pick<FeatureService, 'features' | 'aliases'> {
  const service = featureServices.find((one) => one.name === name);
  const model = models.find((one) => one.name === name);
  if (service !== undefined) return service;
  if (model !== undefined) return { features: model.features, aliases: [] };
  const known = [...featureServices, ...models].map((one) => one.name);
  throw new NotFoundError('feature service or model', name, known);
}

/**
 * @param refs `view:feature`, `view@version:feature` or `view@latest:feature`; a view may be an on-demand view or alias
 * @throws InvalidInputError for a reference of another shape, two features of one name, or one join key of two types;
 *   NotFoundError for an unknown view, version or feature
 */
export function planOnlineRequest(scope: RequestScope, refs: readonly string[], hasFullNames: boolean): OnlineRequest {
  const reads: PlannedRead[] = [];
  const asked = refs.map((ref) => ({ ref, ...parseFeatureRef(ref) }));
  const isOnDemand = ({ view }: FeatureRef) => scope.definitions.onDemandFeatureViews.some(({ name }) => name === view);
  const onDemandRefs = asked.filter(isOnDemand);
  const pinned = onDemandRefs.find(({ version }) => version !== null);
  if (pinned !== undefined) {
    throw new InvalidInputError(
      `${pinned.ref}: on-demand view "${pinned.view}" has no versions of its own; leave @ out`,
    );
  }
  const onDemand = planOnDemand(onDemandRefs, scope.definitions.onDemandFeatureViews, scope.definitions.featureViews);
  const features = asked.map((one): PlannedFeature => {
    const name = hasFullNames ? fullName(one) : one.feature;
    if (isOnDemand(one)) {
      const onDemandAt = onDemandRefs.indexOf(one);
      return { name, type: onDemand.features[onDemandAt]!.type, from: { onDemandAt } };
    }
    const place = placeOf(reads, scope, one);
    return { name, type: reads[place.readAt]!.resolved.view.features[place.columnAt]!.type, from: place };
  });
  refuseRepeats(features);
  const unpinned = { ...scope, aliases: [] };
  const storedAt = onDemand.stored.map((ref) => placeOf(reads, unpinned, { ...ref, version: null }));
  return { reads, features, joinKeys: joinKeysOf(reads), onDemand, storedAt };
}

function fullName({ view, version, feature }: PinnedRef): string {
  return version === null ? `${view}__${feature}` : `${view}@${version}__${feature}`;
}

/** Adds the read of the feature's view where it is not there yet. */
function placeOf(reads: PlannedRead[], scope: RequestScope, ref: PinnedRef): ReadPlace {
  const read = readOf(scope, ref);
  const isSame = (one: PlannedRead) => one.name === read.name && one.resolved.version === read.resolved.version;
  const found = reads.findIndex(isSame);
  const readAt = found === -1 ? reads.push(read) - 1 : found;
  const { features, name } = read.resolved.view;
  const columnAt = features.findIndex((feature) => feature.name === ref.feature);
  if (columnAt === -1) {
    const known = features.map((feature) => feature.name);
    throw new NotFoundError(`feature of view "${name}"`, ref.feature, known);
  }
  return { readAt, columnAt };
}

function readOf({ definitions, aliases, versions }: RequestScope, { view, version }: PinnedRef): PlannedRead {
  const alias = aliases.find(({ name }) => name === view);
  const named = alias?.view ?? view;
  const current = definitions.featureViews.some(({ name }) => name === named) ? resolveView(definitions, named) : null;
  const among = [...(current === null ? [] : [current]), ...versions.filter((one) => one.view.name === named)];
  const resolved = version === null ? current : among.find((one) => one.version === version);
  if (resolved === undefined || (resolved === null && among.length > 0)) {
    const known = [...new Set(among.map((one) => one.version))];
    throw new NotFoundError(`version of feature view "${named}"`, version ?? 'latest', known);
  }
  if (resolved === null) {
    const known = [...definitions.featureViews, ...definitions.onDemandFeatureViews, ...aliases];
    const names = known.map(({ name }) => name);
    throw new NotFoundError('feature view', view, names);
  }
  return {
    name: view,
    resolved,
    joinKeys: alias?.joinKeys ?? resolved.entity.joinKeys.map(({ name }) => name),
    stream: streamLayout(resolved),
  };
}

function refuseRepeats(features: readonly PlannedFeature[]): void {
  const seen = new Set<string>();
  for (const { name } of features) {
    if (seen.has(name)) {
      throw new InvalidInputError(
        `two of the features are named "${name}"; ask for each once and set full_feature_names`,
        { name },
      );
    }
    seen.add(name);
  }
}

function joinKeysOf(reads: readonly PlannedRead[]): readonly JoinKey[] {
  const keys = new Map<string, JoinKey & { readonly of: string }>();
  for (const { name: of, resolved, joinKeys } of reads) {
    resolved.entity.joinKeys.forEach(({ type }, i) => {
      const name = joinKeys[i]!; // one for each, checked with the definitions
      const first = keys.get(name);
      if (first !== undefined && first.type !== type) {
        throw new InvalidInputError(
          `join key "${name}" is a ${first.type} for ${first.of} and a ${type} for ${of}; ask for the two views one after the other, or through a feature service with an alias`,
          { joinKey: name },
        );
      }
      keys.set(name, first ?? { name, type, of });
    });
  }
  return [...keys.values()].map(({ name, type }) => ({ name, type }));
}
