import { AwsError, type Caller, type Region } from '../../service.ts';

export type QueryState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface ResultColumn {
  readonly name: string;
  /** Athena's type name. */
  readonly type: string;
}

/** What the store keeps of a query execution. */
export interface QueryRecord {
  readonly id: string;
  readonly sql: string;
  readonly parameters?: readonly string[] | undefined;
  readonly statementType: 'DML' | 'DDL';
  readonly substatementType: string;
  readonly database?: string | undefined;
  readonly workGroup: string;
  readonly token?: string | undefined;
  /** `s3://…/<id>.csv` for queries; for the others, where their manifest goes. */
  readonly outputLocation: string;
  readonly caller: Caller;
  readonly state: QueryState;
  readonly reason?: string | undefined;
  /** ISO 8601. */
  readonly submittedAt: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly scannedBytes: number;
  readonly manifestLocation?: string | undefined;
  readonly columns?: readonly ResultColumn[];
  readonly updateCount?: number;
}

export function isFinal(state: QueryState): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
}

/** @throws AwsError InvalidRequestException */
export function requireQuery(region: Region, id: string): QueryRecord {
  const found = region.store('athena').get<QueryRecord>('query', id);
  if (found !== undefined) return found;
  throw new AwsError('InvalidRequestException', `QueryExecution ${id} was not found`);
}

/** Keeps the record and, when the state is a new one, tells EventBridge. */
export function saveQuery(region: Region, record: QueryRecord, previous?: QueryState): void {
  region.store('athena').put('query', record.id, record);
  if (previous === record.state) return;
  region.emit({
    source: 'aws.athena',
    detailType: 'Athena Query State Change',
    resources: [],
    detail: {
      versionId: '0',
      currentState: record.state,
      ...(previous === undefined ? {} : { previousState: previous }),
      statementType: record.statementType,
      queryExecutionId: record.id,
      workgroupName: record.workGroup,
      sequenceNumber: record.state === 'QUEUED' ? '1' : record.state === 'RUNNING' ? '2' : '3',
    },
  });
}

/** The execution as GetQueryExecution answers it. */
export function queryDocument(record: QueryRecord, nowMs: number): object {
  const seconds = (at: string | undefined) => (at === undefined ? undefined : Date.parse(at) / 1000);
  const startedMs = Date.parse(record.startedAt ?? record.completedAt ?? new Date(nowMs).toISOString());
  const completedMs = record.completedAt === undefined ? nowMs : Date.parse(record.completedAt);
  const submittedMs = Date.parse(record.submittedAt);
  return {
    QueryExecutionId: record.id,
    Query: record.sql,
    StatementType: record.statementType,
    SubstatementType: record.substatementType,
    WorkGroup: record.workGroup,
    ExecutionParameters: record.parameters,
    QueryExecutionContext: { Database: record.database, Catalog: 'awsdatacatalog' },
    ResultConfiguration: { OutputLocation: record.outputLocation },
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
    Status: {
      State: record.state,
      StateChangeReason: record.reason,
      SubmissionDateTime: seconds(record.submittedAt),
      CompletionDateTime: seconds(record.completedAt),
      ...(record.state === 'FAILED'
        ? { AthenaError: { ErrorCategory: 2, ErrorType: 233, Retryable: false, ErrorMessage: record.reason } }
        : {}),
    },
    Statistics: {
      DataScannedInBytes: record.scannedBytes,
      EngineExecutionTimeInMillis: record.startedAt === undefined ? 0 : completedMs - startedMs,
      QueryQueueTimeInMillis: startedMs - submittedMs,
      TotalExecutionTimeInMillis: completedMs - submittedMs,
      DataManifestLocation: record.manifestLocation,
    },
  };
}
