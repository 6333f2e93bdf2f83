import type { RequestListener } from 'node:http';
import type { IamService } from './iam/iam-service.ts';
import type { Caller, LocalService, Region } from './service.ts';
import { makeApiGatewayService } from './services/api-gateway/api-gateway-service.ts';
import { makeDynamoDbService } from './services/dynamodb/dynamodb-service.ts';
import { makeLambdaService } from './services/lambda/lambda-service.ts';
import { makeStsService } from './services/sts/sts-service.ts';

export interface ServiceOptions {
  readonly iam: IamService;
  readonly person: Caller;
  readonly requireSignatures: boolean;
  readonly dynamoDbEndpoint?: string;
  readonly serveApi: (listener: RequestListener) => void;
}

/**
 * Every service of the region, in the order of starting; they stop the other way round, so that each can still
 * reach those above it while it stops.
 */
export function makeServices(region: Region, options: ServiceOptions): readonly LocalService[] {
  const { iam, person } = options;
  const lambda = makeLambdaService(region, { mayAssume: (roleArn) => iam.trusts(roleArn, 'lambda.amazonaws.com') });
  return [
    iam,
    makeStsService(region),
    makeDynamoDbService(region, options.dynamoDbEndpoint === undefined ? {} : { endpoint: options.dynamoDbEndpoint }),
    lambda,
    makeApiGatewayService(region, {
      lambda,
      person,
      accessKeys: iam,
      requireSignatures: options.requireSignatures,
      serve: options.serveApi,
    }),
  ];
}
