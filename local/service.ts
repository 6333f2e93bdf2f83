/**
 * What a stand-in for an AWS service is, and what the region gives it.
 *
 * A stand-in speaks the service's own wire format, refuses what AWS refuses with AWS's error names, keeps its
 * state in the region's store so that a restart finds it again, and knows how to bring up the CloudFormation
 * resource types it owns. It never imports from `lambdas/` or `lib/`: all it knows of Headgate is the assembly.
 */

import type { JsonStore } from './state/json-store.ts';

/** Who calls: an IAM role of the assembly, or the person at the laptop, who may do everything. */
export interface Caller {
  readonly accessKeyId: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/local`, or `arn:aws:iam::<account>:root` for the person. */
  readonly principalArn: string;
  /** ARN of the IAM role whose policies decide; absent for the person at the laptop. */
  readonly roleArn?: string;
}

/** One HTTP request to the AWS endpoint, its caller already known from the signature. */
export interface AwsRequest {
  /** Name in the signature's credential scope: `dynamodb`, `s3`, `states`, `sagemaker`, … */
  readonly service: string;
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly caller: Caller;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * A refusal in AWS's words. `code` is AWS's error name (`ResourceNotFound`, `ValidationException`); the wire
 * layer of each protocol turns it into that protocol's error document.
 */
export class AwsError extends Error {
  readonly code: string;
  /** HTTP status: 400 unless AWS documents another. */
  readonly status: number;
  /** Further members of the error document, such as `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** One operation of a service with a JSON protocol: the input document in, the output document out. */
export type Operation = (input: Readonly<Record<string, unknown>>, caller: Caller) => Promise<object>;

export interface LocalService {
  /** Signing names this stand-in answers to; most have one. */
  readonly signingNames: readonly string[];
  /**
   * JSON-protocol operations by their API name (`CreateTrainingJob`). The wire layer serves them over
   * `X-Amz-Target`, and Step Functions calls them in process. Absent for services with another protocol.
   */
  readonly operations?: Readonly<Record<string, Operation>>;
  /** Serves protocols that are not JSON with a target header: S3, Lambda, Scheduler, SNS, SageMaker Runtime. */
  handle?(request: AwsRequest): Promise<AwsResponse>;
  /** CloudFormation resource types this stand-in can bring up, by type name. */
  readonly resources?: Readonly<Record<string, ResourceType>>;
  /** Called once, before any resource is provisioned. Resumes whatever was running before a crash in `resume`. */
  start?(): Promise<void>;
  /** Called once all resources are up: timers, schedules and unfinished work go on from here. */
  resume?(): Promise<void>;
  /** Stops timers and child processes; after it resolves nothing of the service runs. */
  stop?(): Promise<void>;
}

export interface ResourceRequest {
  readonly stackName: string;
  readonly logicalId: string;
  /** Properties with every intrinsic function resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
  /**
   * A physical name for resources whose template gives none: `<stack>-<logicalId>-<hash>`, cut to 63 characters of
   * `[A-Za-z0-9-]`, the same at every start. Lower-case it where AWS does (S3).
   */
  readonly generatedName: string;
  /** Folder of the cloud assembly, for assets. */
  readonly assemblyDir: string;
}

export interface ProvisionedResource {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute name (`Arn`, `Endpoint.Address`). */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface ResourceType {
  /** Creates the resource, or updates it in place when it is there. Runs at every start, so it must be idempotent. */
  provision(request: ResourceRequest): Promise<ProvisionedResource>;
  /**
   * Deletes what `provision` made, once the resource has left the template and its DeletionPolicy does not keep it.
   * Absent for types of which nothing outlives the process: those are gone by not being provisioned.
   */
  remove?(resource: RemovedResource): Promise<void>;
}

/** A resource of an earlier start that the template no longer has, as it was provisioned last. */
export interface RemovedResource extends ProvisionedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Time on the laptop: waits and schedules run `speed` times faster; `now` is the true time of day. */
export interface RegionClock {
  now(): Date;
  /** Resolves after `ms / speed`; rejects with `signal.reason` when aborted. Never keeps the process alive by itself. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  readonly speed: number;
}

/** What the region gives each stand-in when it makes it. */
export interface Region {
  /** Twelve digits. */
  readonly accountId: string;
  readonly regionName: string;
  /** Folder that holds everything durable; a service may use `<stateDir>/<service>/`. */
  readonly stateDir: string;
  /** Where the AWS endpoint listens, `http://127.0.0.1:4511`. */
  readonly endpointUrl: string;
  /** Where the API Gateway stand-in listens, `http://127.0.0.1:4510`. */
  readonly apiUrl: string;
  readonly clock: RegionClock;
  /** Durable key → JSON documents of one service. */
  store(service: string): JsonStore;
  /** A line for the region's log file; level `error` also reaches the terminal. */
  log(service: string, level: 'info' | 'error', message: string): void;

  /**
   * Lets the call through, or throws the service's own access-denied error.
   *
   * @param action IAM action, `sagemaker:CreateTrainingJob`
   * @param resource ARN the action is on; `*` for actions without resource-level permissions
   * @param context condition keys of the request, `{ 'iam:PassedToService': 'sagemaker.amazonaws.com' }`; a list
   *   for a key that has several values
   * @throws AwsError `AccessDeniedException` (or `AccessDenied` for S3) when no statement allows it or one denies it
   */
  authorize(
    caller: Caller,
    action: string,
    resource: string,
    context?: Readonly<Record<string, string | readonly string[]>>,
  ): void;
  /** The caller a service becomes when it acts with a role: Step Functions, Scheduler, SageMaker, Firehose. */
  callerForRole(roleArn: string): Caller;
  /** Environment that makes an AWS SDK in a child act as the role against this region. */
  environmentForRole(roleArn: string): Readonly<Record<string, string>>;
  /** Calls an operation of a JSON-protocol service in process, authorization included. */
  invoke(signingName: string, operation: string, input: object, caller: Caller): Promise<Record<string, unknown>>;
  /** Sends a REST-protocol request in process, authorization included. */
  send(request: AwsRequest): Promise<AwsResponse>;
  /** Hands an AWS service event to the default event bus, as EventBridge would receive it. Never throws. */
  emit(event: {
    readonly source: string;
    readonly detailType: string;
    readonly detail: object;
    readonly resources?: readonly string[];
  }): void;
}
