import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';

const OVERTAKEN: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);
const BUSY: ReadonlySet<string> = new Set([...OVERTAKEN, 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** Whether a transaction was refused because another writer was first, so that reading again and deciding anew can help. */
export function isOvertaken(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  return isCancelledFor(OVERTAKEN, error);
}

/** Whether a part of the transaction was throttled, so that nothing of it was written; the SDK does not try these again. */
export function isThrottledInPart(error: unknown): boolean {
  return isCancelledFor(BUSY, error) && !isOvertaken(error);
}

function isCancelledFor(codes: ReadonlySet<string>, error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  return (error.CancellationReasons ?? []).every(({ Code: code }) => codes.has(code ?? 'None'));
}
