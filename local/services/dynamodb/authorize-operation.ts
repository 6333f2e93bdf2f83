import { isRecord } from '../../assembly/template.ts';
import { AwsError } from '../../service.ts';
import { type Document, memberOf, recordsIn } from './document.ts';
import type { KeyedRequest } from './leading-keys.ts';

/** An action a request needs, and the ARN it needs it on. */
export interface NeededRight {
  readonly action: string;
  readonly resource: string;
  /** What of the request names items; absent for actions on no item in particular. */
  readonly keyed?: KeyedRequest;
}

/** Operations on one table (or index), whose IAM action has the same name. */
const TABLE_OPERATIONS = new Set([
  'CreateTable',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'Query',
  'Scan',
  'UpdateTable',
  'UpdateTimeToLive',
]);
/** Operations on one item of one table. */
const ITEM_OPERATIONS = new Set(['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem']);
/** Operations that IAM knows no resource for. */
const ACCOUNT_OPERATIONS = new Set(['DescribeEndpoints', 'DescribeLimits', 'GetRecords', 'ListStreams', 'ListTables']);
const STREAM_OPERATIONS = new Set(['DescribeStream', 'GetShardIterator']);

/**
 * Every right that DynamoDB asks IAM for before it runs the operation.
 * Source: AWS, Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB".
 *
 * @param tableArnPrefix `arn:aws:dynamodb:<region>:<account>:table/`
 * @throws AwsError `UnknownOperationException` for an operation whose rights are not known here
 */
export function neededRights(operation: string, input: Document, tableArnPrefix: string): readonly NeededRight[] {
  const tableArn = (name: unknown) => (String(name).startsWith('arn:') ? String(name) : `${tableArnPrefix}${name}`);
  const right = (name: string, resource: string): NeededRight => ({ action: `dynamodb:${name}`, resource });
  const itemRight = (name: string, table: unknown, items: readonly unknown[]): NeededRight => ({
    ...right(name, tableArn(table)),
    keyed: { table: String(table), items: recordsIn(items) },
  });

  if (ITEM_OPERATIONS.has(operation))
    return [itemRight(operation, input['TableName'], [input['Item'] ?? input['Key']])];
  if (TABLE_OPERATIONS.has(operation)) {
    const table = String(input['TableName']);
    const index = input['IndexName'] === undefined ? undefined : String(input['IndexName']);
    const asked = right(operation, index === undefined ? tableArn(table) : `${tableArn(table)}/index/${index}`);
    return [operation === 'Query' ? { ...asked, keyed: { table, index, items: [], query: input } } : asked];
  }
  if (ACCOUNT_OPERATIONS.has(operation)) return [right(operation, '*')];
  if (STREAM_OPERATIONS.has(operation)) return [right(operation, String(input['StreamArn']))];
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries(memberOf(input, 'RequestItems')).map(([table, requests]) =>
        itemRight(operation, table, itemsOfBatch(requests)),
      );
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return recordsIn(input['TransactItems']).flatMap((item) =>
        Object.entries(TRANSACT_ACTIONS)
          .filter(([member]) => member in item)
          .map(([member, action]) => {
            const { TableName, Item, Key } = memberOf(item, member);
            return itemRight(action, TableName, [Item ?? Key]);
          }),
      );
    case 'TagResource':
    case 'UntagResource':
    case 'ListTagsOfResource':
      return [right(operation, String(input['ResourceArn']))];
    default:
      throw new AwsError('UnknownOperationException', `the laptop region's DynamoDB has no operation "${operation}"`);
  }
}

/** What each member of an item of a transaction needs. */
const TRANSACT_ACTIONS = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** `{Keys: […]}` of a read, `[{PutRequest: {Item}}, {DeleteRequest: {Key}}]` of a write. */
function itemsOfBatch(requests: unknown): readonly unknown[] {
  if (isRecord(requests)) return recordsIn(requests['Keys']);
  return recordsIn(requests).map(
    (write) => memberOf(write, 'PutRequest')['Item'] ?? memberOf(write, 'DeleteRequest')['Key'],
  );
}
