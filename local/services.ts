import type { RequestListener } from 'node:http';
import type { IamService } from './iam/iam-service.ts';
import type { Caller, LocalService, Region } from './service.ts';
import { makeApiGatewayService } from './services/api-gateway/api-gateway-service.ts';
import { makeDynamoDbService } from './services/dynamodb/dynamodb-service.ts';
import { type EventsService, makeEventsService } from './services/events/events-service.ts';
import { makeGlueService } from './services/glue/service.ts';
import { makeLambdaService } from './services/lambda/lambda-service.ts';
import { makeS3Service } from './services/s3/service.ts';
import { makeSchedulerService } from './services/scheduler/scheduler-service.ts';
import { makeSqsService } from './services/sqs/sqs-service.ts';
import { makeSsmService } from './services/ssm/ssm-service.ts';
import { makeStepFunctionsService } from './services/step-functions/step-functions-service.ts';
import { makeStsService } from './services/sts/sts-service.ts';

export interface ServiceOptions {
  readonly iam: IamService;
  readonly person: Caller;
  readonly requireSignatures: boolean;
  readonly dynamoDbEndpoint?: string;
  readonly serveApi: (listener: RequestListener) => void;
}

export interface Services {
  readonly all: readonly LocalService[];
  /** Takes what `Region.emit` is given. */
  readonly events: EventsService;
}

/**
 * Every service of the region, in the order of starting; they stop the other way round, so that each can still
 * reach those above it while it stops.
 */
export function makeServices(region: Region, options: ServiceOptions): Services {
  const { iam, person } = options;
  const lambda = makeLambdaService(region, { mayAssume: (roleArn) => iam.trusts(roleArn, 'lambda.amazonaws.com') });
  const events = makeEventsService(region, lambda);
  const all = [
    iam,
    makeStsService(region),
    makeS3Service(region),
    makeSsmService(region),
    makeSqsService(region),
    makeGlueService(region),
    makeDynamoDbService(region, options.dynamoDbEndpoint === undefined ? {} : { endpoint: options.dynamoDbEndpoint }),
    lambda,
    events,
    makeSchedulerService(region, lambda),
    makeStepFunctionsService(region),
    makeApiGatewayService(region, {
      lambda,
      person,
      accessKeys: iam,
      requireSignatures: options.requireSignatures,
      serve: options.serveApi,
    }),
  ];
  return { all, events };
}
