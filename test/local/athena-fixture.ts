import { setTimeout as pause } from 'node:timers/promises';
import type { Caller, LocalService } from '../../local/service.ts';
import { makeAthenaService } from '../../local/services/athena/service.ts';
import { makeGlueService } from '../../local/services/glue/service.ts';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { putObject } from '../../local/services/s3/object-files.ts';
import { makeS3Service } from '../../local/services/s3/service.ts';
import { type FakeRegion, type FakeRegionOptions, fakeRegion, PERSON } from './fake-region.ts';

/** A region with S3, Glue and Athena, a bucket `lake`, a database `shop` and a workgroup `team`. */
export interface AthenaFixture {
  readonly region: FakeRegion;
  readonly athena: LocalService;
  /** Calls an operation of Athena. */
  call(operation: string, input: object, caller?: Caller): Promise<Record<string, unknown>>;
  /** Starts a query and waits for its end. */
  finish(sql: string, more?: object): Promise<Execution>;
  /** Waits for the end of a query that was started. */
  settled(queryId: string): Promise<Execution>;
  /** Rows of a query without the header, NULL as null; fails when the query fails. */
  rows(sql: string, parameters?: readonly string[]): Promise<(string | null)[][]>;
  /** Makes a table in the catalog. */
  table(input: object): Promise<void>;
  /** Writes an object into the lake. */
  put(key: string, body: string | Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

export interface Execution {
  readonly QueryExecutionId: string;
  readonly Status: { readonly State: string; readonly StateChangeReason?: string };
  readonly Statistics: Readonly<Record<string, unknown>>;
  readonly ResultConfiguration: { readonly OutputLocation: string };
}

export const PARQUET = { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' };

/** Columns of a table input from their Hive types. */
export function columns(types: Readonly<Record<string, string>>): { Name: string; Type: string }[] {
  return Object.entries(types).map(([Name, Type]) => ({ Name, Type }));
}

export async function athenaFixture(options: FakeRegionOptions = {}): Promise<AthenaFixture> {
  const region = fakeRegion(options);
  const athena = makeAthenaService(region);
  const glue = makeGlueService(region);
  region.services.push(makeS3Service(region), glue, athena);
  createBucket(region, 'lake', { hasEventBridge: false, encryptionHeaders: {} });
  const resource = { stackName: 's', logicalId: 'R', generatedName: 'r', assemblyDir: '/' };
  await glue.resources!['AWS::Glue::Database']!.provision({
    ...resource,
    properties: { CatalogId: '000000000000', DatabaseInput: { Name: 'shop' } },
  });
  const WorkGroupConfiguration = {
    ResultConfiguration: { OutputLocation: 's3://lake/results/' },
    BytesScannedCutoffPerQuery: 10_000_000,
  };
  await athena.resources!['AWS::Athena::WorkGroup']!.provision({
    ...resource,
    properties: { Name: 'team', WorkGroupConfiguration },
  });

  const call = (operation: string, input: object, caller = PERSON) => region.invoke('athena', operation, input, caller);
  const finish = async (QueryString: string, more: object = {}): Promise<Execution> => {
    const input = { QueryString, WorkGroup: 'team', QueryExecutionContext: { Database: 'shop' }, ...more };
    const { QueryExecutionId } = await call('StartQueryExecution', input);
    return settled(String(QueryExecutionId));
  };
  const settled = async (QueryExecutionId: string): Promise<Execution> => {
    for (;;) {
      const { QueryExecution } = await call('GetQueryExecution', { QueryExecutionId });
      const execution = QueryExecution as Execution; // queryDocument makes it
      if (!['QUEUED', 'RUNNING'].includes(execution.Status.State)) return execution;
      await pause(5);
    }
  };
  const rows = async (sql: string, parameters?: readonly string[]) => {
    const done = await finish(sql, parameters === undefined ? {} : { ExecutionParameters: parameters });
    if (done.Status.State !== 'SUCCEEDED') throw new Error(done.Status.StateChangeReason);
    const { ResultSet } = await call('GetQueryResults', { QueryExecutionId: done.QueryExecutionId });
    const { Rows } = ResultSet as { Rows: { Data: { VarCharValue?: string }[] }[] }; // queryResults makes it
    return Rows.slice(1).map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue ?? null));
  };
  return {
    region,
    athena,
    call,
    finish,
    settled,
    rows,
    table: async (input) => {
      await region.invoke('glue', 'CreateTable', { DatabaseName: 'shop', TableInput: input }, PERSON);
    },
    put: async (key, body) => {
      await putObject(region, 'lake', key, body);
    },
    stop: async () => {
      await athena.stop!();
      region.remove();
    },
  };
}
