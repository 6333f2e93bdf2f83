import { rmSync } from 'node:fs';
import * as z from 'zod';
import { AwsError, type LocalService, type Operation, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { objectPath, parseS3Uri } from '../s3/object-files.ts';
import { scratchFolder } from './engine.ts';
import { type QueryRecord, queryDocument, requireQuery } from './query-record.ts';
import { makeQueryRunner, type QueryRunner } from './query-runner.ts';
import { readResultRows } from './result-csv.ts';
import { startQuery } from './start-query.ts';
import { authorizedWorkGroup, workGroupDocument, workGroupResource } from './work-group.ts';

const ERROR = 'InvalidRequestException';
const MAX_RESULTS = 1000;
const MAX_BATCH = 50;

const ById = z.object({ QueryExecutionId: z.string() });
const Batch = z.object({ QueryExecutionIds: z.array(z.string()).min(1).max(MAX_BATCH) });
const GroupInput = z.object({ WorkGroup: z.string() });
const ResultsInput = ById.extend({
  MaxResults: z.number().int().min(1).max(MAX_RESULTS).default(MAX_RESULTS),
  NextToken: z.string().regex(/^\d+$/).optional(),
});

/** Athena over DuckDB: see macros.ts for what is known to differ from Trino. */
export function makeAthenaService(region: Region): LocalService {
  const runner = makeQueryRunner(region);
  return {
    signingNames: ['athena'],
    operations: operations(region, runner),
    resources: { 'AWS::Athena::WorkGroup': workGroupResource(region) },
    start: async () => rmSync(scratchFolder(region), { recursive: true, force: true }),
    resume: async () => runner.resume(),
    stop: () => runner.stop(),
  };
}

function operations(region: Region, runner: QueryRunner): Record<string, Operation> {
  const nowMs = () => region.clock.now().getTime();
  return {
    StartQueryExecution: async (input, caller) => startQuery(region, runner, input, caller),
    GetQueryExecution: async (input, caller) => {
      const record = requireQuery(region, readInput(ById, input, ERROR).QueryExecutionId);
      authorizedWorkGroup(region, caller, 'athena:GetQueryExecution', record.workGroup);
      return { QueryExecution: queryDocument(record, nowMs()) };
    },
    BatchGetQueryExecution: async (input, caller) => {
      const found: object[] = [];
      const missing: object[] = [];
      for (const id of readInput(Batch, input, ERROR).QueryExecutionIds) {
        const record = region.store('athena').get<QueryRecord>('query', id);
        if (record === undefined) {
          missing.push({ QueryExecutionId: id, ErrorCode: ERROR, ErrorMessage: `QueryExecution ${id} was not found` });
          continue;
        }
        authorizedWorkGroup(region, caller, 'athena:BatchGetQueryExecution', record.workGroup);
        found.push(queryDocument(record, nowMs()));
      }
      return { QueryExecutions: found, UnprocessedQueryExecutionIds: missing };
    },
    StopQueryExecution: async (input, caller) => {
      const record = requireQuery(region, readInput(ById, input, ERROR).QueryExecutionId);
      authorizedWorkGroup(region, caller, 'athena:StopQueryExecution', record.workGroup);
      runner.cancel(record.id);
      return {};
    },
    GetQueryResults: async (input, caller) => {
      const asked = readInput(ResultsInput, input, ERROR);
      const record = requireQuery(region, asked.QueryExecutionId);
      authorizedWorkGroup(region, caller, 'athena:GetQueryResults', record.workGroup);
      if (record.state !== 'SUCCEEDED') throw notReady(record);
      const { bucket, key } = parseS3Uri(record.outputLocation);
      region.authorize(caller, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`);
      return queryResults(region, record, asked.MaxResults, Number(asked.NextToken ?? 0));
    },
    GetWorkGroup: async (input, caller) => {
      const { WorkGroup } = readInput(GroupInput, input, ERROR);
      return { WorkGroup: workGroupDocument(authorizedWorkGroup(region, caller, 'athena:GetWorkGroup', WorkGroup)) };
    },
  };
}

function notReady({ state, reason }: QueryRecord): AwsError {
  return state === 'FAILED' || state === 'CANCELLED'
    ? new AwsError(
        ERROR,
        `Query did not finish successfully. Final query state: ${state}${reason === undefined ? '' : `: ${reason}`}`,
      )
    : new AwsError(ERROR, `Query has not yet finished. Current state: ${state}`);
}

/** The header is the first row of the first page, as in Athena. Statements that write have no rows. */
async function queryResults(region: Region, record: QueryRecord, maxResults: number, from: number): Promise<object> {
  if (record.columns === undefined) {
    return { UpdateCount: record.updateCount ?? 0, ResultSet: { Rows: [], ResultSetMetadata: { ColumnInfo: [] } } };
  }
  const { bucket, key } = parseS3Uri(record.outputLocation);
  const { rows, next } = await readResultRows(objectPath(region, bucket, key), from, maxResults);
  return {
    UpdateCount: 0,
    ResultSet: {
      Rows: rows.map((row) => ({ Data: row.map((text) => (text === undefined ? {} : { VarCharValue: text })) })),
      ResultSetMetadata: {
        ColumnInfo: record.columns.map(({ name, type }) => ({
          CatalogName: 'hive',
          SchemaName: '',
          TableName: '',
          Name: name,
          Label: name,
          Type: type,
          Nullable: 'UNKNOWN',
          CaseSensitive: type === 'varchar',
        })),
      },
    },
    ...(next === undefined ? {} : { NextToken: String(next) }),
  };
}
