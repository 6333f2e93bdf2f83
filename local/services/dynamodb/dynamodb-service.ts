import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PERSON_CREDENTIALS } from '../../iam/credentials.ts';
import { AwsError, type AwsRequest, type AwsResponse, type LocalService, type Region } from '../../service.ts';
import { type NeededRight, neededRights } from './authorize-operation.ts';
import { type EmulatorClient, makeEmulatorClient } from './emulator-client.ts';
import { type EmulatorProcess, startEmulator } from './emulator-process.ts';
import { findEmulatorBinary } from './find-emulator.ts';
import { leadingKeys } from './leading-keys.ts';
import { makePartitionKeys } from './partition-keys.ts';
import { type CallDynamoDb, provisionGlobalTable, provisionTable } from './table-resource.ts';

export interface DynamoDbOptions {
  /** Address of an emulator that somebody else runs; its tables are used as they are, and not wiped by `fresh`. */
  readonly endpoint?: string;
}

/** The emulator names its own region in every ARN. */
const EMULATOR_ARN_PREFIX = 'arn:aws:dynamodb:dynoxide:000000000000:';
/** Operations whose answers, or requests, hold ARNs. */
const CONTROL_OPERATION = /Table|Stream|Tag|ShardIterator/;

/**
 * DynamoDB as an emulator binary behind the region's signatures and policies: this stand-in decides who may do
 * what, and passes the bytes on.
 *
 * Items past their time to live stay readable, as they do on AWS for up to two days; AWS's deletion itself is not
 * played. Point-in-time recovery and encryption at rest are accepted and have no effect.
 */
export function makeDynamoDbService(region: Region, options: DynamoDbOptions = {}): LocalService {
  const regionArnPrefix = `arn:aws:dynamodb:${region.regionName}:${region.accountId}:`;
  const tableArnPrefix = `${regionArnPrefix}table/`;
  let emulator: EmulatorProcess | undefined;
  let client: EmulatorClient | undefined;

  const forward = async (target: string, body: Uint8Array): Promise<AwsResponse> => {
    if (client === undefined) throw new AwsError('InternalServerError', 'the DynamoDB emulator is not running', 500);
    const operation = target.slice(target.indexOf('.') + 1);
    if (!CONTROL_OPERATION.test(operation)) return client.forward(target, body);
    const request = Buffer.from(body).toString('utf8').replaceAll(regionArnPrefix, EMULATOR_ARN_PREFIX);
    const { headers, ...answer } = await client.forward(target, Buffer.from(request));
    const text = Buffer.from(answer.body ?? '')
      .toString('utf8')
      .replaceAll(EMULATOR_ARN_PREFIX, regionArnPrefix);
    if (/^(Create|Delete|Update)Table$/.test(operation)) partitionKeys.forget();
    const { 'x-amz-crc32': _, ...kept } = headers ?? {}; // was of the text before
    return { ...answer, headers: kept, body: text };
  };

  const call: CallDynamoDb = async (operation, input) => {
    const answer = await forward(`DynamoDB_20120810.${operation}`, Buffer.from(JSON.stringify(input)));
    const document = JSON.parse(Buffer.from(answer.body ?? '').toString('utf8')) as Record<string, unknown>; // DynamoDB answers objects
    if (answer.status === 200) return document;
    const code = String(document['__type']).replace(/^.*#/, '');
    throw new AwsError(code, `${operation}: ${document['message'] ?? document['Message'] ?? code}`, answer.status);
  };

  const partitionKeys = makePartitionKeys(call);

  /** The condition keys that DynamoDB gives IAM to decide by. */
  const contextOf = async ({ keyed }: NeededRight): Promise<Readonly<Record<string, readonly string[]>>> => {
    const partitionKey = keyed && (await partitionKeys.of(keyed.table, keyed.index));
    if (keyed === undefined || partitionKey == null) return {};
    return { 'dynamodb:LeadingKeys': leadingKeys(keyed, partitionKey) };
  };

  const handle = async (request: AwsRequest): Promise<AwsResponse> => {
    const [prefix = '', operation = ''] = (request.headers['x-amz-target'] ?? '').split('.');
    if (request.caller.accessKeyId !== PERSON_CREDENTIALS.accessKeyId) {
      for (const right of neededRights(operation, readJson(request.body), tableArnPrefix)) {
        region.authorize(request.caller, right.action, right.resource, await contextOf(right));
      }
    }
    const api = prefix.startsWith('DynamoDBStreams') ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810';
    return forward(`${api}.${operation}`, request.body);
  };

  return {
    signingNames: ['dynamodb'],
    handle,
    resources: {
      'AWS::DynamoDB::Table': {
        provision: (request) => provisionTable(request, call, tableArnPrefix),
        remove: async ({ ref }) => void (await call('DeleteTable', { TableName: ref })),
      },
      'AWS::DynamoDB::GlobalTable': {
        provision: (request) => provisionGlobalTable(request, call, tableArnPrefix),
        remove: async ({ ref }) => void (await call('DeleteTable', { TableName: ref })),
      },
    },
    start: async () => {
      let endpoint = options.endpoint;
      if (endpoint === undefined) {
        const logs = join(region.stateDir, 'logs');
        mkdirSync(logs, { recursive: true });
        emulator = await startEmulator({
          binary: findEmulatorBinary(),
          dir: join(region.stateDir, 'dynamodb'),
          logFile: join(logs, 'dynamodb.log'),
          onCrash: (message) => region.log('dynamodb', 'error', message),
        });
        endpoint = emulator.endpoint;
      }
      client = makeEmulatorClient(endpoint);
    },
    stop: async () => {
      client?.close();
      client = undefined;
      await emulator?.stop();
    },
  };
}

function readJson(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>; // an object, just checked
  } catch {
    // answered below
  }
  throw new AwsError('SerializationException', 'the request body is not a JSON object');
}
