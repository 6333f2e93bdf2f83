import { join, resolve } from 'node:path';
import { makeCustomResources } from './assembly/custom-resource.ts';
import { provisionAssembly, type StackOutputs } from './assembly/provision.ts';
import { type Assembly, readAssembly } from './assembly/read-assembly.ts';
import { makeRegionClock } from './clock.ts';
import { withDeployments } from './deployments.ts';
import { makeAwsEndpoint } from './http/aws-endpoint.ts';
import { type Dispatcher, makeDispatcher } from './http/dispatcher.ts';
import { type BoundServer, listen } from './http/listen.ts';
import { type Credentials, PERSON_CREDENTIALS, personCaller } from './iam/credentials.ts';
import { makeIamService } from './iam/iam-service.ts';
import { makeRegionContext } from './region-context.ts';
import { openRegionLog } from './region-log.ts';
import type { LocalService, ResourceType } from './service.ts';
import { makeServices, type Services } from './services.ts';
import { JsonDatabase } from './state/json-store.ts';
import { takeStateDir } from './state/state-dir.ts';

const DEFAULT_API_PORT = 4510;
const DEFAULT_AWS_PORT = 4511;

export interface RegionOptions {
  /** Folder that `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** Folder for everything durable; made if need be. */
  readonly stateDir: string;
  /** Port of the HTTP API on 127.0.0.1; 0 takes a free one. @default 4510 */
  readonly apiPort?: number;
  /** Port of the AWS endpoint on 127.0.0.1; 0 takes a free one. @default 4511 */
  readonly awsPort?: number;
  /** Waits and schedules run this many times faster. @default 1 */
  readonly speed?: number;
  /** Empties the state folder first. @default false */
  readonly fresh?: boolean;
  /** Refuses unsigned requests to IAM routes of the API even from this machine. @default false */
  readonly requireSignatures?: boolean;
  /** A DynamoDB emulator that somebody else runs. @default the one of HEADGATE_DYNAMODB_ENDPOINT, else our own */
  readonly dynamoDbEndpoint?: string;
  /** Entries `PATTERN=COMMAND`: which process plays which container image, before the built-in ones. @default none */
  readonly containerImages?: readonly string[];
  /** Told in one line what is being done, and of every error in the region's log. */
  readonly onProgress?: (line: string) => void;
}

export interface RunningRegion {
  readonly apiUrl: string;
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpointUrl: string;
  readonly accountId: string;
  readonly regionName: string;
  /** By stack name, then output name. */
  readonly outputs: StackOutputs;
  /** Of the person at the laptop, who may do everything. */
  readonly credentials: Credentials;
  /**
   * Takes another assembly live, in place: what changed is updated, what left the templates is removed, state stays.
   *
   * @throws Error when something of it cannot be brought up; the region has then gone back to the assembly before
   */
  deploy(assemblyDir: string): Promise<void>;
  /** After it resolves nothing of the region runs; calling it again changes nothing. */
  stop(): Promise<void>;
}

/**
 * Brings the cloud assembly up on this machine and serves it.
 *
 * @throws Error when the state folder or a port is in use, or the assembly needs something the region can not do;
 *   whatever had been started by then is stopped again
 */
export async function startRegion(options: RegionOptions): Promise<RunningRegion> {
  const assembly = readAssembly(resolve(options.assemblyDir));
  const undo: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= undoAll(undo));
  try {
    return { ...(await start(assembly, options, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  assembly: Assembly,
  options: RegionOptions,
  undo: (() => Promise<void> | void)[],
): Promise<Omit<RunningRegion, 'stop'>> {
  const { apiPort = DEFAULT_API_PORT, awsPort = DEFAULT_AWS_PORT, speed = 1, onProgress = () => {} } = options;
  const stateDir = resolve(options.stateDir);
  const lock = takeStateDir({ stateDir, fresh: options.fresh ?? false, apiPort, awsPort });
  undo.push(lock.release);
  const log = openRegionLog(join(stateDir, 'logs', 'region.log'), onProgress);
  undo.push(log.close);
  const database = new JsonDatabase(join(stateDir, 'region.db'));
  undo.push(() => database.close());

  const aws = await listenUntilStopped(awsPort, 'AWS endpoint', '--port', undo);
  const api = await listenUntilStopped(apiPort, 'HTTP API', '--port', undo);
  const { accountId, regionName } = assembly;
  const person = personCaller(accountId);
  const iam = makeIamService({ accountId, regionName });
  const late: { dispatcher?: Dispatcher; services?: Services } = {}; // made with the region, and used by it
  const region = makeRegionContext({
    accountId,
    regionName,
    stateDir,
    endpointUrl: aws.url,
    apiUrl: api.url,
    clock: makeRegionClock(speed),
    database,
    log,
    iam,
    dispatcher: () => made(late.dispatcher),
    events: () => made(late.services).events,
  });
  let live = assembly;
  const deploy = async (assemblyDir: string): Promise<void> => {
    const next = readAssembly(resolve(assemblyDir));
    if (next.accountId !== accountId || next.regionName !== regionName) {
      throw new Error(
        `the assembly is for ${next.accountId}/${next.regionName}, the region is ${accountId}/${regionName}`,
      );
    }
    const note = (line: string) => log.write('cloudformation', 'info', line);
    const update = { ...provisioning, onProgress: note, keepUnchanged: true };
    try {
      await provisionAssembly(next, update);
      live = next;
    } catch (error) {
      log.write('cloudformation', 'error', `the deployment failed and is rolled back: ${String(error)}`);
      await provisionAssembly(live, update);
      throw error;
    }
  };
  const dynamoDbEndpoint = options.dynamoDbEndpoint ?? process.env['HEADGATE_DYNAMODB_ENDPOINT'];
  late.services = makeServices(region, {
    iam,
    person,
    requireSignatures: options.requireSignatures ?? false,
    containerImages: options.containerImages ?? [],
    serveApi: (listener) => api.serve(withDeployments(listener, { stateDir, apiUrl: api.url, deploy })),
    ...(dynamoDbEndpoint === undefined ? {} : { dynamoDbEndpoint }),
  });
  const services = late.services.all;
  const dispatcher = makeDispatcher(services);
  late.dispatcher = dispatcher;
  const customResources = makeCustomResources(region, person);
  aws.serve(
    makeAwsEndpoint({
      accessKeys: iam,
      dispatcher,
      acceptResponse: customResources.acceptResponse,
      now: () => region.clock.now(),
      logError: (service, message) => log.write(service, 'error', message),
    }),
  );
  for (const service of services) {
    undo.push(async () => service.stop?.());
    await service.start?.();
  }
  const provisioning = {
    region,
    person,
    customResources,
    resourceTypes: resourceTypesOf(services),
    store: database.store('cloudformation'),
  };
  const outputs = await provisionAssembly(assembly, { ...provisioning, onProgress });
  undo.push(api.close); // the first thing to stop: requests must not come in while the services go
  for (const service of services) await service.resume?.();
  return {
    apiUrl: api.url,
    endpointUrl: aws.url,
    accountId,
    regionName,
    outputs,
    credentials: PERSON_CREDENTIALS,
    deploy,
  };
}

function made<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a stand-in called the region before all stand-ins were made');
  return part;
}

async function listenUntilStopped(
  port: number,
  purpose: string,
  option: string,
  undo: (() => Promise<void> | void)[],
): Promise<BoundServer> {
  const server = await listen(port, purpose, option);
  undo.push(server.close);
  return server;
}

function resourceTypesOf(services: readonly LocalService[]): Map<string, ResourceType> {
  const types = new Map<string, ResourceType>();
  for (const service of services) {
    for (const [name, type] of Object.entries(service.resources ?? {})) {
      if (types.has(name)) throw new Error(`two stand-ins provide ${name}`);
      types.set(name, type);
    }
  }
  return types;
}

/** Undoes what was done, last first, and goes on past failures so that nothing is left running. */
async function undoAll(undo: (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the laptop region did not stop cleanly');
}
