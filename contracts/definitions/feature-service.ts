import * as z from 'zod';
import type { FeatureService, ViewAlias } from '../../core/definitions/feature-service.ts';
import type { FeatureRef, FeatureView } from '../../core/definitions/feature-view.ts';
import type { OnDemandFeatureView } from '../../core/definitions/on-demand-feature-view.ts';
import { ColumnName, DefinedName } from './defined-name.ts';
import { refuse } from './definition-error.ts';
import { deepFreeze, labelOf, quoteValue, readInput, Sentence, strictObject } from './read-input.ts';

/** A feature view under another name, by other join keys. */
export interface AliasedView {
  readonly kind: 'viewAlias';
  readonly name: string;
  readonly view: FeatureView;
  readonly joinKeys: readonly string[];
}

const AliasInput = strictObject({
  name: DefinedName,
  joinKeys: z.array(ColumnName, 'must be a list of column names'),
});

/**
 * A feature view under another name, by other join keys: `alias(location, { name: 'origin', joinKeys: ['origin_id'] })`.
 *
 * @param input `joinKeys` has a name for each join key of the view's entity, in the entity's order
 * @throws DefinitionError
 */
export function alias(view: FeatureView, input: z.input<typeof AliasInput>): AliasedView {
  const what = labelOf('alias', input);
  const read = readInput(what, AliasInput, input);
  const defined: AliasedView = { kind: 'viewAlias', ...read, view };
  refuse(what, aliasProblems({ ...read, view: view.name }, view));
  return deepFreeze(defined);
}

type Named = FeatureView | OnDemandFeatureView | AliasedView | FeatureRef | string;

const FeatureReference = z.custom<Named>(
  (value) => {
    if (typeof value === 'string') return /^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/.test(value);
    if (typeof value !== 'object' || value === null) return false;
    if ('kind' in value) return ['featureView', 'onDemandFeatureView', 'viewAlias'].includes(String(value.kind));
    return 'view' in value && 'feature' in value;
  },
  {
    error: (issue) =>
      `${quoteValue(issue.input)} is not a feature; write "view:feature", feature(view, "name"), alias(view, { … }) or a whole view`,
  },
);

const FeatureServiceInput = strictObject({
  name: DefinedName,
  features: z
    .array(FeatureReference, 'must be a list of features')
    .min(1, '[] is empty; a feature service needs at least one feature'),
  /** Aliases of which `features` names single features; whole ones are found there. */
  aliases: z
    .array(
      z.custom<AliasedView>(
        (value) => typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'viewAlias',
        'expected an alias; write alias(view, { name: "origin", joinKeys: ["origin_id"] })',
      ),
      'must be a list of aliases',
    )
    .default([]),
  description: Sentence.default(''),
  owner: Sentence,
});

/**
 * A named list of features that are read together, in the order they are answered.
 *
 * @throws DefinitionError
 */
export function featureService(input: z.input<typeof FeatureServiceInput>): FeatureService {
  const what = labelOf('feature service', input);
  const read = readInput(what, FeatureServiceInput, input);
  const aliases = [...read.aliases, ...read.features.filter(isAlias)];
  const defined: FeatureService = {
    kind: 'featureService',
    name: read.name,
    features: read.features.flatMap(referencesOf),
    aliases: [...new Set(aliases)].map(({ name, view, joinKeys }) => ({ name, view: view.name, joinKeys })),
    description: read.description,
    owner: read.owner,
  };
  refuse(what, featureServiceProblems(defined));
  return deepFreeze(defined);
}

/** What is wrong between the fields of a feature service. */
export function featureServiceProblems(
  service: FeatureService,
): readonly { readonly path: string; readonly problem: string }[] {
  const refs = service.features.map(({ view, feature }) => `${view}:${feature}`);
  const names = service.aliases.map(({ name }) => name);
  return [
    ...repeated(refs).map((ref) => ({
      path: 'features',
      problem: `${quoteValue(ref)} is there more than once; write it once`,
    })),
    ...repeated(names).map((name) => ({
      path: 'aliases',
      problem: `two aliases are named ${quoteValue(name)}; rename one of them`,
    })),
  ];
}

/** What is wrong between an alias and the view that it stands for. */
export function aliasProblems(
  { name, joinKeys }: ViewAlias,
  view: FeatureView,
): readonly { readonly path: string; readonly problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  if (joinKeys.length !== view.keyColumns.length) {
    problems.push({
      path: 'joinKeys',
      problem: `alias ${quoteValue(name)} names ${joinKeys.length} join keys and view "${view.name}" has ${view.keyColumns.length}; name each of them, in the order of entity ${view.entity}`,
    });
  }
  for (const key of repeated(joinKeys)) {
    const problem = `alias ${quoteValue(name)} names join key ${quoteValue(key)} more than once; name each once`;
    problems.push({ path: 'joinKeys', problem });
  }
  return problems;
}

function isAlias(given: Named): given is AliasedView {
  return typeof given === 'object' && 'kind' in given && given.kind === 'viewAlias';
}

function referencesOf(given: Named): readonly FeatureRef[] {
  if (typeof given === 'string') {
    const [view = '', feature = ''] = given.split(':');
    return [{ view, feature }];
  }
  if (!('kind' in given)) return [{ view: given.view, feature: given.feature }];
  const { features } = given.kind === 'viewAlias' ? given.view : given;
  return features.map((feature) => ({ view: given.name, feature: feature.name }));
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}
