/**
 * Resource types that change nothing a program could notice on a laptop, and why. Every other type needs a
 * stand-in; a type that is in neither place stops the start.
 */
export const TYPES_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'usage statistics of the CDK itself',
  'AWS::CloudWatch::Dashboard': 'a page of the AWS console; nothing reads it',
  'AWS::ApiGateway::Account': 'lets API Gateway write to CloudWatch Logs; here logs are files',
  'AWS::XRay::SamplingRule': 'tracing has no collector here; functions run untraced',
};
