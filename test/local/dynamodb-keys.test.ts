import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleCredentials } from '../../local/iam/credentials.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { neededRights } from '../../local/services/dynamodb/authorize-operation.ts';
import { leadingKeys } from '../../local/services/dynamodb/leading-keys.ts';
import { lambdaRole, writeAssembly } from './fixture-assembly.ts';
import { newStateDir } from './running-regions.ts';

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
const put = (pk: string) => ({ TableName: 'notes', Item: key(pk) });

function keysOf(operation: string, input: object): readonly (readonly string[])[] {
  const rights = neededRights(
    operation,
    { TableName: 'notes', ...input },
    'arn:aws:dynamodb:us-east-1:000000000000:table/',
  );
  return rights.map(({ keyed }) => (keyed === undefined ? [] : leadingKeys(keyed, 'pk')));
}

describe('the partition keys of a request', () => {
  it.each<[string, string, object, readonly (readonly string[])[]]>([
    ['GetItem', 'GetItem', { Key: key('A') }, [['A']]],
    ['PutItem', 'PutItem', { Item: { ...key('A'), other: { S: 'B' } } }, [['A']]],
    ['UpdateItem', 'UpdateItem', { Key: key('A') }, [['A']]],
    ['DeleteItem', 'DeleteItem', { Key: key('A') }, [['A']]],
    ['a number is its digits', 'GetItem', { Key: { pk: { N: '17' } } }, [['17']]],
    [
      'Query',
      'Query',
      {
        KeyConditionExpression: 'pk = :a AND sk >= :b',
        ExpressionAttributeValues: { ':a': { S: 'A' }, ':b': { S: 'B' } },
      },
      [['A']],
    ],
    [
      'Query that names the sort key first, and both by placeholders',
      'Query',
      {
        KeyConditionExpression: '(#s = :b) and (#p = :a)',
        ExpressionAttributeNames: { '#p': 'pk', '#s': 'sk' },
        ExpressionAttributeValues: { ':a': { S: 'A' }, ':b': { S: 'B' } },
      },
      [['A']],
    ],
    [
      'Query with conditions of the older form',
      'Query',
      { KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'A' }] } } },
      [['A']],
    ],
    [
      'BatchGetItem, by table',
      'BatchGetItem',
      { RequestItems: { notes: { Keys: [key('A'), key('B'), key('A')] }, u: { Keys: [key('C')] } } },
      [['A', 'B'], ['C']],
    ],
    [
      'BatchWriteItem',
      'BatchWriteItem',
      { RequestItems: { notes: [{ PutRequest: { Item: key('A') } }, { DeleteRequest: { Key: key('B') } }] } },
      [['A', 'B']],
    ],
    [
      'TransactGetItems',
      'TransactGetItems',
      { TransactItems: [{ Get: { TableName: 'notes', Key: key('A') } }] },
      [['A']],
    ],
    [
      'TransactWriteItems, each item by itself',
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: put('A') },
          { Update: { TableName: 'notes', Key: key('B') } },
          { Delete: { TableName: 'notes', Key: key('C') } },
          { ConditionCheck: { TableName: 'notes', Key: key('D') } },
        ],
      },
      [['A'], ['B'], ['C'], ['D']],
    ],
    ['none for Scan', 'Scan', {}, [[]]],
    ['none for a table', 'DescribeTable', {}, [[]]],
  ])('%s', (_, operation, input, expected) => {
    expect(keysOf(operation, input)).toEqual(expected);
  });
});

describe('a policy on partition keys', () => {
  let region: RunningRegion;
  let db: DynamoDBClient;
  beforeAll(async () => {
    const assemblyDir = writeAssembly({
      S: {
        template: {
          Resources: {
            Keeper: lambdaRole([
              {
                Effect: 'Allow',
                Action: 'dynamodb:*',
                Resource: '*',
                Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['MINE#*', 'OURS'] } },
              },
            ]),
            Table: {
              Type: 'AWS::DynamoDB::Table',
              Properties: {
                TableName: 'notes',
                AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
                KeySchema: [
                  { AttributeName: 'pk', KeyType: 'HASH' },
                  { AttributeName: 'sk', KeyType: 'RANGE' },
                ],
              },
            },
          },
          Outputs: { Role: { Value: { 'Fn::GetAtt': ['Keeper', 'Arn'] } } },
        },
      },
    });
    region = await startRegion({ assemblyDir, stateDir: newStateDir(), apiPort: 0, awsPort: 0 });
    db = new DynamoDBClient({
      endpoint: region.endpointUrl,
      region: 'us-east-1',
      credentials: roleCredentials(region.outputs['S']!['Role']!),
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    db.destroy();
    await region.stop();
  });

  const query = (pk: string) =>
    new QueryCommand({
      TableName: 'notes',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: pk } },
    });

  it('lets through what stays inside it', async () => {
    await db.send(new PutItemCommand(put('MINE#1')));
    await db.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put('MINE#2') }, { Put: put('OURS') }] }));
    expect((await db.send(query('MINE#1'))).Count).toBe(1);
    const batch = await db.send(
      new BatchGetItemCommand({ RequestItems: { notes: { Keys: [key('MINE#1'), key('OURS')] } } }),
    );
    expect(batch.Responses?.['notes']).toHaveLength(2);
  });

  it('is not asked about a scan, which names no key: ForAllValues holds of nothing', async () => {
    expect((await db.send(new ScanCommand({ TableName: 'notes' }))).ScannedCount).toBeGreaterThan(0);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['GetItem', () => db.send(new GetItemCommand({ TableName: 'notes', Key: key('YOURS') }))],
    ['PutItem', () => db.send(new PutItemCommand(put('OURS#1')))],
    ['Query', () => db.send(query('YOURS'))],
    [
      'BatchGetItem with one key outside',
      () => db.send(new BatchGetItemCommand({ RequestItems: { notes: { Keys: [key('OURS'), key('YOURS')] } } })),
    ],
    [
      'BatchWriteItem with one key outside',
      () =>
        db.send(
          new BatchWriteItemCommand({
            RequestItems: { notes: [{ PutRequest: { Item: key('OURS') } }, { DeleteRequest: { Key: key('YOURS') } }] },
          }),
        ),
    ],
    [
      'a transaction with one key outside',
      () => db.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put('OURS') }, { Put: put('YOURS') }] })),
    ],
  ])('refuses %s', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
