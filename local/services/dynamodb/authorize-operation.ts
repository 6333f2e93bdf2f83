import { isRecord } from '../../assembly/template.ts';
import { AwsError } from '../../service.ts';

/** An action a request needs, and the ARN it needs it on. */
export interface NeededRight {
  readonly action: string;
  readonly resource: string;
}

/** Operations on one table (or index), whose IAM action has the same name. */
const TABLE_OPERATIONS = new Set([
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
  'UpdateTable',
  'UpdateTimeToLive',
]);
/** Operations that IAM knows no resource for. */
const ACCOUNT_OPERATIONS = new Set(['DescribeEndpoints', 'DescribeLimits', 'GetRecords', 'ListStreams', 'ListTables']);
const STREAM_OPERATIONS = new Set(['DescribeStream', 'GetShardIterator']);

type Document = Readonly<Record<string, unknown>>;

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

  if (TABLE_OPERATIONS.has(operation)) {
    const table = tableArn(input['TableName']);
    return [right(operation, input['IndexName'] === undefined ? table : `${table}/index/${input['IndexName']}`)];
  }
  if (ACCOUNT_OPERATIONS.has(operation)) return [right(operation, '*')];
  if (STREAM_OPERATIONS.has(operation)) return [right(operation, String(input['StreamArn']))];
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(isRecord(input['RequestItems']) ? input['RequestItems'] : {}).map((table) =>
        right(operation, tableArn(table)),
      );
    case 'TransactGetItems':
      return transactItems(input).map((item) => right('GetItem', tableArn(memberOf(item, 'Get')?.['TableName'])));
    case 'TransactWriteItems':
      return transactItems(input).flatMap((item) =>
        Object.entries(TRANSACT_ACTIONS)
          .filter(([member]) => member in item)
          .map(([member, action]) => right(action, tableArn(memberOf(item, member)?.['TableName']))),
      );
    case 'TagResource':
    case 'UntagResource':
    case 'ListTagsOfResource':
      return [right(operation, String(input['ResourceArn']))];
    default:
      throw new AwsError('UnknownOperationException', `the laptop region's DynamoDB has no operation "${operation}"`);
  }
}

/** What each member of a TransactWriteItems item needs. */
const TRANSACT_ACTIONS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

function transactItems(input: Document): readonly Document[] {
  const items = input['TransactItems'];
  return Array.isArray(items) ? items.filter(isRecord) : [];
}

function memberOf(item: Document, member: string): Document | undefined {
  const value = item[member];
  return isRecord(value) ? value : undefined;
}
