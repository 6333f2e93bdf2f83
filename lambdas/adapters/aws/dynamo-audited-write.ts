import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { type AuditEvent, CHAIN_START, nextRecord } from '../../../core/audit/audit-record.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { UnavailableError } from '../../../core/errors.ts';
import { answerOf } from './aws-failure.ts';
import { isOvertaken, isThrottledInPart } from './is-overtaken.ts';
import type { Pause } from './jittered-pause.ts';
import { type Item, modelKey } from './registry-items.ts';

/** With pauses up to 250 ms some four seconds: well within the 29 s of the API, and enough for fifty writers of one model at once. */
const MAX_TRIES = 40;

/** Then whoever asked is told to wait: more tries of everybody would keep a busy table busy. */
const MAX_THROTTLED = 4;

/** What a change writes; `items` null means that it has been made already. */
export interface AuditedChange<T> {
  readonly items: readonly TransactWriteItem[] | null;
  readonly answer: T;
  /** Recorded instead of the event of the write. */
  readonly event?: AuditEvent;
}

/**
 * Writes a change together with the next record of the model's audit chain. `plan` reads what is there and puts
 * conditions on what it read; when one of them no longer holds it is asked again, and it throws when the change has
 * become impossible. After throttling of a part, of which nothing was written, it is asked again a few times too.
 */
export function auditedWrite(
  dynamo: DynamoDBClient,
  table: string,
  get: (key: Item) => Promise<Item | null>,
  pause: Pause,
) {
  return async <T>(model: string, event: AuditEvent | null, plan: () => Promise<AuditedChange<T>>): Promise<T> => {
    let throttled = 0;
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const head = await get(modelKey(model, 'AUDITHEAD'));
      const { items, answer, event: instead = event } = await plan();
      if (items === null) return answer;
      const record = instead === null ? [] : auditItems(table, model, head, instead);
      const transaction = new TransactWriteItemsCommand({ TransactItems: [...items, ...record] });
      try {
        await dynamo.send(transaction);
        return answer;
      } catch (error) {
        const mayTryAgain = isOvertaken(error) || (isThrottledInPart(error) && ++throttled <= MAX_THROTTLED);
        if (!mayTryAgain) await answerOf(`DynamoDB write of model ${model}`, Promise.reject(error));
        await pause(tries);
      }
    }
    throw new UnavailableError(`model "${model}" changed ${MAX_TRIES} times during one write; try again`, { model });
  };
}

function auditItems(table: string, model: string, head: Item | null, event: AuditEvent): TransactWriteItem[] {
  const previous = { position: Number(head?.['position']?.N ?? 0), hash: head?.['hash']?.S ?? CHAIN_START };
  const record = nextRecord(model, previous, event);
  const sk = `AUDIT#${String(record.position).padStart(12, '0')}`;
  return [
    {
      Put: {
        TableName: table,
        Item: { ...modelKey(model, sk), record: { S: canonicalJson(record) } },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    {
      Put: {
        TableName: table,
        Item: {
          ...modelKey(model, 'AUDITHEAD'),
          position: { N: String(record.position) },
          hash: { S: record.hash },
        },
        ...(head === null
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#position = :seen',
              ExpressionAttributeNames: { '#position': 'position' },
              ExpressionAttributeValues: { ':seen': { N: String(previous.position) } },
            }),
      },
    },
  ];
}
