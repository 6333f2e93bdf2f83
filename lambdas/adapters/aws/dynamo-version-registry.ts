import {
  type DynamoDBClient,
  QueryCommand,
  TransactGetItemsCommand,
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
const BODY = 'view_version';
const MAX_TRIES = 12;

/**
 * Items `VIEWS`/`<view>@<version>` of the versions that are kept, so that one query reads them all; the body of a retired
 * one moves to `RETIREDVIEWS` and leaves some bytes behind. `VIEWHISTORY#<view>` has one item per event. A change is one transaction with its event.
 */
export function dynamoVersionRegistry(dynamo: DynamoDBClient, table: string): VersionRegistry {
  const query = async (pk: string, options: { readonly limit?: number; readonly isNewestFirst?: boolean } = {}) => {
    const items: Item[] = [];
    const { limit = Number.POSITIVE_INFINITY } = options;
    let ExclusiveStartKey: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        ConsistentRead: true,
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

  const all = async (pk: string) => (await query(pk)).flatMap((item) => bodyOf(item) ?? []);

  /** Both places at one instant: a version moves from one to the other. */
  const find = async (view: string, version: string): Promise<RegisteredVersion | null> => {
    const sk = { S: versionKey(view, version) };
    const get = new TransactGetItemsCommand({
      TransactItems: [KEPT, RETIRED].map((pk) => ({ Get: { TableName: table, Key: { pk: { S: pk }, sk } } })),
    });
    const { Responses: places = [] } = await answerOf(`DynamoDB read of version ${sk.S}`, dynamo.send(get));
    const [found] = places.flatMap(({ Item }) => bodyOf(Item) ?? []);
    return found ?? null;
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

/** Null for a place that the version has left. */
function bodyOf(item: Item | undefined): RegisteredVersion | null {
  return item?.[BODY] === undefined ? null : jsonOf<RegisteredVersion>(item, BODY);
}

function itemsOf(
  table: string,
  seen: RegisteredVersion | null,
  next: RegisteredVersion,
  event: VersionEvent,
): TransactWriteItem[] {
  const sk = { S: versionKey(event.view, event.version) };
  const revision = { N: String(next.revision) };
  const body = { [BODY]: { S: JSON.stringify(next) } };
  const place = (state: RegisteredVersion['state']) => (state === 'retired' ? RETIRED : KEPT);
  const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
  const isSeen = {
    ConditionExpression: '#revision = :seen',
    ExpressionAttributeNames: { '#revision': 'revision' },
    ExpressionAttributeValues: { ':seen': { N: String(seen?.revision) } },
  };
  const put = (Item: Item, condition = {}): TransactWriteItem => ({ Put: { TableName: table, Item, ...condition } });
  const moves = seen !== null && place(seen.state) !== place(next.state);
  const historySk = { S: `${event.at}#${event.version}#${String(event.revision).padStart(6, '0')}` };
  const history = { pk: { S: `VIEWHISTORY#${event.view}` }, sk: historySk, event: { S: JSON.stringify(event) } };
  if (!moves) {
    const item = { pk: { S: place(next.state) }, sk, revision, ...body };
    return [put(item, seen === null ? isNew : isSeen), put(history)];
  }
  return [
    put({ pk: { S: place(seen.state) }, sk, revision }, isSeen), // nothing is ever deleted from the registry
    put({ pk: { S: place(next.state) }, sk, revision, ...body }),
    put(history),
  ];
}
