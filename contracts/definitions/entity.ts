import * as z from 'zod';
import type { Entity } from '../../core/definitions/entity.ts';
import { columnRecord, DefinedName } from './defined-name.ts';
import { deepFreeze, labelOf, oneOf, readInput, Sentence, strictObject } from './read-input.ts';

const KEY_TYPES = ['string', 'int64'] as const;

const EntityInput = strictObject({
  name: DefinedName,
  /**
   * Type of each column that names one of them, in the order that spells the key. `{}` for a thing there is one of:
   * the whole shop, the market.
   */
  joinKeys: columnRecord(oneOf(KEY_TYPES), 'join key', 0),
  description: Sentence.default(''),
  owner: Sentence,
});

/**
 * The thing features describe, and the columns that name one of them.
 *
 * @throws DefinitionError
 */
export function entity(input: z.input<typeof EntityInput>): Entity {
  const read = readInput(labelOf('entity', input), EntityInput, input);
  const joinKeys = Object.entries(read.joinKeys).map(([name, type]) => ({ name, type }));
  return deepFreeze({ kind: 'entity', name: read.name, joinKeys, description: read.description, owner: read.owner });
}

/** For inputs that refer to one. */
export const EntityReference = z.custom<Entity>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'entity',
  'expected an entity; write the constant that entity({ … }) gave, not its name',
);
