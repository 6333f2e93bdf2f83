import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvName } from '../../contracts/environment.ts';
import type { FunctionBundle } from '../bundling/function-bundle.ts';
import type { FunctionSpec } from '../functions.ts';
import { allow, type Grant } from '../permissions/grant.ts';
import { ServiceRole } from './service-role.ts';

export interface PlatformFunctionProps {
  /** What it is for, shown in the console. */
  readonly description: string;
  readonly spec: FunctionSpec;
  readonly bundle: FunctionBundle;
  /** A value for each variable the function reads. */
  readonly environment: Readonly<Partial<Record<EnvName, string>>>;
  /** What it may do beside logging and tracing. */
  readonly grants: readonly Grant[];
  readonly logRetention: RetentionDays;
}

/** One Lambda function of the platform, with a role and a log group of its own. */
export class PlatformFunction extends Construct {
  readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { role } = new ServiceRole(this, 'Access', {
      service: 'lambda.amazonaws.com',
      description: `Function: ${props.description}`,
      grants: [
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
        sendTraces(),
        ...props.grants,
      ],
    });
    this.fn = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.bundle.dir, { assetHash: props.bundle.hash }),
      memorySize: props.spec.memoryMb,
      timeout: Duration.seconds(props.spec.timeoutSeconds),
      role: role.withoutPolicyUpdates(),
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: 'headgate' },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.ACTIVE,
    });
  }
}

export function sendTraces(): Grant {
  return allow(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*', {
    because: 'X-Ray has no resources to name',
  });
}
