/** What a Task state's Resource asks for. */
export interface TaskResource {
  readonly pattern: 'request' | 'sync' | 'token';
  /** Where the call goes: signing name and API operation; `lambda` + `Invoke` for functions. */
  readonly signingName: string;
  readonly operation: string;
  /** Set for optimized integrations, whose documents Step Functions reshapes: `sagemaker`, `lambda`. */
  readonly optimized?: string;
  /** First part of error names: `SageMaker`, `DynamoDb`. */
  readonly errorPrefix: string;
  /** Error of the service's SDK for failures its model does not name. */
  readonly fallbackError: string;
  /** `.sync:2` of nested executions gives the output as JSON instead of text. */
  readonly parsesOutput: boolean;
  /** Function to call when the Resource is a function's own ARN. */
  readonly functionArn?: string;
}

interface SdkService {
  readonly signingName: string;
  readonly errorPrefix: string;
}

/** AWS SDK integrations by the service's name in the ARN; all speak JSON documents in process. */
const SDK_SERVICES: Readonly<Record<string, SdkService>> = {
  applicationautoscaling: { signingName: 'application-autoscaling', errorPrefix: 'ApplicationAutoScaling' },
  athena: { signingName: 'athena', errorPrefix: 'Athena' },
  cloudwatch: { signingName: 'monitoring', errorPrefix: 'CloudWatch' },
  cloudwatchlogs: { signingName: 'logs', errorPrefix: 'CloudWatchLogs' },
  dynamodb: { signingName: 'dynamodb', errorPrefix: 'DynamoDb' },
  eventbridge: { signingName: 'events', errorPrefix: 'EventBridge' },
  firehose: { signingName: 'firehose', errorPrefix: 'Firehose' },
  glue: { signingName: 'glue', errorPrefix: 'Glue' },
  kms: { signingName: 'kms', errorPrefix: 'Kms' },
  lambda: { signingName: 'lambda', errorPrefix: 'Lambda' },
  sagemaker: { signingName: 'sagemaker', errorPrefix: 'SageMaker' },
  scheduler: { signingName: 'scheduler', errorPrefix: 'Scheduler' },
  sfn: { signingName: 'states', errorPrefix: 'Sfn' },
  sns: { signingName: 'sns', errorPrefix: 'Sns' },
  sqs: { signingName: 'sqs', errorPrefix: 'Sqs' },
  ssm: { signingName: 'ssm', errorPrefix: 'Ssm' },
};

const SAGEMAKER = {
  signingName: 'sagemaker',
  errorPrefix: 'SageMaker',
  fallbackError: 'SageMaker.AmazonSageMakerException',
};
const DYNAMODB = {
  signingName: 'dynamodb',
  errorPrefix: 'DynamoDB',
  fallbackError: 'DynamoDB.AmazonDynamoDBException',
};

/** Optimized integrations, by the end of the ARN, with the patterns each allows. */
const OPTIMIZED: Readonly<
  Record<
    string,
    SdkService & { readonly fallbackError: string; readonly patterns: readonly ('request' | 'sync' | 'token')[] }
  >
> = {
  'lambda:invoke': {
    signingName: 'lambda',
    errorPrefix: 'Lambda',
    fallbackError: 'Lambda.AWSLambdaException',
    patterns: ['request', 'token'],
  },
  'sagemaker:createTrainingJob': { ...SAGEMAKER, patterns: ['request', 'sync'] },
  'sagemaker:createTransformJob': { ...SAGEMAKER, patterns: ['request', 'sync'] },
  'sagemaker:createHyperParameterTuningJob': { ...SAGEMAKER, patterns: ['request', 'sync'] },
  'sagemaker:createProcessingJob': { ...SAGEMAKER, patterns: ['request', 'sync'] },
  'sagemaker:createModel': { ...SAGEMAKER, patterns: ['request'] },
  'sagemaker:createEndpointConfig': { ...SAGEMAKER, patterns: ['request'] },
  'sagemaker:createEndpoint': { ...SAGEMAKER, patterns: ['request'] },
  'sagemaker:updateEndpoint': { ...SAGEMAKER, patterns: ['request'] },
  'athena:startQueryExecution': {
    signingName: 'athena',
    errorPrefix: 'Athena',
    fallbackError: 'Athena.AmazonAthenaException',
    patterns: ['request', 'sync'],
  },
  'athena:stopQueryExecution': {
    signingName: 'athena',
    errorPrefix: 'Athena',
    fallbackError: 'Athena.AmazonAthenaException',
    patterns: ['request'],
  },
  'athena:getQueryExecution': {
    signingName: 'athena',
    errorPrefix: 'Athena',
    fallbackError: 'Athena.AmazonAthenaException',
    patterns: ['request'],
  },
  'athena:getQueryResults': {
    signingName: 'athena',
    errorPrefix: 'Athena',
    fallbackError: 'Athena.AmazonAthenaException',
    patterns: ['request'],
  },
  'states:startExecution': {
    signingName: 'states',
    errorPrefix: 'StepFunctions',
    fallbackError: 'StepFunctions.AWSStepFunctionsException',
    patterns: ['request', 'sync', 'token'],
  },
  'dynamodb:getItem': { ...DYNAMODB, patterns: ['request'] },
  'dynamodb:putItem': { ...DYNAMODB, patterns: ['request'] },
  'dynamodb:updateItem': { ...DYNAMODB, patterns: ['request'] },
  'dynamodb:deleteItem': { ...DYNAMODB, patterns: ['request'] },
  'events:putEvents': {
    signingName: 'events',
    errorPrefix: 'EventBridge',
    fallbackError: 'EventBridge.AmazonEventBridgeException',
    patterns: ['request', 'token'],
  },
  'sns:publish': {
    signingName: 'sns',
    errorPrefix: 'SNS',
    fallbackError: 'SNS.AmazonSNSException',
    patterns: ['request', 'token'],
  },
  'sqs:sendMessage': {
    signingName: 'sqs',
    errorPrefix: 'SQS',
    fallbackError: 'SQS.AmazonSQSException',
    patterns: ['request', 'token'],
  },
};

/** @throws Error that says what the laptop can call, when the Resource is none of it */
export function parseTaskResource(resource: string): TaskResource {
  if (/^arn:aws[a-z-]*:lambda:/.test(resource)) {
    const lambda = OPTIMIZED['lambda:invoke']!; // present above
    return { ...lambda, pattern: 'request', operation: 'Invoke', parsesOutput: false, functionArn: resource };
  }
  const match =
    /^arn:aws[a-z-]*:states:::(?<sdk>aws-sdk:)?(?<service>[a-z0-9]+):(?<action>[A-Za-z0-9]+)(?<suffix>\.sync(?::2)?|\.waitForTaskToken)?$/.exec(
      resource,
    );
  if (match?.groups === undefined) throw new Error(`Resource "${resource}" is not a task resource ARN`);
  const { sdk, service, action, suffix } = match.groups;
  if (service === undefined || action === undefined) throw new Error(`Resource "${resource}" names no action`);
  const pattern = suffix === undefined ? 'request' : suffix === '.waitForTaskToken' ? 'token' : 'sync';
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  if (sdk !== undefined) {
    const known = SDK_SERVICES[service];
    if (known === undefined) {
      throw new Error(
        `Resource "${resource}": the laptop calls these services by SDK: ${Object.keys(SDK_SERVICES).join(', ')}`,
      );
    }
    if (pattern === 'sync') throw new Error(`Resource "${resource}": SDK integrations have no .sync`);
    const fallbackError = `${known.errorPrefix}.${known.errorPrefix}Exception`;
    return { ...known, fallbackError, pattern, operation, parsesOutput: false };
  }
  const known = OPTIMIZED[`${service}:${action}`];
  if (known === undefined) {
    throw new Error(`Resource "${resource}": the laptop's optimized tasks are ${Object.keys(OPTIMIZED).join(', ')}`);
  }
  if (!known.patterns.includes(pattern)) {
    throw new Error(`Resource "${resource}" does not allow ${suffix}`);
  }
  return { ...known, pattern, operation, optimized: `${service}:${action}`, parsesOutput: suffix === '.sync:2' };
}
