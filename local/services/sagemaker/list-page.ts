import type * as z from 'zod';
import { page } from '../page.ts';
import type { listMembers } from './shapes.ts';

type ListInput = { [K in keyof typeof listMembers]?: z.infer<(typeof listMembers)[K]> };

export interface Listable {
  readonly name: string;
  readonly status?: string;
  readonly createdSeconds: number;
}

/** One page of a list operation, newest first unless asked otherwise; equal instants go by name. */
export function listPageOf<T extends Listable>(
  all: readonly T[],
  input: ListInput,
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const wanted = all.filter(
    (item) =>
      item.name.includes(input.NameContains ?? '') &&
      (input.StatusEquals === undefined || item.status === input.StatusEquals) &&
      item.createdSeconds > (input.CreationTimeAfter ?? Number.NEGATIVE_INFINITY) &&
      item.createdSeconds < (input.CreationTimeBefore ?? Number.POSITIVE_INFINITY),
  );
  const sortKey = (item: T) => {
    if (input.SortBy === 'Name') return item.name;
    return input.SortBy === 'Status' ? (item.status ?? '') : item.createdSeconds;
  };
  const sign = input.SortOrder === 'Ascending' ? 1 : -1;
  const sorted = wanted.sort((a, b) => sign * compare(sortKey(a), sortKey(b)) || compare(a.name, b.name));
  const { items, nextToken } = page(sorted, input.MaxResults ?? 10, input.NextToken, 'ValidationException');
  return nextToken === undefined ? { items } : { items, NextToken: nextToken };
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
