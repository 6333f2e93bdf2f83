import { AwsError } from '../service.ts';

/**
 * One page of a list. The token is the place of the next item.
 *
 * @param errorCode error name of the service for a token it did not give
 */
export function page<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
  errorCode: string,
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'));
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError(errorCode, `the token "${token}" was not given by this list`);
  const items = all.slice(from, from + size);
  const nextFrom = from + size;
  return nextFrom < all.length ? { items, nextToken: Buffer.from(String(nextFrom)).toString('base64') } : { items };
}
