import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';

const OVERTAKEN: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);

/** Whether a transaction was refused because another writer was first, so that reading again and deciding anew can help. */
export function isOvertaken(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  return (error.CancellationReasons ?? []).every(({ Code: code }) => OVERTAKEN.has(code ?? 'None'));
}
