/** The AWS-managed policies that CDK attaches by itself, as AWS publishes them. */
const AWS_MANAGED_POLICIES: Readonly<Record<string, object>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
    ],
  },
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess': {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:GetSamplingStatisticSummaries',
        ],
        Resource: ['*'],
      },
    ],
  },
};

/** @throws Error for a policy whose text is not kept here */
export function awsManagedPolicy(arn: string): object {
  const policy = AWS_MANAGED_POLICIES[arn];
  if (policy === undefined) {
    throw new Error(
      `the AWS-managed policy ${arn} is not known to the laptop region; known: ${Object.keys(AWS_MANAGED_POLICIES).join(', ')}`,
    );
  }
  return policy;
}
