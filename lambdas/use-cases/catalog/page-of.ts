import type { PageQuery } from '../../../contracts/api/catalog.ts';
import { InvalidInputError } from '../../../core/errors.ts';

/**
 * A page of a model's list, newest first. The cursor names the last one of the page before, so that a new one in between shifts
 * nothing.
 *
 * @throws InvalidInputError for a cursor that no page gave
 */
export function pageOf<T>(
  all: readonly T[],
  idOf: (one: T) => string,
  { limit, cursor }: PageQuery,
  model: string,
): { readonly page: readonly T[]; readonly next: string | null } {
  const after = cursor === undefined ? -1 : all.findIndex((one) => idOf(one) === cursor);
  if (cursor !== undefined && after === -1) {
    throw new InvalidInputError(`cursor "${cursor}" is of no page of model "${model}"; begin without one`, { cursor });
  }
  const page = all.slice(after + 1, after + 1 + limit);
  const last = page.at(-1);
  const isLast = after + 1 + limit >= all.length;
  return { page, next: isLast || last === undefined ? null : idOf(last) };
}
