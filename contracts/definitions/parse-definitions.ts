import { digestOf, type Sha256 } from '../../core/canonical-json.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { definitionProblems } from './check-definitions.ts';
import { DefinitionError } from './definition-error.ts';
import { DefinitionsSchema } from './definitions-schema.ts';
import { deepFreeze, readInput } from './read-input.ts';

/**
 * The serialized form, as `definitions.json` holds it, checked strictly.
 *
 * @throws DefinitionError with every problem
 */
export function parseDefinitions(json: unknown): Definitions {
  const definitions = readInput('definitions', DefinitionsSchema, json);
  const problems = definitionProblems(definitions);
  if (problems.length > 0) throw new DefinitionError(problems.map((one) => ({ file: null, ...one })));
  return deepFreeze(inOrder(definitions));
}

/** Names the content: definitions that say the same have the same digest, whatever file they came from. */
export function definitionsDigest(definitions: Definitions): Sha256 {
  return digestOf(inOrder(definitions));
}

/** Each list in order of name. */
export function inOrder(definitions: Definitions): Definitions {
  return {
    entities: byName(definitions.entities),
    sources: byName(definitions.sources),
    featureViews: byName(definitions.featureViews),
    onDemandFeatureViews: byName(definitions.onDemandFeatureViews),
    featureServices: byName(definitions.featureServices),
    models: byName(definitions.models),
  };
}

function byName<T extends { readonly name: string }>(among: readonly T[]): readonly T[] {
  return [...among].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
