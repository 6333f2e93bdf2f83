import * as z from 'zod';
import type { ProvisionedResource, ResourceRequest } from '../../service.ts';
import { readProperties, templateBoolean } from '../read-document.ts';

/** Calls an operation of the emulator with JSON in and out. */
export type CallDynamoDb = (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

const Key = z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) });
const Attribute = z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) });
const Index = z.object({
  IndexName: z.string(),
  KeySchema: z.array(Key),
  Projection: z.strictObject({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).optional(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});
const TimeToLive = z.strictObject({ AttributeName: z.string().optional(), Enabled: templateBoolean });
const Stream = z.object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) });
/** Properties without an effect on a laptop: cost, encryption at rest, backups, tags, contributor insights. */
const accepted = z.unknown().optional();

const commonProperties = {
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(Attribute),
  KeySchema: z.array(Key),
  GlobalSecondaryIndexes: z.array(Index).default([]),
  LocalSecondaryIndexes: z.array(Index).default([]),
  StreamSpecification: Stream.optional(),
  TimeToLiveSpecification: TimeToLive.optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  SSESpecification: accepted,
  WarmThroughput: accepted,
};

export const TableProperties = z.strictObject({
  ...commonProperties,
  DeletionProtectionEnabled: templateBoolean.default(false),
  ContributorInsightsSpecification: accepted,
  OnDemandThroughput: accepted,
  PointInTimeRecoverySpecification: accepted,
  ProvisionedThroughput: accepted,
  ResourcePolicy: z.undefined('resource policies are not supported').optional(),
  TableClass: accepted,
  Tags: accepted,
});

const GlobalTableProperties = z.strictObject({
  ...commonProperties,
  Replicas: z
    .array(z.object({ Region: z.string(), DeletionProtectionEnabled: templateBoolean.default(false) }))
    .length(1, 'a laptop region is one region, so a global table has one replica'),
  WriteOnDemandThroughputSettings: accepted,
  WriteProvisionedThroughputSettings: accepted,
});

type Table = z.infer<typeof TableProperties>;

interface TableDescription {
  readonly KeySchema: readonly z.infer<typeof Key>[];
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string }[];
  readonly LatestStreamArn?: string;
}

export async function provisionTable(request: ResourceRequest, call: CallDynamoDb, arnPrefix: string) {
  return bringUp(readProperties(TableProperties, request, 'AWS::DynamoDB::Table'), request, call, arnPrefix);
}

export async function provisionGlobalTable(request: ResourceRequest, call: CallDynamoDb, arnPrefix: string) {
  const { Replicas, ...table } = readProperties(GlobalTableProperties, request, 'AWS::DynamoDB::GlobalTable');
  const isProtected = Replicas[0]?.DeletionProtectionEnabled ?? false;
  return bringUp({ ...table, DeletionProtectionEnabled: isProtected } as Table, request, call, arnPrefix); // differ in accepted members only
}

async function bringUp(
  table: Table,
  request: ResourceRequest,
  call: CallDynamoDb,
  arnPrefix: string,
): Promise<ProvisionedResource> {
  const name = table.TableName ?? request.generatedName;
  const before = await describe(name, call);
  if (before === undefined) await create(name, table, call);
  else await update(name, table, before, call);
  if (table.TimeToLiveSpecification !== undefined) await setTimeToLive(name, table.TimeToLiveSpecification, call);
  const after = await describe(name, call);
  const attributes: Record<string, string> = { Arn: `${arnPrefix}${name}` };
  if (after?.LatestStreamArn !== undefined) attributes['StreamArn'] = after.LatestStreamArn;
  return { ref: name, attributes };
}

async function describe(name: string, call: CallDynamoDb): Promise<TableDescription | undefined> {
  try {
    return (await call('DescribeTable', { TableName: name }))['Table'] as TableDescription; // shape of the API
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(name: string, table: Table, call: CallDynamoDb): Promise<void> {
  const indexes = (list: Table['GlobalSecondaryIndexes']) => (list.length === 0 ? undefined : list.map(indexInput));
  await call('CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: table.KeySchema,
    AttributeDefinitions: table.AttributeDefinitions,
    GlobalSecondaryIndexes: indexes(table.GlobalSecondaryIndexes),
    LocalSecondaryIndexes: indexes(table.LocalSecondaryIndexes),
    StreamSpecification: table.StreamSpecification && { StreamEnabled: true, ...table.StreamSpecification },
    DeletionProtectionEnabled: table.DeletionProtectionEnabled,
  });
}

/** Indexes come and go in place; a changed key would be another table, and the data of this one is not thrown away. */
async function update(name: string, table: Table, before: TableDescription, call: CallDynamoDb): Promise<void> {
  if (keyText(table.KeySchema) !== keyText(before.KeySchema)) {
    throw new Error(
      `table ${name} has the key ${keyText(before.KeySchema)} and the template now says ${keyText(table.KeySchema)}; ` +
        'AWS would replace the table; start with --fresh to do so here',
    );
  }
  const had = new Set((before.GlobalSecondaryIndexes ?? []).map((index) => index.IndexName));
  const wanted = new Set(table.GlobalSecondaryIndexes.map((index) => index.IndexName));
  const changes = [
    ...[...had].filter((index) => !wanted.has(index)).map((IndexName) => ({ Delete: { IndexName } })),
    ...table.GlobalSecondaryIndexes.filter((index) => !had.has(index.IndexName)).map((index) => ({
      Create: indexInput(index),
    })),
  ];
  for (const change of changes) {
    await call('UpdateTable', {
      TableName: name,
      AttributeDefinitions: table.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [change],
    });
  }
  await call('UpdateTable', { TableName: name, DeletionProtectionEnabled: table.DeletionProtectionEnabled });
}

async function setTimeToLive(name: string, wanted: z.infer<typeof TimeToLive>, call: CallDynamoDb): Promise<void> {
  const answer = await call('DescribeTimeToLive', { TableName: name });
  const before = answer['TimeToLiveDescription'] as { TimeToLiveStatus?: string; AttributeName?: string }; // shape of the API
  const isEnabled = before.TimeToLiveStatus === 'ENABLED';
  if (isEnabled === wanted.Enabled && (!isEnabled || before.AttributeName === wanted.AttributeName)) return;
  await call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: wanted });
}

function indexInput(index: z.infer<typeof Index>) {
  return { IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection };
}

function keyText(keys: readonly z.infer<typeof Key>[]): string {
  return keys.map((key) => `${key.AttributeName} ${key.KeyType}`).join(', ');
}
