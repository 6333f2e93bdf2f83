import { expect, it } from 'vitest';
import { neededRights } from '../../local/services/dynamodb/authorize-operation.ts';

const PREFIX = 'arn:aws:dynamodb:us-east-1:000000000000:table/';

it.each<[string, string, object, string[]]>([
  ['GetItem asks for the table', 'GetItem', { TableName: 'a' }, ['dynamodb:GetItem a']],
  ['Query asks for the index', 'Query', { TableName: 'a', IndexName: 'i' }, ['dynamodb:Query a/index/i']],
  ['a table may be named by its ARN', 'PutItem', { TableName: `${PREFIX}a` }, ['dynamodb:PutItem a']],
  [
    'BatchGetItem asks for every table',
    'BatchGetItem',
    { RequestItems: { a: {}, b: {} } },
    ['dynamodb:BatchGetItem a', 'dynamodb:BatchGetItem b'],
  ],
  [
    'TransactWriteItems asks for what each item does',
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'a' } },
        { Update: { TableName: 'b' } },
        { Delete: { TableName: 'a' } },
        { ConditionCheck: { TableName: 'c' } },
      ],
    },
    ['dynamodb:PutItem a', 'dynamodb:UpdateItem b', 'dynamodb:DeleteItem a', 'dynamodb:ConditionCheckItem c'],
  ],
  [
    'TransactGetItems asks for GetItem',
    'TransactGetItems',
    { TransactItems: [{ Get: { TableName: 'a' } }] },
    ['dynamodb:GetItem a'],
  ],
  ['ListTables asks for everything', 'ListTables', {}, ['dynamodb:ListTables *']],
])('%s', (_, operation, input, expected) => {
  const rights = neededRights(operation, { ...input }, PREFIX).map(
    ({ action, resource }) => `${action} ${resource.replace(PREFIX, '')}`,
  );
  expect(rights).toEqual(expected);
});

it('refuses an operation whose rights it does not know', () => {
  expect(() => neededRights('ExecuteStatement', {}, PREFIX)).toThrow('has no operation "ExecuteStatement"');
});
