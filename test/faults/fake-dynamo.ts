import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type DynamoDBClient,
  type KeysAndAttributes,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../lambdas/adapters/aws/registry-items.ts';

export interface FakeDynamo {
  readonly client: DynamoDBClient;
  /** Reads in the order they came, as they were asked. */
  readonly reads: BatchGetItemCommandInput[];
  /** Partition keys of the writes that came, those that were refused included. */
  readonly writes: string[];
  put(table: string, item: Item): void;
}

export interface FakeDynamoFaults {
  /** How many of the keys of a table the n-th read (from 1) answers; the others are left over. By default all. */
  readonly answers?: (keys: number, read: number) => number;
  /** What a request fails with; null lets it through. */
  readonly fails?: (kind: 'read' | 'write', pk: string, request: number) => Error | null;
}

/** DynamoDB in memory for reads in batches and single writes, without conditions, that leaves over and refuses what it is told. */
export function fakeDynamo({ answers = (keys) => keys, fails = () => null }: FakeDynamoFaults = {}): FakeDynamo {
  const items = new Map<string, Item>();
  const idOf = (table: string, key: Item) => JSON.stringify([table, key['pk']?.S, key['sk']?.S]);
  const found = (table: string, key: Item): Item[] => {
    const item = items.get(idOf(table, key));
    return item === undefined ? [] : [item];
  };
  const reads: BatchGetItemCommandInput[] = [];
  const writes: string[] = [];
  let requests = 0;

  const read = (input: BatchGetItemCommandInput) => {
    reads.push(input);
    const responses: Record<string, Item[]> = {};
    const left: Record<string, KeysAndAttributes> = {};
    for (const [table, asked] of Object.entries(input.RequestItems ?? {})) {
      const keys = (asked.Keys ?? []) as readonly Item[];
      if (keys.length > 100)
        throw awsError('ValidationException', 'Too many items requested for the BatchGetItem call');
      const taken = answers(keys.length, reads.length);
      // in no order, as DynamoDB answers
      responses[table] = keys
        .slice(0, taken)
        .flatMap((key) => found(table, key))
        .reverse();
      if (taken < keys.length) left[table] = { ...asked, Keys: keys.slice(taken) };
    }
    return { Responses: responses, UnprocessedKeys: left };
  };

  const send = async (command: unknown): Promise<unknown> => {
    requests++;
    if (command instanceof BatchGetItemCommand) {
      const [first] = Object.values(command.input.RequestItems ?? {})[0]?.Keys ?? [];
      const failure = fails('read', first?.['pk']?.S ?? '', requests);
      if (failure !== null) throw failure;
      return read(command.input);
    }
    if (!(command instanceof PutItemCommand)) throw new Error(`this fake knows no ${String(command)}`);
    const item = (command.input.Item ?? {}) as Item;
    const pk = item['pk']?.S ?? '';
    writes.push(pk);
    const failure = fails('write', pk, requests);
    if (failure !== null) throw failure;
    items.set(idOf(command.input.TableName ?? '', item), item);
    return {};
  };

  return {
    client: { send } as unknown as DynamoDBClient, // all that the adapters use of a client
    reads,
    writes,
    put: (table, item) => void items.set(idOf(table, item), item),
  };
}

/** What an SDK throws. */
export function awsError(name: string, message = 'no', facts: object = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 }, ...facts });
}
