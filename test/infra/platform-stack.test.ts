import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { API_ROUTES } from '../../contracts/api/routes.ts';
import { EVENTS } from '../../contracts/events.ts';
import { environmentOf } from '../../lib/config/environments.ts';
import { FUNCTION_NAMES } from '../../lib/functions.ts';
import { headgateApp, resourcesOf, synthesize } from './synth.ts';

const { platform } = synthesize();

describe('functions', () => {
  const functions = resourcesOf(platform, 'AWS::Lambda::Function');

  it('are those of the catalogue, and no other that a construct smuggled in', () => {
    expect(functions.map(([, { Properties }]) => Properties['Description']).sort()).toEqual([...FUNCTION_NAMES].sort());
  });

  it.each(functions)('%s runs on Node 24 and arm64, logs JSON, and is traced', (_, { Properties }) => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
      TracingConfig: { Mode: 'Active' },
    });
  });

  it('share no role', () => {
    const roles = functions.map(([, { Properties }]) => JSON.stringify(Properties['Role']));
    expect(new Set(roles).size).toBe(functions.length);
  });

  it('keep their logs as long as the environment says', () => {
    for (const [, { Properties }] of resourcesOf(platform, 'AWS::Logs::LogGroup')) {
      expect(Properties['RetentionInDays']).toBe(environmentOf('dev').logRetentionDays);
    }
  });

  it('answer HTTP before API Gateway stops waiting', () => {
    const answering = new Set<unknown>(API_ROUTES.map((route) => route.functionName));
    const slow = functions.filter(
      ([, { Properties }]) => answering.has(Properties['Description']) && Number(Properties['Timeout']) >= 30,
    );
    expect(slow).toEqual([]);
  });
});

describe('HTTP API', () => {
  const routes = resourcesOf(platform, 'AWS::ApiGatewayV2::Route');

  it.each(routes)('%s lets in only who signs with IAM', (_, { Properties }) => {
    expect(Properties['AuthorizationType']).toBe('AWS_IAM');
  });

  it('has the routes of the contract, and none for anything else', () => {
    const keys = routes.map(([, { Properties }]) => Properties['RouteKey']);
    expect(keys.sort()).toEqual(API_ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('logs access and bounds the rate', () => {
    const { apiRequestsPerSecond, apiBurstRequests } = environmentOf('dev');
    platform.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('identity.userArn') },
      DefaultRouteSettings: { ThrottlingRateLimit: apiRequestsPerSecond, ThrottlingBurstLimit: apiBurstRequests },
    });
  });

  it('lets itself, and nobody else, call functions', () => {
    const permissions = resourcesOf(platform, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    const ofOthers = permissions.filter(({ Principal }) => Principal !== 'apigateway.amazonaws.com');
    for (const permission of permissions.filter((one) => !ofOthers.includes(one))) {
      expect(JSON.stringify(permission['SourceArn'])).toContain('execute-api');
    }
    const rules = ofOthers.map(({ Principal, SourceArn }) => {
      expect(Principal).toBe('events.amazonaws.com');
      const { 'Fn::GetAtt': [rule = ''] = [] } = SourceArn as { 'Fn::GetAtt'?: string[] }; // refused below when it is none
      return rule.replace(/[0-9A-F]{8}$/, '');
    });
    // what has the audit chain signed, and what looks at a retraining, when a rollout or a training has ended
    expect([...new Set(rules)].sort()).toEqual([
      'AuditCheckpointsRolloutEnded',
      'RetrainingTriggersRolloutEnded',
      'RetrainingTriggersTrainingEnded',
    ]);
  });
});

describe('flows', () => {
  it.each(['ingest', 'materialize', 'train', 'rollout'])('logs and traces %s', (flow) => {
    platform.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: `headgate-dev-${flow}`,
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('materializes each view at its ticks', () => {
    platform.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 0 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      Target: { Input: '{"view":"customer_spend","cause":"schedule"}' },
    });
    platform.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 0/6 * * ? *)',
      Target: { Input: '{"view":"last_order","cause":"schedule"}' },
    });
  });
});

describe('notices', () => {
  it('tells what people have to know, why and what to do, over a topic that is encrypted and takes TLS alone', () => {
    platform.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': Object.keys(EVENTS).filter((type) => EVENTS[type]?.isTold) },
      Targets: [
        {
          Arn: { Ref: Match.stringLikeRegexp('^NoticesTopic') },
          InputTransformer: {
            InputTemplate: Match.stringLikeRegexp(
              '^"Headgate dev: <.+> <.+>.*Why: <.+>.*What to do: <.+>.*Event <.+>"$',
            ),
            InputPathsMap: Match.objectLike({ 'detail-data-because': '$.detail.data.because' }),
          },
        },
      ],
    });
    platform.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    platform.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    expect(JSON.stringify(platform.findResources('AWS::SNS::TopicPolicy'))).toContain('"aws:SecureTransport":"false"');
  });

  it('reach the address of the environment, and a topic that was there before', () => {
    const alarmTopicArn = 'arn:aws:sns:us-east-1:222222222222:pager';
    const prod = synthesize({ ...environmentOf('prod'), alarmTopicArn }).platform;
    prod.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ml-oncall@example.com' });
    for (const [, { Properties }] of resourcesOf(prod, 'AWS::CloudWatch::Alarm')) {
      expect(Properties['AlarmActions']).toContain(alarmTopicArn);
    }
  });
});

it('publishes under names what programs outside the app need', () => {
  const names = resourcesOf(platform, 'AWS::SSM::Parameter').map(([, { Properties }]) => Properties['Name']);
  expect(names.sort()).toEqual(
    [
      'api-url',
      'artifact-bucket',
      'athena-workgroup',
      'audit-bucket',
      'audit-key',
      'event-bus',
      'event-stream',
      'glue-database',
      'offline-bucket',
      'online-table',
      'prediction-log-bucket',
      'prediction-table',
      'registry-table',
    ].map((what) => `/headgate/dev/${what}`),
  );
});

it('refers from data to platform to model and never back, without exports that lock', () => {
  const { app, stacks } = headgateApp({ models: ['churn_1', 'churn_2'] });
  const dependencies = (stack: (typeof stacks.models)[number] | typeof stacks.data | typeof stacks.platform) =>
    stack.dependencies.map(({ stackName }) => stackName).sort();
  const assembly = app.synth();
  expect(dependencies(stacks.data)).toEqual([]);
  expect(dependencies(stacks.platform)).toEqual(['headgate-dev-data']);
  for (const model of stacks.models) {
    expect(dependencies(model)).toEqual(['headgate-dev-data', 'headgate-dev-platform']);
  }
  expect(JSON.stringify(assembly.stacks.map(({ template }) => template))).not.toContain('Fn::ImportValue');
});
