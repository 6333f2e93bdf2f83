import * as z from 'zod';
import { quoteValue } from './read-input.ts';

const GRAMMAR = /^[a-z][a-z0-9_]{0,39}$/;
const SPELLING = 'a lower-case letter, then up to 39 lower-case letters, digits or _';

/** Columns that the platform adds to tables. */
const RESERVED_COLUMNS: readonly string[] = [
  'event_time_ms',
  'known_at_ms',
  'loaded_at_ms',
  'seq',
  'loaded_day',
  'label',
  'label_id',
  'label_time_ms',
];

/** Name of an entity, source, feature view or model. */
export const DefinedName = z
  .string({ error: (issue) => `${quoteValue(issue.input)} is not a name; write ${SPELLING}` })
  .regex(GRAMMAR, { error: (issue) => `${quoteValue(issue.input)} is not a name; write ${SPELLING}` });

/** Name of a column, join key or feature. */
export const ColumnName = DefinedName.refine((name) => !RESERVED_COLUMNS.includes(name) && !name.startsWith('hg_'), {
  error: (issue) =>
    `${quoteValue(issue.input)} is reserved; choose a name other than ${RESERVED_COLUMNS.join(', ')} and not beginning with hg_`,
});

/**
 * An object whose keys are column names; `record` alone would not show its own message for a key.
 *
 * @param fewest 1 unless none will do as well
 */
export function columnRecord<V extends z.ZodType>(value: V, what: string, fewest: 0 | 1 = 1) {
  return z
    .record(z.string(), value, {
      error: (issue) => `${quoteValue(issue.input)} is not an object; write { name: ${what} }`,
    })
    .superRefine((record, context) => {
      if (Object.keys(record).length < fewest)
        context.addIssue({ code: 'custom', message: `{} is empty; write at least one ${what}` });
      for (const name of Object.keys(record)) {
        const checked = ColumnName.safeParse(name);
        for (const issue of checked.error?.issues ?? [])
          context.addIssue({ code: 'custom', path: [name], message: issue.message });
      }
    });
}
