import { AwsError } from '../../service.ts';
import { type Document, memberOf, recordsIn } from './document.ts';
import type { CallDynamoDb } from './table-resource.ts';

/** Knows the partition keys of tables and indexes, each asked for once. */
export interface PartitionKeys {
  /** Null when there is no such table or index: the request that names it is refused for that. */
  of(table: string, index?: string): Promise<string | null>;
  /** To be called whenever a table was made, changed or deleted. */
  forget(): void;
}

export function makePartitionKeys(call: CallDynamoDb): PartitionKeys {
  const known = new Map<string, string>();
  return {
    async of(table, index) {
      const id = JSON.stringify([table, index]);
      const found = known.get(id) ?? (await partitionKeyOf(call, table, index));
      if (found !== null) known.set(id, found);
      return found;
    },
    forget: () => known.clear(),
  };
}

async function partitionKeyOf(call: CallDynamoDb, table: string, index: string | undefined): Promise<string | null> {
  const name = table.slice(table.lastIndexOf('/') + 1); // the ARN of a table ends in its name
  const description = await describe(call, name);
  const indexes = [description['GlobalSecondaryIndexes'], description['LocalSecondaryIndexes']].flatMap(recordsIn);
  const keyed = index === undefined ? description : indexes.find((found) => found['IndexName'] === index);
  const hash = recordsIn(keyed?.['KeySchema']).find((part) => part['KeyType'] === 'HASH');
  return hash === undefined ? null : String(hash['AttributeName']);
}

async function describe(call: CallDynamoDb, name: string): Promise<Document> {
  try {
    return memberOf(await call('DescribeTable', { TableName: name }), 'Table');
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return {};
    throw error;
  }
}
