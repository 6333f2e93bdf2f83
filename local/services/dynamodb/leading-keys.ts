import { isRecord } from '../../assembly/template.ts';
import { type Document, memberOf } from './document.ts';

/** The part of a request that names items of one table. */
export interface KeyedRequest {
  /** Name or ARN. */
  readonly table: string;
  readonly index?: string;
  /** Keys of items, or whole items. */
  readonly items: readonly Document[];
  /** A Query, which names its partition in a condition. */
  readonly query?: Document;
}

/**
 * What the condition key `dynamodb:LeadingKeys` holds for a request: the partition key values it names, each once,
 * numbers as digits and bytes as base64. Empty where none can be read; DynamoDB refuses such a request itself.
 * Source: AWS, DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control".
 */
export function leadingKeys({ items, query }: KeyedRequest, partitionKey: string): readonly string[] {
  const named = items.map((item) => item[partitionKey]);
  if (query !== undefined) named.push(partitionOf(query, partitionKey));
  return [...new Set(named.flatMap(textOf))];
}

/** The attribute value that a Query compares the partition key with. */
function partitionOf(query: Document, partitionKey: string): unknown {
  const conditions = memberOf(query, 'KeyConditions');
  const values = memberOf(conditions, partitionKey)['AttributeValueList'];
  if (Array.isArray(values)) return values[0];
  const names = memberOf(query, 'ExpressionAttributeNames');
  const equalities = String(query['KeyConditionExpression'] ?? '').matchAll(/(#?[\w.-]+)\s*=\s*(:\w+)/g);
  for (const [, name = '', value = ''] of equalities) {
    if ((names[name] ?? name) === partitionKey) return memberOf(query, 'ExpressionAttributeValues')[value];
  }
  return undefined;
}

/** `{"S":"a"}` as `a`. */
function textOf(attributeValue: unknown): readonly string[] {
  return isRecord(attributeValue) ? Object.values(attributeValue).map(String) : [];
}
