import type { Entity } from '../../core/definitions/entity.ts';
import type { Source } from '../../core/definitions/source.ts';
import { quoteValue } from './read-input.ts';

/** The source column of each join key: the one that `keys` says, else that of the same name. */
export function keyColumnsOf(of: Entity, keys: Readonly<Record<string, string>>): readonly string[] {
  return of.joinKeys.map((key) => keys[key.name] ?? key.name);
}

/** What is wrong with the columns that hold the join keys. */
export function keyProblems(
  of: Entity,
  from: Source,
  keys: Readonly<Record<string, string>>,
): readonly { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const names = of.joinKeys.map((key) => key.name);
  for (const name of Object.keys(keys)) {
    if (!names.includes(name))
      problems.push({
        path: `keys.${name}`,
        problem: `${of.name} has no join key ${quoteValue(name)}; join keys: ${names.join(', ')}`,
      });
  }
  const columns = from.columns.map((column) => column.name).join(', ');
  for (const key of of.joinKeys) {
    const name = keys[key.name] ?? key.name;
    const found = from.columns.find((column) => column.name === name);
    if (found === undefined) {
      const problem = `source ${from.name} has no column ${quoteValue(name)}; write keys: { ${key.name}: "…" } with one of ${columns}`;
      problems.push({ path: `keys.${key.name}`, problem });
    } else if (found.type !== key.type) {
      const problem = `column ${quoteValue(name)} of source ${from.name} is a ${found.type}, and join key ${key.name} of ${of.name} a ${key.type}; declare both the same`;
      problems.push({ path: `keys.${key.name}`, problem });
    }
  }
  return problems;
}
