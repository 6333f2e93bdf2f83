import type { Definitions } from '../definitions/definitions.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';

/** One definition that is added, removed or changed. */
export interface DefinitionChange {
  readonly kind: string;
  readonly name: string;
  readonly action: 'added' | 'changed' | 'removed';
  /** Empty unless it is changed. */
  readonly fields: readonly FieldChange[];
}

/** In the order in which people think of them: what data there is, what is computed from it, what uses that. */
const LISTS = ['entities', 'sources', 'featureViews', 'onDemandFeatureViews', 'featureServices', 'models'] as const;

/** Every difference between the definitions that are deployed and those that are wanted. */
export function definitionChanges(deployed: Definitions, wanted: Definitions): readonly DefinitionChange[] {
  return LISTS.flatMap((list) => {
    const before = byName(deployed[list]);
    const after = byName(wanted[list]);
    const names = [...new Set([...before.keys(), ...after.keys()])].sort();
    return names.flatMap((name) => changeOf(name, before.get(name), after.get(name)) ?? []);
  });
}

interface Named {
  readonly kind: string;
  readonly name: string;
}

function byName(list: readonly Named[]): ReadonlyMap<string, Named> {
  return new Map(list.map((one) => [one.name, one]));
}

function changeOf(name: string, before: Named | undefined, after: Named | undefined): DefinitionChange | null {
  if (before === undefined) return after === undefined ? null : { kind: after.kind, name, action: 'added', fields: [] };
  if (after === undefined) return { kind: before.kind, name, action: 'removed', fields: [] };
  const fields = fieldChanges(before, after);
  return fields.length === 0 ? null : { kind: after.kind, name, action: 'changed', fields };
}
