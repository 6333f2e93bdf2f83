import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { auditedWrite } from '../../../lambdas/adapters/aws/dynamo-audited-write.ts';

const event = { action: 'a', actor: 'b', at: '2026-03-01T12:00:00.000Z', detail: {} };

/** A table whose first answers are these cancellations, one code per item of the transaction. */
function tableThat(...cancelledFor: readonly (readonly string[])[]) {
  const cancellations = [...cancelledFor];
  const pauses: number[] = [];
  let asked = 0;
  // `send` is all that the write calls
  const dynamo = {
    async send() {
      const codes = cancellations.shift();
      if (codes === undefined) return {};
      throw new TransactionCanceledException({
        $metadata: {},
        message: `Transaction cancelled, reasons [${codes.join(', ')}]`,
        CancellationReasons: codes.map((Code) => ({ Code })),
      });
    },
  } as unknown as DynamoDBClient;
  const write = auditedWrite(
    dynamo,
    'table',
    async () => null,
    async (tries) => void pauses.push(tries),
  );
  return {
    pauses,
    asked: () => asked,
    write: () =>
      write('churn', event, async () => {
        asked++;
        return { items: [], answer: 'written' };
      }),
  };
}

const times = (n: number, ...codes: readonly string[]) => Array.from({ length: n }, () => codes);

describe('a write with its audit record', () => {
  it('is computed anew after a pause each time that another one was first', async () => {
    const table = tableThat(['ConditionalCheckFailed', 'None'], ['None', 'TransactionConflict']);
    expect(await table.write()).toBe('written');
    expect([table.asked(), table.pauses]).toEqual([3, [1, 2]]);
  });

  it('ends after a bounded number of tries, as something to try again', async () => {
    const table = tableThat(...times(1_000, 'TransactionConflict'));
    await expect(table.write()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(table.asked()).toBe(40);
  });

  it('is tried again a few times when an item of it was throttled, and then tells to slow down', async () => {
    const short = tableThat(...times(4, 'None', 'ThrottlingError'));
    expect(await short.write()).toBe('written');
    const long = tableThat(...times(100, 'None', 'ThrottlingError'));
    await expect(long.write()).rejects.toMatchObject({ name: 'ThrottledError', kind: 'throttled' });
    expect(long.asked()).toBe(5);
  });

  it('is not tried again when an item can never be written, and says which reason was given', async () => {
    const table = tableThat(['None', 'ItemCollectionSizeLimitExceeded']);
    await expect(table.write()).rejects.toThrow('ItemCollectionSizeLimitExceeded');
    expect(table.asked()).toBe(1);
  });
});
