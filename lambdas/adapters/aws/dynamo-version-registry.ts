import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { UnavailableError } from '../../../core/errors.ts';
import type { RegisteredVersion, VersionChange, VersionEvent } from '../../../core/versions/registered-version.ts';
import { versionKey } from '../../../core/versions/release-needs.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';
import { answerOf } from './aws-failure.ts';
import { isOvertaken } from './is-overtaken.ts';
import { type Item, jsonOf } from './registry-items.ts';

const KEPT = 'VIEWS';
const RETIRED = 'RETIREDVIEWS';
const MAX_TRIES = 12;
const MAX_READS = 5;

/**
 * Items `VIEWS`/`<view>@<version>` of the versions that are kept, so that one query reads them all; a retired one moves
 * to `RETIREDVIEWS`. `VIEWHISTORY#<view>` has one item per event. A change is one transaction with its event.
 */
export function dynamoVersionRegistry(dynamo: DynamoDBClient, table: string): VersionRegistry {
  const query = async (pk: string, options: { readonly limit?: number; readonly isNewestFirst?: boolean } = {}) => {
    const items: Item[] = [];
    const { limit = Number.POSITIVE_INFINITY } = options;
    let ExclusiveStartKey: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ...(options.isNewestFirst === true && { ScanIndexForward: false }),
        ...(Number.isFinite(limit) && { Limit: limit }),
        ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
      });
      const page = await answerOf('DynamoDB Query of view versions', dynamo.send(command));
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined && items.length < limit);
    return items;
  };

  const all = async (pk: string) => (await query(pk)).map((item) => jsonOf<RegisteredVersion>(item, 'view_version'));

  const find = async (view: string, version: string): Promise<RegisteredVersion | null> => {
    const sk = { S: versionKey(view, version) };
    const Keys = [KEPT, RETIRED].map((pk) => ({ pk: { S: pk }, sk }));
    for (let reads = 0; reads < MAX_READS; reads++) {
      const get = new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } });
      const answer = await answerOf(`DynamoDB read of version ${sk.S}`, dynamo.send(get));
      if (Object.keys(answer.UnprocessedKeys ?? {}).length > 0) continue; // a key is answered, or the read fails
      const found = (answer.Responses?.[table] ?? []).map((item) => jsonOf<RegisteredVersion>(item, 'view_version'));
      // the two reads of a batch are two instants: of a version on its way from one key to the other the newer counts
      return found.sort((a, b) => b.revision - a.revision)[0] ?? null;
    }
    throw new UnavailableError(`the registry left version ${sk.S} unanswered ${MAX_READS} times; try again`);
  };

  const write = async (seen: RegisteredVersion | null, { next, event }: VersionChange): Promise<boolean> => {
    try {
      await dynamo.send(new TransactWriteItemsCommand({ TransactItems: itemsOf(table, seen, next, event) }));
      return true;
    } catch (error) {
      if (isOvertaken(error)) return false;
      return answerOf(`DynamoDB write of version ${event.view}@${event.version}`, Promise.reject(error));
    }
  };

  return {
    kept: () => all(KEPT),
    retired: () => all(RETIRED),
    find,
    async change(view, version, next) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const seen = await find(view, version);
        const wanted = next(seen);
        if (wanted === null) return seen;
        if (await write(seen, wanted)) return wanted.next;
      }
      throw new UnavailableError(`version ${versionKey(view, version)} changed ${MAX_TRIES} times; try again`);
    },
    async history(view, limit) {
      const items = await query(`VIEWHISTORY#${view}`, { limit, isNewestFirst: true });
      return items.slice(0, limit).map((item) => jsonOf<VersionEvent>(item, 'event'));
    },
  };
}

function itemsOf(
  table: string,
  seen: RegisteredVersion | null,
  next: RegisteredVersion,
  event: VersionEvent,
): TransactWriteItem[] {
  const keyOf = ({ state }: RegisteredVersion): Item => ({
    pk: { S: state === 'retired' ? RETIRED : KEPT },
    sk: { S: versionKey(event.view, event.version) },
  });
  const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
  const isSeen = (revision: number) => ({
    ConditionExpression: '#revision = :seen',
    ExpressionAttributeNames: { '#revision': 'revision' },
    ExpressionAttributeValues: { ':seen': { N: String(revision) } },
  });
  const item = { ...keyOf(next), view_version: { S: JSON.stringify(next) }, revision: { N: String(next.revision) } };
  const moves = seen !== null && keyOf(seen)['pk']?.S !== keyOf(next)['pk']?.S;
  const condition = seen === null || moves ? isNew : isSeen(seen.revision);
  const sk = `${event.at}#${event.version}#${String(event.revision).padStart(6, '0')}`;
  return [
    { Put: { TableName: table, Item: item, ...condition } },
    ...(moves ? [{ Delete: { TableName: table, Key: keyOf(seen), ...isSeen(seen.revision) } }] : []),
    {
      Put: {
        TableName: table,
        Item: { pk: { S: `VIEWHISTORY#${event.view}` }, sk: { S: sk }, event: { S: JSON.stringify(event) } },
      },
    },
  ];
}
