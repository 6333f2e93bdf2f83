import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { UnavailableError } from '../../../core/errors.ts';
import {
  commitRun,
  emptyTable,
  fenceDeadRuns,
  fenceRun,
  freeTable,
  openRun,
  type TableState,
  type TableStep,
} from '../../../core/offline/table-runs.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Run, TableLog } from '../../ports/table-log.ts';
import { answerOf, isNamed } from './aws-failure.ts';
import { isOvertaken } from './is-overtaken.ts';
import { jitteredPause, type Pause } from './jittered-pause.ts';

const HEAD = 'HEAD';
const MAX_TRIES = 20;

type Item = Record<string, AttributeValue>;

/**
 * Items `TABLE#<table>`: `HEAD` (the state as JSON, a version that every write moves on, and how far the table has
 * been brought online) and `RUN#<runId>`. A step is one transaction on the version it was computed from.
 *
 * @param pause before a step that another writer overtook is computed anew
 */
export function dynamoTableLog(
  dynamo: DynamoDBClient,
  table: string,
  clock: Clock,
  pause: Pause = jitteredPause(Math.random),
): TableLog {
  const keyOf = (name: string, sk: string): Item => ({ pk: { S: `TABLE#${name}` }, sk: { S: sk } });

  const read = async (name: string, runId: string): Promise<Seen> => {
    const keys = [keyOf(name, HEAD), keyOf(name, `RUN#${runId}`)];
    const get = new TransactGetItemsCommand({
      TransactItems: keys.map((Key) => ({ Get: { TableName: table, Key } })),
    });
    const { Responses: found = [] } = await answerOf(`DynamoDB read of table ${name}`, dynamo.send(get));
    return { ...seenHead(name, found[0]?.Item), run: runOf(found[1]?.Item) };
  };

  const readRun = async (name: string, runId: string): Promise<Run | null> => {
    const get = new GetItemCommand({ TableName: table, Key: keyOf(name, `RUN#${runId}`), ConsistentRead: true });
    return runOf((await answerOf(`DynamoDB read of run ${runId}`, dynamo.send(get))).Item);
  };

  /** False when somebody else wrote in between. */
  const write = async (
    name: string,
    version: number,
    { state, runs }: TableStep,
    reason?: string,
  ): Promise<boolean> => {
    const head: TransactWriteItem = {
      Update: {
        TableName: table,
        Key: keyOf(name, HEAD),
        UpdateExpression: 'SET #state = :state, #version = :next',
        ConditionExpression: version === 0 ? 'attribute_not_exists(#version)' : '#version = :seen',
        ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
        ExpressionAttributeValues: {
          ':state': { S: JSON.stringify(state) },
          ':next': { N: String(version + 1) },
          ...(version > 0 && { ':seen': { N: String(version) } }),
        },
      },
    };
    const puts = runs.map((run) => ({
      Put: { TableName: table, Item: { ...keyOf(name, `RUN#${run.runId}`), ...itemOf(run, reason) } },
    }));
    try {
      await dynamo.send(new TransactWriteItemsCommand({ TransactItems: [head, ...puts] }));
      return true;
    } catch (error) {
      if (isOvertaken(error)) return false;
      return answerOf(`DynamoDB write of table ${name}`, Promise.reject(error));
    }
  };

  /** Computes the step from what is there until it is written, or nothing has to be. */
  const change = async <T>(
    name: string,
    runId: string,
    next: (seen: Seen) => Change<T>,
    reason?: string,
  ): Promise<T> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tries > 0) await pause(tries);
      const seen = await read(name, runId);
      const { step, answer } = next(seen);
      if (step === null || (await write(name, seen.version, step, reason))) return answer;
    }
    throw new UnavailableError(`table ${name} changed ${MAX_TRIES} times while run ${runId} tried to; try again`);
  };

  return {
    async head(name) {
      const get = new GetItemCommand({ TableName: table, Key: keyOf(name, HEAD), ConsistentRead: true });
      return seenHead(name, (await answerOf(`DynamoDB read of table ${name}`, dynamo.send(get))).Item).state.head;
    },
    run: readRun,
    async committedRuns(name, from, before, limit) {
      const found: Run[] = [];
      let start: Item | undefined;
      do {
        const query = new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :before',
          FilterExpression: '#state = :committed',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ':pk': { S: `TABLE#${name}` },
            ':from': { S: `RUN#${from}` },
            ':before': { S: `RUN#${before}` },
            ':committed': { S: 'committed' },
          },
          ...(Number.isFinite(limit) && { Limit: limit }),
          ...(start !== undefined && { ExclusiveStartKey: start }),
        });
        const page = await answerOf(`DynamoDB query of runs of ${name}`, dynamo.send(query));
        const runs = (page.Items ?? []).map((item) => runOf(item)!); // every item of the range is a run
        found.push(...runs.filter(({ runId }) => runId !== before));
        start = page.LastEvaluatedKey;
      } while (start !== undefined && found.length < limit);
      return found.slice(0, limit);
    },
    open: (name, runId, leaseMs, mode) =>
      change(name, runId, ({ state, run }) =>
        openRun(state, run, { runId, nowMs: clock.now().getTime(), leaseMs, mode }),
      ),
    commit: (name, runId, facts) =>
      change(name, runId, ({ state, run }) => ({
        step: commitRun(state, run, runId, facts),
        answer: undefined,
      })),
    async abandon(name, runId, reason, clean) {
      const fence = ({ state, run }: Seen) => ({ step: fenceRun(state, run), answer: undefined });
      await change(name, runId, fence, reason);
      const run = await readRun(name, runId);
      if (run?.state !== 'abandoned') return;
      await clean(run);
      await change(name, runId, ({ state }) => ({ step: freeTable(state, run), answer: undefined }));
    },
    async sweep(name, clean) {
      const dead = await change(name, 'sweep', ({ state }) => {
        const step = fenceDeadRuns(state, clock.now().getTime());
        return { step, answer: (step?.state ?? state).dirty };
      });
      for (const one of dead) {
        await clean(one);
        await change(name, one.runId, ({ state }) => ({ step: freeTable(state, one), answer: undefined }));
      }
    },
    async forgetOnline(name) {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(name, HEAD),
        UpdateExpression: 'REMOVE #online',
        ExpressionAttributeNames: { '#online': 'onlineToMs' },
      });
      await answerOf(`DynamoDB write of table ${name}`, dynamo.send(update));
    },
    async advanceOnline(name, loadedAtMs) {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(name, HEAD),
        UpdateExpression: 'SET #online = :to',
        ConditionExpression: 'attribute_not_exists(#online) OR #online < :to',
        ExpressionAttributeNames: { '#online': 'onlineToMs' },
        ExpressionAttributeValues: { ':to': { N: String(loadedAtMs) } },
      });
      try {
        await dynamo.send(update);
      } catch (error) {
        if (isNamed(error, 'ConditionalCheckFailedException')) return;
        await answerOf(`DynamoDB write of table ${name}`, Promise.reject(error));
      }
    },
  };
}

interface Seen {
  readonly state: TableState;
  /** 0 before the first write. */
  readonly version: number;
  readonly run: Run | null;
}

interface Change<T> {
  readonly step: TableStep | null;
  readonly answer: T;
}

function seenHead(name: string, item: Item | undefined): Omit<Seen, 'run'> {
  const text = item?.['state']?.S;
  const empty = emptyTable(name);
  const state: TableState = { ...empty, ...(text !== undefined && JSON.parse(text)) }; // written by this adapter
  const onlineToMs = Number(item?.['onlineToMs']?.N ?? 0);
  return {
    state: { ...state, head: { ...empty.head, ...state.head, onlineToMs } },
    version: Number(item?.['version']?.N ?? 0),
  };
}

function itemOf(run: Run, reason: string | undefined): Item {
  const item: Item = { run: { S: JSON.stringify(run) }, state: { S: run.state } };
  if (run.state === 'abandoned' && reason !== undefined) item['reason'] = { S: reason };
  return item;
}

function runOf(item: Item | undefined): Run | null {
  const text = item?.['run']?.S;
  return text === undefined ? null : JSON.parse(text); // written by this adapter
}
