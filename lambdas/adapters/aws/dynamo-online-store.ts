import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  type KeysAndAttributes,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { CorruptDataError, UnavailableError } from '../../../core/errors.ts';
import type { Route } from '../../../core/release/route.ts';
import { refuseLargeItem } from '../../../core/serving/online-item-size.ts';
import type { Clock, Random } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { OnlineChange, OnlineItem, OnlineKey, OnlineStore } from '../../ports/online-store.ts';
import { answerOf, isNamed } from './aws-failure.ts';
import { inParallel } from './in-parallel.ts';
import { type Item, routeItemKey, routeOf } from './registry-items.ts';

const KEYS_PER_READ = 100;
const READ_DEADLINE_MS = 3_000;
const FIRST_PAUSE_MS = 10;
/** As many connections as the SDK keeps to one host. */
const PARALLEL_WRITES = 48;
const UPDATE_TRIES = 12;

export interface DynamoOnlineStoreProps {
  readonly dynamo: DynamoDBClient;
  readonly onlineTable: string;
  /** Where routes lie; null for functions that never ask for one. */
  readonly registryTable: string | null;
  readonly clock: Clock;
  readonly random: Random;
  /** Told how many keys were given up. */
  readonly metrics: Metrics;
}

/**
 * One item per entity and version of a view: `pk` the canonical JSON of entity and join key values, `sk`
 * `view@version`, `v` the packed values, `e` event time, `k` knowledge time, `x` epoch seconds for the table's TTL,
 * `r` how often it was updated, for items that are added to.
 */
export function dynamoOnlineStore(props: DynamoOnlineStoreProps): OnlineStore {
  return {
    async read(keys, models) {
      const wanted = new Map<string, Wanted>();
      const pkOf = partitionKeys();
      const onlineIds = keys.map((key) => {
        const item = { pk: { S: pkOf(key) }, sk: { S: sortKey(key) } };
        return want(wanted, props.onlineTable, item, false);
      });
      const routeIds = models.map((model) => want(wanted, registryTable(props), routeItemKey(model), true));
      const chunks: Wanted[][] = [];
      for (const one of wanted.values()) {
        const last = chunks.at(-1);
        if (last === undefined || last.length === KEYS_PER_READ) chunks.push([one]);
        else last.push(one);
      }
      const found = new Map<string, Item>();
      await Promise.all(chunks.map((chunk) => readChunk(props, chunk, found)));
      return {
        items: keys.map((key, i) => onlineItemOf(key, found.get(onlineIds[i]!))),
        routes: routeIds.map((id): Route | null => routeOf(found.get(id))),
      };
    },

    async write(items) {
      items.forEach(refuseLargeItem);
      let stale = 0;
      await inParallel(items, PARALLEL_WRITES, async (item) => {
        if (!(await writeOne(props, item))) stale++;
      });
      return { written: items.length - stale, stale };
    },

    async update(changes) {
      let unchanged = 0;
      for (let from = 0; from < changes.length; from += KEYS_PER_READ) {
        const part = changes.slice(from, from + KEYS_PER_READ);
        const seen = await readSeen(props, part);
        await inParallel(part, PARALLEL_WRITES, async (change, i) => {
          if (!(await updateOne(props, change, seen[i]!))) unchanged++;
        });
      }
      return { written: changes.length - unchanged, unchanged };
    },
  };
}

/** What the store holds under each key, as the latest write left it; undefined where it holds nothing. */
async function readSeen(
  props: DynamoOnlineStoreProps,
  changes: readonly OnlineChange[],
): Promise<readonly { readonly item: Item | undefined }[]> {
  const wanted = new Map<string, Wanted>();
  const ids = changes.map(({ key }) => want(wanted, props.onlineTable, onlineKey(key), true));
  const found = new Map<string, Item>();
  await readChunk(props, [...wanted.values()], found);
  return ids.map((id) => ({ item: found.get(id) }));
}

/** False when there was nothing to change. */
async function updateOne(
  props: DynamoOnlineStoreProps,
  change: OnlineChange,
  first: { readonly item: Item | undefined },
): Promise<boolean> {
  let { item: seen } = first;
  for (let tries = 1; ; tries++) {
    const next = change.next(onlineItemOf(change.key, seen));
    if (next === null) return false;
    refuseLargeItem(next);
    if (await putOver(props, next, seen)) return true;
    if (tries === UPDATE_TRIES) {
      const { view, entity } = change.key;
      throw new UnavailableError(
        `the item of view ${view} for one ${entity} was written by others ${tries} times; try again`,
        { view, tries },
      );
    }
    await sleep(FIRST_PAUSE_MS * tries * props.random());
    seen = (await readSeen(props, [change]))[0]?.item;
  }
}

/** False when the item is not the one that was seen any more. */
async function putOver(
  { dynamo, onlineTable }: DynamoOnlineStoreProps,
  next: OnlineItem,
  seen: Item | undefined,
): Promise<boolean> {
  const revision = Number(seen?.['r']?.N ?? 0);
  const condition =
    seen === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : revision === 0
        ? { ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(r)' }
        : { ConditionExpression: 'r = :seen', ExpressionAttributeValues: { ':seen': { N: String(revision) } } };
  const item = { ...attributesOf(next), r: { N: String(revision + 1) } };
  return putIf(dynamo, { TableName: onlineTable, Item: item, ...condition });
}

interface Wanted {
  readonly table: string;
  readonly key: Item;
  readonly isConsistent: boolean;
}

/** Notes a key once, and gives the id its answer is found under. */
function want(wanted: Map<string, Wanted>, table: string, key: Item, isConsistent: boolean): string {
  const id = idOf(table, key);
  wanted.set(id, { table, key, isConsistent });
  return id;
}

function idOf(table: string, key: Item): string {
  return `${table}\n${key['pk']?.S}\n${key['sk']?.S}`;
}

/**
 * Reads into `found` until every key has been answered: what the store leaves over is asked again, with growing
 * pauses. The pauses count as well as the clock, which may step back.
 */
async function readChunk(
  props: DynamoOnlineStoreProps,
  chunk: readonly Wanted[],
  found: Map<string, Item>,
): Promise<void> {
  const deadlineMs = props.clock.now().getTime() + READ_DEADLINE_MS;
  let request = requestOf(chunk);
  let pausedMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const read = props.dynamo.send(new BatchGetItemCommand({ RequestItems: request }));
    const answer = await answerOf('DynamoDB BatchGetItem of online features', read);
    for (const [table, items] of Object.entries(answer.Responses ?? {})) {
      for (const item of items) found.set(idOf(table, item), item);
    }
    request = answer.UnprocessedKeys ?? {};
    const left = Object.values(request).reduce((sum, { Keys: keys }) => sum + (keys?.length ?? 0), 0);
    if (left === 0) return;
    if (pausedMs + pauseMs > READ_DEADLINE_MS || props.clock.now().getTime() + pauseMs > deadlineMs) {
      const values = { UnansweredOnlineKeys: left };
      props.metrics.put({ dimensions: {}, dimensionSets: [[]], values, unit: 'Count' });
      throw new UnavailableError(`the online store left ${left} of ${chunk.length} keys unanswered; try again`, {
        unanswered: left,
      });
    }
    const jitteredMs = pauseMs * (0.5 + props.random() / 2);
    pausedMs += jitteredMs;
    await sleep(jitteredMs);
  }
}

function requestOf(chunk: readonly Wanted[]): Record<string, KeysAndAttributes> {
  const request: Record<string, { Keys: Item[]; ConsistentRead: boolean }> = {};
  for (const { table, key, isConsistent } of chunk) {
    const of = request[table] ?? { Keys: [], ConsistentRead: isConsistent };
    of.Keys.push(key);
    request[table] = of;
  }
  return request;
}

/** False when the store holds a newer item. */
async function writeOne({ dynamo, onlineTable }: DynamoOnlineStoreProps, item: OnlineItem): Promise<boolean> {
  return putIf(dynamo, {
    TableName: onlineTable,
    Item: attributesOf(item),
    ConditionExpression: 'attribute_not_exists(pk) OR e < :e OR (e = :e AND k <= :k)',
    ExpressionAttributeValues: { ':e': { N: String(item.eventTimeMs) }, ':k': { N: String(item.knownAtMs) } },
  });
}

function attributesOf(item: OnlineItem): Item {
  return {
    ...onlineKey(item),
    v: { B: item.values },
    e: { N: String(item.eventTimeMs) },
    k: { N: String(item.knownAtMs) },
    ...(item.expiresAtMs !== null && { x: { N: String(Math.ceil(item.expiresAtMs / 1000)) } }),
  };
}

/** False when the condition does not hold. */
async function putIf(dynamo: DynamoDBClient, put: PutItemCommandInput): Promise<boolean> {
  try {
    await dynamo.send(new PutItemCommand(put));
    return true;
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return false;
    return answerOf('DynamoDB PutItem of an online item', Promise.reject(error));
  }
}

function onlineKey(key: OnlineKey): Item {
  return { pk: { S: partitionKey(key) }, sk: { S: sortKey(key) } };
}

function partitionKey({ entity, key }: OnlineKey): string {
  return canonicalJson([entity, ...key]);
}

function sortKey({ view, version }: OnlineKey): string {
  return `${view}@${version}`;
}

/** Partition keys spelled once for each list of join key values, which keys of several views share. */
function partitionKeys(): (key: OnlineKey) => string {
  const spelled = new Map<OnlineKey['key'], { readonly entity: string; readonly pk: string }>();
  return (key) => {
    const known = spelled.get(key.key);
    if (known?.entity === key.entity) return known.pk;
    const pk = partitionKey(key);
    spelled.set(key.key, { entity: key.entity, pk });
    return pk;
  };
}

function onlineItemOf(key: OnlineKey, item: Item | undefined): OnlineItem | null {
  if (item === undefined) return null;
  const { v, e, k, x }: Record<string, AttributeValue | undefined> = item;
  if (v?.B === undefined || e?.N === undefined || k?.N === undefined) {
    throw new CorruptDataError(`an online item of view ${key.view}@${key.version} lacks its values or times`);
  }
  return {
    ...key,
    values: v.B,
    eventTimeMs: Number(e.N),
    knownAtMs: Number(k.N),
    expiresAtMs: x?.N === undefined ? null : Number(x.N) * 1000,
  };
}

function registryTable({ registryTable }: DynamoOnlineStoreProps): string {
  if (registryTable === null) throw new CorruptDataError('a route was asked of an online store without a registry');
  return registryTable;
}
