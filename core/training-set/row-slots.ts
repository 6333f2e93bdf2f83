import type { ValueType } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';

/**
 * The rows of every entity table lie in one Glue table, whose columns are places for values of a type: which place a
 * column takes is part of the training set's plan. Columns that take no part in the join lie in the same files, under
 * names that the Glue table does not have, and so are not read by it.
 */
export const ENTITY_ROWS_TABLE = 'entity_rows';
/** Partition key of the Glue table. */
export const ENTITY_TABLE_KEY = 'entity_table';

export const ROW_ID = 'row_id';
export const ROW_PART = 'part';
export const ROW_TIME = 'time_ms';

/** Columns of one type that can take part in a join. */
const SLOTS_PER_TYPE = 16;

const SLOT_PREFIX: Readonly<Record<ValueType, string>> = {
  string: 'text',
  int64: 'whole',
  timestamp: 'whole',
  float64: 'real',
  boolean: 'flag',
};

const GLUE_TYPES = { text: 'string', whole: 'bigint', real: 'double', flag: 'boolean' };

/** Columns of the Glue table with their types. */
export const ENTITY_ROWS_COLUMNS: Readonly<Record<string, string>> = {
  [ROW_ID]: 'bigint',
  [ROW_PART]: 'bigint',
  [ROW_TIME]: 'bigint',
  ...Object.fromEntries(
    Object.entries(GLUE_TYPES).flatMap(([prefix, type]) =>
      Array.from({ length: SLOTS_PER_TYPE }, (_, i) => [`${prefix}_${i}`, type]),
    ),
  ),
};

/** Gives out the places of one entity table, in order. */
export function rowSlots() {
  const taken = new Map<string, number>();
  const next = (prefix: string) => {
    const n = taken.get(prefix) ?? 0;
    taken.set(prefix, n + 1);
    return n;
  };
  return {
    time: () => ROW_TIME,
    carried: () => `carried_${next('carried')}`,
    joined(type: ValueType): string {
      const n = next(SLOT_PREFIX[type]);
      if (n < SLOTS_PER_TYPE) return `${SLOT_PREFIX[type]}_${n}`;
      throw new InvalidInputError(
        `more than ${SLOTS_PER_TYPE} columns of type ${type} are join keys or request fields; make two training sets`,
        { type, max: SLOTS_PER_TYPE },
      );
    },
  };
}
