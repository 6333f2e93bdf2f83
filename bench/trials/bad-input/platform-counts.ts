import { createHash } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { FeatureViewListResponse } from '../../../contracts/api/catalog.ts';
import type { RunningRegion } from '../../../local/region.ts';
import { asked } from '../../../test/e2e/api.ts';

/** How much there is of everything that a caller can change. Uploads, abandoned runs and logs are not among it. */
export interface PlatformCounts {
  readonly 'source rows': number;
  readonly 'view rows': number;
  /** Parquet files of tables, training sets and releases. */
  readonly files: number;
  readonly 'online items': number;
  readonly predictions: number;
  readonly outcomes: number;
  readonly releases: number;
  readonly rollouts: number;
  readonly 'audit records': number;
  /** Sum over the models. */
  readonly 'route epochs': number;
  /** Of what is online, as a number. */
  readonly 'online content': number;
}

const FILES = /^(source|view|training-set|model|release)\//;

type Items = readonly Record<string, AttributeValue>[];

export interface Counter {
  count(): Promise<PlatformCounts>;
  close(): void;
}

/** Counts through the AWS endpoint and the API, as a person may. */
export async function makeCounter(region: RunningRegion): Promise<Counter> {
  const { endpointUrl: endpoint, regionName, credentials } = region;
  const dynamo = new DynamoDBClient({ endpoint, region: regionName, credentials });
  const s3 = new S3Client({ endpoint, region: regionName, credentials, forcePathStyle: true });
  const tables: string[] = [];
  for await (const page of paginateListTables({ client: dynamo }, {})) tables.push(...(page.TableNames ?? []));
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));

  const itemsOf = async (what: string): Promise<Items> => {
    const TableName = tables.find((name) => name.toLowerCase().includes(what));
    if (TableName === undefined) throw new Error(`no table of ${tables.join(', ')} is the ${what} table`);
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateScan({ client: dynamo }, { TableName })) items.push(...(page.Items ?? []));
    return items;
  };
  const keysOf = async (bucket: string): Promise<readonly string[]> => {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    }
    return keys;
  };
  return {
    async count() {
      const [online, registry, evidence, { featureViews }, ...keys] = await Promise.all([
        itemsOf('online'),
        itemsOf('registry'),
        itemsOf('prediction'),
        asked<FeatureViewListResponse>(region.apiUrl, '/v1/feature-views'),
        ...Buckets.map(({ Name = '' }) => keysOf(Name)),
      ]);
      const sources = new Map(featureViews.map(({ source }) => [source.name, source.rows]));
      return {
        'source rows': sumOf([...sources.values()]),
        'view rows': sumOf(featureViews.map(({ offline }) => offline.rows)),
        files: keys.flat().filter((key) => FILES.test(key)).length,
        'online items': online.length,
        'online content': contentOf(online),
        predictions: withSortKey(evidence, 'PREDICTION').length,
        outcomes: withSortKey(evidence, 'OUTCOME').length,
        releases: withSortKey(registry, 'RELEASE#').length,
        rollouts: withSortKey(registry, 'ROLLOUT#').length,
        'audit records': withSortKey(registry, 'AUDIT#').length,
        'route epochs': sumOf(withSortKey(registry, 'ROUTE').map((item) => epochOf(item))),
      };
    },
    close() {
      dynamo.destroy();
      s3.destroy();
    },
  };
}

function withSortKey(items: Items, start: string): Items {
  return items.filter(({ sk }) => sk?.S?.startsWith(start) === true);
}

function epochOf(route: Record<string, AttributeValue>): number {
  return Number(/"epoch":\s*(?:\{"N":\s*")?(\d+)/.exec(JSON.stringify(route).replaceAll('\\"', '"'))?.[1] ?? 0);
}

/** 32 bits of a digest: changes with every change of a value. */
function contentOf(items: Items): number {
  const lines = items.map(({ pk, sk, v, e }) => JSON.stringify([pk?.S, sk?.S, e?.N, [...(v?.B ?? [])]])).sort();
  return createHash('sha256').update(lines.join('\n')).digest().readUInt32BE();
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
