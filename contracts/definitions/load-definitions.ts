import { canonicalJson } from '../../core/canonical-json.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Entity } from '../../core/definitions/entity.ts';
import type { FeatureService } from '../../core/definitions/feature-service.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { OnDemandFeatureView } from '../../core/definitions/on-demand-feature-view.ts';
import type { Source } from '../../core/definitions/source.ts';
import { definitionProblems, labelOfDefinition } from './check-definitions.ts';
import { DefinitionError, type DefinitionProblem } from './definition-error.ts';
import { SCHEMA_BY_KIND } from './definitions-schema.ts';
import { type DefinitionFile, loadDefinitionFiles } from './load-definition-files.ts';
import { inOrder } from './parse-definitions.ts';
import { deepFreeze, readInput } from './read-input.ts';
import { withRequiredKeys } from './source.ts';
import { statementProblems } from './statement-problems.ts';

type Definition = Entity | Source | FeatureView | OnDemandFeatureView | FeatureService | Model;

interface Exported {
  readonly definition: Definition;
  readonly label: string;
  readonly file: string;
}

/**
 * Everything that the files of a folder export, alone or in arrays, checked together. An empty folder is an empty set.
 * Columns that hold join keys become required, unless they were declared otherwise.
 *
 * @throws DefinitionError with every problem that could be found, each with its file
 */
export async function loadDefinitions(folder: string): Promise<Definitions> {
  const exported = (await loadDefinitionFiles(folder)).flatMap(definitionsOf);
  const { kept, problems } = withoutRepeats(exported);
  const of = <K extends Definition['kind']>(kind: K) =>
    kept.map((one) => one.definition).filter((one): one is Extract<Definition, { kind: K }> => one.kind === kind);
  const definitions = inOrder({
    entities: of('entity'),
    sources: of('source'),
    featureViews: of('featureView'),
    onDemandFeatureViews: of('onDemandFeatureView'),
    featureServices: of('featureService'),
    models: of('model'),
  });
  const fileOf = new Map(kept.map((one) => [one.label, one.file]));
  const between = definitionProblems(definitions);
  const found = (between.length > 0 ? between : statementProblems(definitions)).map((one) => ({
    file: fileOf.get(one.definition ?? '') ?? null,
    ...one,
  }));
  if (problems.length + found.length > 0) throw new DefinitionError([...problems, ...found]);
  return deepFreeze({ ...definitions, sources: definitions.sources.map((one) => withKeysOf(one, definitions)) });
}

function definitionsOf({ file, exported }: DefinitionFile): readonly Exported[] {
  const values = exported.flatMap(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]));
  return values.filter(isDefinition).map((definition) => {
    const label = labelOfDefinition(definition.kind, definition.name);
    try {
      readInput(label, SCHEMA_BY_KIND[definition.kind], definition); // something may have been written by hand
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      throw new DefinitionError(error.problems.map((one) => ({ ...one, file })));
    }
    return { definition, label, file };
  });
}

function isDefinition(value: unknown): value is Definition {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && Object.hasOwn(SCHEMA_BY_KIND, String(value.kind))
  );
}

/** The same definition may be exported from several files; two that differ may not share a name. */
function withoutRepeats(exported: readonly Exported[]): {
  kept: readonly Exported[];
  problems: readonly DefinitionProblem[];
} {
  const kept = new Map<string, Exported>();
  const problems: DefinitionProblem[] = [];
  for (const one of exported) {
    const first = kept.get(one.label);
    if (first === undefined) {
      kept.set(one.label, one);
    } else if (canonicalJson(first.definition) !== canonicalJson(one.definition)) {
      const problem = `${first.file} defines another one of that name; rename one of them`;
      problems.push({ file: one.file, definition: one.label, path: 'name', problem });
    }
  }
  return { kept: [...kept.values()], problems };
}

function withKeysOf(source: Source, definitions: Definitions): Source {
  const users = [...definitions.featureViews, ...definitions.models.map((model) => model.label)];
  const columns = users.filter((user) => user.source === source.name).flatMap((user) => user.keyColumns);
  return withRequiredKeys(source, new Set(columns));
}
