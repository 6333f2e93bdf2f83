import type { JoinKey } from '../definitions/entity.ts';
import type { RequestField } from '../definitions/on-demand-feature-view.ts';
import type { Row, Value } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';
import { checkJoinKeySize, checkJoinKeyValue } from './entity-key.ts';
import { checkContext } from './request-context.ts';

/** One list per name, all of the same length: what stands at one place of each belongs together. */
export type EntityLists = Readonly<Record<string, readonly Value[]>>;

/** Different entities, and which of them is meant at each place. */
export interface DistinctEntities {
  /** Join key values in the entity's order. */
  readonly keys: readonly (readonly (string | number)[])[];
  /** By place: index in `keys`; -1 where a join key is null, so that no entity is meant. */
  readonly at: readonly number[];
}

/**
 * Number of places. Lists that are neither of a join key nor of a request field have to be as long as the others and
 * mean nothing else, as in Feast. Without any list there is one place, when nothing needs a list.
 *
 * @throws InvalidInputError for a list that is missing or of another length
 */
export function countPlaces(lists: EntityLists, needed: readonly string[]): number {
  const missing = needed.filter((name) => !Object.hasOwn(lists, name));
  if (missing.length > 0) {
    throw new InvalidInputError(`entities lacks ${missing.join(', ')}; needed are ${needed.join(', ')}`, {
      missing,
      needed,
    });
  }
  const lengths = Object.values(lists).map((list) => list.length);
  const [count = 1] = lengths;
  if (count === 0 || lengths.some((length) => length !== count)) {
    throw new InvalidInputError('the lists in entities must have at least one place, and all the same number', {
      lengths: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.length])),
    });
  }
  return count;
}

/**
 * Each entity once, in the order of first places.
 *
 * @throws InvalidInputError for a value that is neither null nor of its key's type, or too long
 */
export function distinctEntities(lists: EntityLists, joinKeys: readonly JoinKey[], count: number): DistinctEntities {
  const keys: (readonly (string | number)[])[] = [];
  const known = new Map<Value, number>();
  const at = Array.from({ length: count }, (_, place): number => {
    const key = keyAt(lists, joinKeys, place);
    if (key === null) return -1;
    const id = key.length === 1 ? key[0]! : JSON.stringify(key);
    const seen = known.get(id);
    if (seen !== undefined) return seen;
    checkJoinKeySize(joinKeys, (name) => key[joinKeys.findIndex((one) => one.name === name)]!, `[${place}]`);
    known.set(id, keys.length);
    return keys.push(key) - 1;
  });
  return { keys, at };
}

function keyAt(lists: EntityLists, joinKeys: readonly JoinKey[], place: number): readonly (string | number)[] | null {
  const key: (string | number)[] = [];
  let isNull = false;
  for (const joinKey of joinKeys) {
    const value = lists[joinKey.name]![place]!; // names and lengths were checked
    if (value === null) isNull = true;
    else key.push(checkJoinKeyValue(joinKey, value, () => `entities.${joinKey.name}[${place}]`));
  }
  return isNull ? null : key;
}

/** The request fields at each place. @throws InvalidInputError for a value of another type */
export function requestRows(lists: EntityLists, fields: readonly RequestField[], count: number): readonly Row[] {
  return Array.from({ length: count }, (_, place) =>
    checkContext(
      fields,
      Object.fromEntries(fields.map(({ name }) => [name, lists[name]![place]!])),
      `entities at [${place}]`,
    ),
  );
}
