import * as z from 'zod';
import type { MetricSink } from '../../metric-sink.ts';
import { AwsError, type Caller, type LocalService, type Region, type ResourceRequest } from '../../service.ts';
import { readProperties, templateNumber } from '../read-document.ts';
import { type AsyncEvents, DEFAULT_RETRY_POLICY, makeAsyncEvents, type RetryPolicy } from './async-events.ts';
import { makeEventSourceMappings } from './event-source-mappings.ts';
import { readFunction } from './function-definition.ts';
import { ThrottledError } from './function-pool.ts';
import type { InvocationResult } from './function-worker.ts';
import { makeFunctions } from './functions.ts';
import {
  handleLambdaRequest,
  type InvokeInput,
  type InvokeOutput,
  readInvokeInput,
  responseWithinLimit,
} from './invoke-api.ts';
import { makePermissions } from './permissions.ts';

/** An AWS service that invokes a function by the function's own policy, not by a role. */
export interface InvokingService {
  /** `apigateway.amazonaws.com` */
  readonly principal: string;
  /** ARN of the route, rule or topic on whose behalf. */
  readonly sourceArn: string;
}

export interface LambdaService extends LocalService {
  /**
   * Runs the function and waits, for a service that an AWS::Lambda::Permission lets in.
   *
   * @throws AwsError when it does not exist, is throttled, or no permission covers the service
   */
  invokeFor(service: InvokingService, functionReference: string, payload: string): Promise<InvokeOutput>;
  /** Accepts the event and runs it later, with retries, for such a service. */
  sendEventFor(service: InvokingService, functionReference: string, payload: string): void;
}

const VersionProperties = z.object({ FunctionName: z.string() });
const AliasProperties = z.strictObject({
  FunctionName: z.string(),
  FunctionVersion: z.string(),
  Name: z.string(),
  Description: z.unknown().optional(),
  RoutingConfig: z.undefined('aliases over two versions are not supported by the laptop region').optional(),
  ProvisionedConcurrencyConfig: z.unknown().optional(),
});
const EventInvokeConfigProperties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string().optional(),
  MaximumRetryAttempts: templateNumber.pipe(z.int().min(0).max(2)).default(DEFAULT_RETRY_POLICY.maximumRetryAttempts),
  MaximumEventAgeInSeconds: templateNumber
    .pipe(z.int().min(60).max(21_600))
    .default(DEFAULT_RETRY_POLICY.maximumEventAgeS),
  DestinationConfig: z.undefined('destinations are not supported by the laptop region').optional(),
});

export interface LambdaOptions {
  /** Whether the role's trust policy lets Lambda act with it. */
  readonly mayAssume: (roleArn: string) => boolean;
  /** Takes what functions measure, and what is measured of them; flushed when Lambda stops. */
  readonly metrics: MetricSink;
}

/** Lambda over worker threads. A version is the function as it is: one start of the region has one version of the code. */
export function makeLambdaService(region: Region, options: LambdaOptions): LambdaService {
  const functions = makeFunctions(region, options.metrics);
  const permissions = makePermissions(functions);
  const mappings = makeEventSourceMappings(region, functions, options.metrics);
  const retryPolicies = new Map<string, RetryPolicy>();
  const asyncEvents: AsyncEvents = makeAsyncEvents(
    region,
    async (functionName, payload, requestId) => {
      functions.find(functionName);
      try {
        return await functions.run(functionName, payload, requestId);
      } catch (error) {
        if (!(error instanceof ThrottledError)) throw error;
        return { isError: true, errorType: error.name, payload: error.message };
      }
    },
    (functionName) => retryPolicies.get(functionName) ?? DEFAULT_RETRY_POLICY,
  );

  const execute = async (input: InvokeInput): Promise<InvokeOutput> => {
    const { definition } = functions.find(input.functionName);
    if (input.invocationType === 'DryRun') return { StatusCode: 204 };
    if (input.invocationType === 'Event') {
      asyncEvents.accept(definition.name, input.payload);
      return { StatusCode: 202 };
    }
    return toOutput(await run(definition.name, input.payload));
  };
  const run = async (name: string, payload: string): Promise<InvocationResult> => {
    try {
      return await functions.run(name, payload);
    } catch (error) {
      if (error instanceof ThrottledError) throw new AwsError(error.name, error.message, 429);
      throw error;
    }
  };
  const invoke = async (input: InvokeInput, caller: Caller): Promise<InvokeOutput> => {
    region.authorize(caller, 'lambda:InvokeFunction', functions.find(input.functionName).arn);
    return execute(input);
  };
  const letIn = (service: InvokingService, functionReference: string) => {
    const { definition, arn } = functions.find(functionReference);
    if (permissions.allows(definition.name, service.principal, service.sourceArn)) return;
    const message = `${service.principal} may not invoke ${arn} for ${service.sourceArn}: no AWS::Lambda::Permission allows it`;
    throw new AwsError('AccessDeniedException', message, 403);
  };

  const provisionFunction = async (request: ResourceRequest) => {
    const definition = readFunction(request, region);
    if (!options.mayAssume(definition.roleArn)) {
      throw new AwsError(
        'InvalidParameterValueException',
        `The role ${definition.roleArn} cannot be assumed by Lambda.`,
      );
    }
    functions.put(definition);
    return { ref: definition.name, attributes: { Arn: definition.arn } };
  };
  const provisionVersion = async (request: ResourceRequest) => {
    const { FunctionName } = readProperties(VersionProperties, request, 'AWS::Lambda::Version');
    const { definition } = functions.find(FunctionName);
    functions.addQualifier(definition.name, '1');
    const arn = `${definition.arn}:1`;
    return { ref: arn, attributes: { Version: '1', FunctionArn: arn } };
  };
  const provisionAlias = async (request: ResourceRequest) => {
    const { FunctionName, Name } = readProperties(AliasProperties, request, 'AWS::Lambda::Alias');
    const { definition } = functions.find(FunctionName);
    functions.addQualifier(definition.name, Name);
    const arn = `${definition.arn}:${Name}`;
    return { ref: arn, attributes: { AliasArn: arn } };
  };
  const provisionEventInvokeConfig = async (request: ResourceRequest) => {
    const properties = readProperties(EventInvokeConfigProperties, request, 'AWS::Lambda::EventInvokeConfig');
    retryPolicies.set(functions.find(properties.FunctionName).definition.name, {
      maximumRetryAttempts: properties.MaximumRetryAttempts,
      maximumEventAgeS: properties.MaximumEventAgeInSeconds,
    });
    return { ref: request.generatedName };
  };
  const configuration = (functionName: string, caller: Caller) => {
    const { definition, arn } = functions.find(functionName);
    region.authorize(caller, 'lambda:GetFunction', arn);
    return {
      FunctionName: definition.name,
      FunctionArn: definition.arn,
      Runtime: definition.runtime,
      Role: definition.roleArn,
      Handler: definition.handler,
      Timeout: definition.timeoutS,
      MemorySize: definition.memoryMb,
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
    };
  };

  return {
    signingNames: ['lambda'],
    operations: { Invoke: (input, caller) => invoke(readInvokeInput(input), caller) },
    handle: (request) => handleLambdaRequest(request, invoke, configuration),
    resources: {
      'AWS::Lambda::Function': { provision: provisionFunction, remove: async ({ ref }) => functions.remove(ref) },
      'AWS::Lambda::Permission': { provision: permissions.provision },
      'AWS::Lambda::Version': { provision: provisionVersion },
      'AWS::Lambda::Alias': { provision: provisionAlias },
      'AWS::Lambda::EventInvokeConfig': { provision: provisionEventInvokeConfig },
      'AWS::Lambda::EventSourceMapping': mappings,
    },
    invokeFor: async (service, functionReference, payload) => {
      letIn(service, functionReference);
      return execute({ functionName: functionReference, payload, invocationType: 'RequestResponse' });
    },
    sendEventFor: (service, functionReference, payload) => {
      letIn(service, functionReference);
      asyncEvents.accept(functions.find(functionReference).definition.name, payload);
    },
    resume: async () => {
      asyncEvents.resume();
      mappings.resume();
    },
    stop: async () => {
      asyncEvents.stop();
      await Promise.all([mappings.stop(), functions.stop()]);
      await options.metrics.flush();
    },
  };
}

function toOutput(result: InvocationResult): InvokeOutput {
  const common = { StatusCode: 200, ExecutedVersion: '$LATEST' };
  if (result.isError) return { ...common, FunctionError: 'Unhandled', Payload: result.payload };
  const payload = responseWithinLimit(result.payload);
  if (payload !== undefined) return { ...common, Payload: payload };
  const errorMessage = 'Response payload size exceeded maximum allowed payload size (6291556 bytes).';
  return {
    ...common,
    FunctionError: 'Unhandled',
    Payload: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }),
  };
}
