import type { JoinKey } from '../definitions/entity.ts';
import type { Value } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';
import { excessiveKeyBytes, MAX_JOIN_KEY_BYTES } from './join-key-size.ts';

/**
 * Checks that exactly the join keys are named, that each value has its key's type, and that they are not too long.
 *
 * @throws InvalidInputError naming what is missing, unknown, of another type or too long
 */
export function checkEntities(
  joinKeys: readonly JoinKey[],
  given: Readonly<Record<string, string | number>>,
): Readonly<Record<string, string | number>> {
  checkJoinKeyNames(
    joinKeys.map(({ name }) => name),
    Object.keys(given),
  );
  for (const key of joinKeys) checkJoinKeyValue(key, given[key.name]!, () => `entities.${key.name}`);
  checkJoinKeySize(joinKeys, (name) => given[name]!, '');
  return given;
}

function checkJoinKeyNames(known: readonly string[], given: readonly string[]): void {
  const missing = known.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !known.includes(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`has unknown ${unknown.slice(0, 10).join(', ')}`] : []),
  ];
  const wanted = known.length === 0 ? 'give none: {}' : `give exactly ${known.join(', ')}`;
  throw new InvalidInputError(`entities ${parts.join(' and ')}; ${wanted}`, {
    missing,
    unknown: unknown.slice(0, 10),
    known,
  });
}

/** @param at names the value in messages */
export function checkJoinKeyValue(key: JoinKey, value: Value, at: () => string): string | number {
  if (key.type === 'string' && typeof value === 'string' && value !== '') return value;
  if (key.type === 'int64' && typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const allowed = key.type === 'string' ? 'a string that is not empty' : 'a whole number';
  const given = JSON.stringify(value).slice(0, 100);
  throw new InvalidInputError(`${at()} must be ${allowed} (${key.type}), given ${given}`, {
    at: at(),
    allowed: key.type,
  });
}

/** @param place of the entity among those asked for, as in `[3]` */
export function checkJoinKeySize(
  joinKeys: readonly JoinKey[],
  read: (name: string) => string | number,
  place: string,
): void {
  const bytes = excessiveKeyBytes(joinKeys.map(({ name }) => read(name)));
  if (bytes === null) return;
  const names = joinKeys.map(({ name }) => `entities.${name}${place}`).join(' and ');
  throw new InvalidInputError(
    `${names} take ${bytes} bytes as JSON, join keys at most ${MAX_JOIN_KEY_BYTES}; no entity is stored under longer ones`,
    { sizeBytes: bytes, allowedBytes: MAX_JOIN_KEY_BYTES },
  );
}
