import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type Caller, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { parseS3Uri, requireBucket } from '../s3/object-files.ts';
import { bindParameters } from './parameters.ts';
import { type QueryRecord, saveQuery } from './query-record.ts';
import type { QueryRunner } from './query-runner.ts';
import { readStatement, type Statement } from './statement.ts';
import { authorizedWorkGroup, type WorkGroup } from './work-group.ts';

/** Longest query string. Source: "Service Quotas", Amazon Athena User Guide. */
const MAX_QUERY_BYTES = 262_144;

const Input = z.object({
  QueryString: z.string().min(1),
  ClientRequestToken: z.string().min(32).max(128).optional(),
  ExecutionParameters: z.array(z.string().min(1).max(1024)).min(1).optional(),
  QueryExecutionContext: z.object({ Database: z.string().optional(), Catalog: z.string().optional() }).optional(),
  ResultConfiguration: z.object({ OutputLocation: z.string().optional() }).optional(),
  WorkGroup: z.string().default('primary'),
});

const SUBSTATEMENTS: Readonly<Record<Statement['kind'], Pick<QueryRecord, 'statementType' | 'substatementType'>>> = {
  select: { statementType: 'DML', substatementType: 'SELECT' },
  unload: { statementType: 'DML', substatementType: 'UNLOAD' },
  insert: { statementType: 'DML', substatementType: 'INSERT' },
  'create-table-as': { statementType: 'DDL', substatementType: 'CREATE_TABLE_AS_SELECT' },
};

/** StartQueryExecution: refuses what can be refused at once, and queues the rest. */
export function startQuery(
  region: Region,
  runner: QueryRunner,
  input: unknown,
  caller: Caller,
): { QueryExecutionId: string } {
  const asked = readInput(Input, input, 'InvalidRequestException');
  const workGroup = authorizedWorkGroup(region, caller, 'athena:StartQueryExecution', asked.WorkGroup);
  if (workGroup.state === 'DISABLED')
    throw new AwsError('InvalidRequestException', `WorkGroup ${workGroup.name} is disabled.`);
  const queryBytes = Buffer.byteLength(asked.QueryString);
  if (queryBytes > MAX_QUERY_BYTES) {
    throw new AwsError(
      'InvalidRequestException',
      `The query string has ${queryBytes} bytes; the maximum allowed is ${MAX_QUERY_BYTES}`,
    );
  }
  const fingerprint = JSON.stringify([
    asked.QueryString,
    asked.ExecutionParameters,
    asked.QueryExecutionContext,
    asked.ResultConfiguration,
    asked.WorkGroup,
  ]);
  const known = alreadyStarted(region, asked.ClientRequestToken, fingerprint);
  if (known !== undefined) return { QueryExecutionId: known };

  const statement = readStatement(bindParameters(asked.QueryString, asked.ExecutionParameters));
  const id = randomUUID();
  const outputLocation = outputOf(region, caller, workGroup, asked.ResultConfiguration?.OutputLocation, id, statement);
  const record: QueryRecord = {
    id,
    sql: asked.QueryString,
    parameters: asked.ExecutionParameters,
    ...SUBSTATEMENTS[statement.kind],
    database: asked.QueryExecutionContext?.Database,
    workGroup: workGroup.name,
    outputLocation,
    caller,
    state: 'QUEUED',
    submittedAt: region.clock.now().toISOString(),
    scannedBytes: 0,
  };
  if (asked.ClientRequestToken !== undefined) {
    region.store('athena').put('token', asked.ClientRequestToken, { id, fingerprint });
  }
  saveQuery(region, record);
  runner.enqueue({ id, statement, workGroup });
  return { QueryExecutionId: id };
}

/** The execution that this token started. @throws AwsError when it was given with another request */
function alreadyStarted(region: Region, token: string | undefined, fingerprint: string): string | undefined {
  if (token === undefined) return undefined;
  const known = region.store('athena').get<{ id: string; fingerprint: string }>('token', token);
  // a region killed between the two writes left a token without its query: it starts now
  if (known === undefined || region.store('athena').get('query', known.id) === undefined) return undefined;
  if (known.fingerprint === fingerprint) return known.id;
  throw new AwsError(
    'InvalidRequestException',
    'Idempotent parameters do not match: this ClientRequestToken was used with another query',
  );
}

/** Where results go: the workgroup's place when it enforces it, else the request's, else the workgroup's. */
function outputOf(
  region: Region,
  caller: Caller,
  group: WorkGroup,
  asked: string | undefined,
  id: string,
  statement: Statement,
): string {
  const base = group.isEnforced ? (group.outputLocation ?? asked) : (asked ?? group.outputLocation);
  if (base === undefined) {
    throw new AwsError(
      'InvalidRequestException',
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  }
  const { bucket } = parseS3Uri(base);
  try {
    region.authorize(caller, 's3:GetBucketLocation', `arn:aws:s3:::${bucket}`);
    requireBucket(region, bucket);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidRequestException', `Unable to verify/create output bucket ${bucket}: ${error.message}`);
  }
  return `${base.endsWith('/') ? base : `${base}/`}${id}${statement.kind === 'select' ? '.csv' : ''}`;
}
