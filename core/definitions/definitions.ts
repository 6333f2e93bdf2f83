import { digestOf } from '../canonical-json.ts';
import { NotFoundError } from '../errors.ts';
import type { Entity } from './entity.ts';
import type { FeatureService } from './feature-service.ts';
import { admissionRules, type FeatureView } from './feature-view.ts';
import type { Model } from './model.ts';
import type { OnDemandFeatureView } from './on-demand-feature-view.ts';
import type { Source } from './source.ts';

/** Everything one deployment runs: plain data, each list in order of name. */
export interface Definitions {
  readonly entities: readonly Entity[];
  readonly sources: readonly Source[];
  readonly featureViews: readonly FeatureView[];
  readonly onDemandFeatureViews: readonly OnDemandFeatureView[];
  readonly featureServices: readonly FeatureService[];
  readonly models: readonly Model[];
}

/** A feature view with what its name stands for. */
export interface ResolvedView {
  readonly view: FeatureView;
  readonly entity: Entity;
  readonly source: Source;
  /** See `viewVersion`. */
  readonly version: string;
}

/**
 * Version of a feature view: the first 12 hexadecimal digits of the digest of everything that can change one of its
 * values or whether it may be read: keys, source semantics, features, TTL, ticks. Descriptions and owners do not count.
 */
export function viewVersion(view: FeatureView, entity: Entity, source: Source): string {
  return digestOf({
    joinKeys: entity.joinKeys,
    keyColumns: view.keyColumns,
    source: {
      name: source.name,
      columns: source.columns.map(({ name, type }) => ({ name, type })),
      eventTime: source.eventTime,
      knownAtColumn: source.knownAtColumn,
      lagMs: source.lagMs,
      eventIdColumn: source.eventIdColumn,
    },
    features: view.features.map(({ name, type, compute }) => ({ name, type, compute })),
    ttlMs: view.ttlMs,
    scheduleMs: view.scheduleMs,
    stream: view.stream,
    admission: admissionRules(view).map(({ condition }) => condition),
  }).slice(0, 12);
}

/** @throws NotFoundError naming the views there are */
export function resolveView(definitions: Definitions, name: string): ResolvedView {
  const view = byName('feature view', definitions.featureViews, name);
  const entity = byName('entity', definitions.entities, view.entity);
  const source = byName('source', definitions.sources, view.source);
  return { view, entity, source, version: viewVersion(view, entity, source) };
}

/** @throws NotFoundError naming the members there are */
export function byName<T extends { readonly name: string }>(what: string, among: readonly T[], name: string): T {
  const found = among.find((one) => one.name === name);
  if (found === undefined) {
    throw new NotFoundError(
      what,
      name,
      among.map((one) => one.name),
    );
  }
  return found;
}

/** The source `ingest` means by a name: a source's own, or that of the feature view so named. */
export function sourceFor(definitions: Definitions, name: string): Source {
  const view = definitions.featureViews.find((one) => one.name === name);
  const known = [...definitions.sources, ...definitions.featureViews].map((one) => one.name);
  const source = definitions.sources.find((one) => one.name === (view?.source ?? name));
  if (source === undefined) throw new NotFoundError('feature view or source', name, known);
  return source;
}
