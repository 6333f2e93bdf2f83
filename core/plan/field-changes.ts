import { canonicalJson } from '../canonical-json.ts';

/** One field that differs; undefined on the side that does not have it. */
export interface FieldChange {
  /** `features.spend_30d.compute.windowMs`; members of lists of named things go by their name, others by their place. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Every difference between two pieces of plain data, as small as it can be told: nothing that differs is left out.
 * Lists of named things are compared by name, so that a new member in the middle is one change; that only their order
 * differs is a change of its own. Other lists of equal length are compared place by place, and else as a whole.
 *
 * @example
 * fieldChanges({ ttlMs: 1, a: 'x' }, { ttlMs: 2, a: 'x' }); // => [{ path: 'ttlMs', before: 1, after: 2 }]
 */
export function fieldChanges(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null) && before !== undefined && after !== undefined) {
    return [];
  }
  if (isRecord(before) && isRecord(after)) return changesOfMembers(before, after, path);
  if (isNamedList(before) && isNamedList(after)) {
    const changes = changesOfMembers(byName(before), byName(after), path);
    const order = { path: at(path, '(order)'), before: commonNames(before, after), after: commonNames(after, before) };
    return order.before.join() === order.after.join() ? changes : [...changes, order];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((one, i) => fieldChanges(one, after[i], at(path, String(i))));
  }
  return [{ path, before, after }];
}

function changesOfMembers(before: Members, after: Members, path: string): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const there = Object.hasOwn(before, name) ? before[name] : undefined;
    const wanted = Object.hasOwn(after, name) ? after[name] : undefined;
    return fieldChanges(there, wanted, at(path, name));
  });
}

type Members = Readonly<Record<string, unknown>>;

function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamedList(value: unknown): value is readonly { readonly name: string }[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const names = value.map((one) => (isRecord(one) ? one['name'] : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

type Named = { readonly name: string };

/** Names of the members that both lists have, in the order of the first. */
function commonNames(list: readonly Named[], other: readonly Named[]): readonly string[] {
  const there = new Set(other.map(({ name }) => name));
  return list.map(({ name }) => name).filter((name) => there.has(name));
}

function byName(list: readonly { readonly name: string }[]): Members {
  return Object.fromEntries(list.map((one) => [one.name, one]));
}
