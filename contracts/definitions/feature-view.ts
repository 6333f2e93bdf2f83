import * as z from 'zod';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Entity } from '../../core/definitions/entity.ts';
import type { Feature, FeatureView } from '../../core/definitions/feature-view.ts';
import type { Source } from '../../core/definitions/source.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { columnRecord, DefinedName } from './defined-name.ts';
import { refuse } from './definition-error.ts';
import { durationBetween, tickProblem } from './duration.ts';
import { EntityReference } from './entity.ts';
import { ExpectationReference } from './expectation.ts';
import { expectationProblems } from './expectation-problems.ts';
import { type FeatureInput, FeatureInputSchema } from './feature.ts';
import { featureType } from './feature-type.ts';
import { keyColumnsOf, keyProblems } from './key-columns.ts';
import type { FeatureKinds, KnownView } from './known-kinds.ts';
import { deepFreeze, labelOf, readInput, Sentence, strictObject } from './read-input.ts';
import { SourceReference } from './source.ts';
import { streamProblems } from './stream-problems.ts';

const FOR_EVER = 100 * 365 * DAY_MS;

const FeatureViewInput = strictObject({
  name: DefinedName,
  entity: EntityReference,
  source: SourceReference,
  /** The source column that holds each join key, where it is named otherwise. */
  keys: z.record(z.string(), z.string(), 'must be { join_key: "source_column" }').default({}),
  features: columnRecord(FeatureInputSchema, 'feature'),
  /** How old a value may be when it is read; null for ever. No default: it decides what a model may see. */
  ttl: durationBetween(MINUTE_MS, FOR_EVER).nullable(),
  /** Interval of the ticks, counted from the Unix epoch. */
  schedule: durationBetween(MINUTE_MS, 365 * DAY_MS).default(DAY_MS),
  /** Aggregates that change with each event: kept up to date in tiles of this length, which divides every window. */
  stream: strictObject({ tile: durationBetween(SECOND_MS, DAY_MS) })
    .nullable()
    .default(null),
  /** Oldest age of the newest value that still counts as fresh. */
  freshness: durationBetween(MINUTE_MS, FOR_EVER).nullable().default(null),
  /** What has to hold of the rows, and what happens to those, or to the run, where it does not. */
  expectations: z
    .array(ExpectationReference, 'must be a list, for example [expectNotNull("amount", { severity: "warn" })]')
    .default([]),
  description: Sentence.default(''),
  owner: Sentence,
});

/**
 * A named, versioned group of features of one entity, computed from one source: all of them aggregates over windows,
 * or all of them values of single rows.
 *
 * Defaults: join keys are source columns of the same name, computed daily (`schedule: '1d'`), not streamed, no freshness
 * promised.
 * `ttl` has no default: write a duration or null.
 *
 * @throws DefinitionError
 */
export function featureView<
  const N extends string,
  S extends Source,
  const F extends Readonly<Record<string, FeatureInput>>,
>(
  input: z.input<typeof FeatureViewInput> & { readonly name: N; readonly source: S; readonly features: F },
): KnownView<N, FeatureKinds<S, F>> {
  const what = labelOf('feature view', input);
  const read = readInput(what, FeatureViewInput, input);
  const problems: { path: string; problem: string }[] = [];
  const features = Object.entries(read.features).map(([name, { compute, description }]): Feature => {
    const named = compute.kind === 'column' && compute.column === '' ? { ...compute, column: name } : compute;
    try {
      return { name, type: featureType(named, read.source), compute: named, description };
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push({ path: `features.${name}`, problem: error.message });
      return { name, type: 'float64', compute: named, description };
    }
  });
  const defined: FeatureView = {
    kind: 'featureView',
    name: read.name,
    entity: read.entity.name,
    source: read.source.name,
    keyColumns: keyColumnsOf(read.entity, read.keys),
    features,
    ttlMs: read.ttl,
    scheduleMs: read.schedule,
    freshnessMs: read.freshness,
    stream: read.stream === null ? null : { tileMs: read.stream.tile },
    expectations: read.expectations,
    description: read.description,
    owner: read.owner,
  };
  problems.push(
    ...keyProblems(read.entity, read.source, read.keys),
    ...featureViewProblems(defined, read.entity, read.source),
  );
  refuse(what, problems);
  return deepFreeze(defined) as KnownView<N, FeatureKinds<S, F>>; // the name is the given one; kinds are types alone
}

/** What is wrong between the fields of a view. */
export function featureViewProblems(
  view: FeatureView,
  of: Entity,
  from: Source,
): readonly { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const aggregates = view.features.filter(({ compute }) => compute.kind === 'aggregate').map(({ name }) => name);
  const others = view.features.filter(({ compute }) => compute.kind !== 'aggregate').map(({ name }) => name);
  if (aggregates.length > 0 && others.length > 0) {
    const problem = `aggregates (${aggregates.join(', ')}) and values of single rows (${others.join(', ')}) cannot be in one view; make two views`;
    problems.push({ path: 'features', problem });
  }
  if (aggregates.length > 0 && 'fixedMs' in from.eventTime) {
    const problem = `source ${from.name} has a fixed event time, so windows over it mean nothing; use column() or expression()`;
    problems.push({ path: `features.${aggregates[0]}`, problem });
  }
  for (const { name, compute } of view.features) {
    if (compute.kind !== 'aggregate' || view.stream !== null) continue; // what is streamed has no ticks
    const problem = tickProblem('a window', compute.windowMs, 'a schedule', view.scheduleMs);
    if (problem !== null) problems.push({ path: `features.${name}`, problem });
  }
  for (const { name } of view.features) {
    if (!of.joinKeys.some((key) => key.name === name)) continue;
    problems.push({
      path: `features.${name}`,
      problem: `"${name}" is the name of a join key of ${of.name}; give the feature another name`,
    });
  }
  problems.push(...streamProblems(view, from), ...expectationProblems(view, from));
  return problems;
}
