import type { RequestListener } from 'node:http';
import { makeContainerImages } from './containers/images.ts';
import type { IamService } from './iam/iam-service.ts';
import { makeMetricSink } from './metric-sink.ts';
import type { Caller, LocalService, Region } from './service.ts';
import { makeApiGatewayService } from './services/api-gateway/api-gateway-service.ts';
import { makeAutoScalingService } from './services/application-autoscaling/autoscaling-service.ts';
import { makeAthenaService } from './services/athena/service.ts';
import { makeCloudWatchService } from './services/cloudwatch/cloudwatch-service.ts';
import { makeDynamoDbService } from './services/dynamodb/dynamodb-service.ts';
import { type EventsService, makeEventsService } from './services/events/events-service.ts';
import { makeFirehoseService } from './services/firehose/service.ts';
import { makeGlueService } from './services/glue/service.ts';
import { makeKinesisService } from './services/kinesis/kinesis-service.ts';
import { makeKmsService } from './services/kms/kms-service.ts';
import { makeLambdaService } from './services/lambda/lambda-service.ts';
import { makeLogsService } from './services/logs/logs-service.ts';
import { makeS3Service } from './services/s3/service.ts';
import { makeSageMakerService } from './services/sagemaker/sagemaker-service.ts';
import { makeSchedulerService } from './services/scheduler/scheduler-service.ts';
import { makeSnsService } from './services/sns/sns-service.ts';
import { makeSqsService } from './services/sqs/sqs-service.ts';
import { makeSsmService } from './services/ssm/ssm-service.ts';
import { makeStepFunctionsService } from './services/step-functions/step-functions-service.ts';
import { makeStsService } from './services/sts/sts-service.ts';

export interface ServiceOptions {
  readonly iam: IamService;
  readonly person: Caller;
  readonly requireSignatures: boolean;
  readonly dynamoDbEndpoint?: string;
  /** Entries `PATTERN=COMMAND` of the processes that play container images, before the built-in ones. */
  readonly containerImages: readonly string[];
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
  const metrics = makeMetricSink(region, person);
  const lambda = makeLambdaService(region, {
    metrics,
    mayAssume: (roleArn) => iam.trusts(roleArn, 'lambda.amazonaws.com'),
  });
  const events = makeEventsService(region, lambda);
  const all = [
    iam,
    makeStsService(region),
    makeS3Service(region),
    makeSsmService(region),
    makeSqsService(region),
    makeKmsService(region),
    makeGlueService(region),
    makeAthenaService(region),
    makeFirehoseService(region),
    makeKinesisService(region),
    makeDynamoDbService(region, options.dynamoDbEndpoint === undefined ? {} : { endpoint: options.dynamoDbEndpoint }),
    makeLogsService(region),
    makeCloudWatchService(region, lambda),
    makeSnsService(region, lambda),
    lambda,
    events,
    makeSchedulerService(region),
    makeAutoScalingService(region),
    makeSageMakerService(region, { images: makeContainerImages(options.containerImages) }),
    makeStepFunctionsService(region),
    makeApiGatewayService(region, {
      lambda,
      metrics,
      person,
      accessKeys: iam,
      requireSignatures: options.requireSignatures,
      serve: options.serveApi,
    }),
  ];
  return { all, events };
}
