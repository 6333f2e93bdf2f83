import { describe, expect, it } from 'vitest';
import { EndpointResourceEvent } from '../../contracts/rollout.ts';
import { environmentOf } from '../../lib/config/environments.ts';
import { resourcesOf, synthesize } from './synth.ts';
import { watchedModel } from './watched-model.ts';

const { model } = synthesize();
const endpoint = resourcesOf(model, 'Custom::HeadgateEndpoint')[0]?.[1];

describe('the stack of a model', () => {
  it('asks for an endpoint in the words its owner reads', () => {
    const { ServiceToken, ServiceTimeout, executionRoleArn, ...asked } = endpoint!.Properties;
    const event = {
      RequestType: 'Create',
      ResponseURL: 'https://example.com/',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Endpoint',
      ResourceProperties: {
        ...asked,
        executionRoleArn: 'arn:aws:iam::000000000000:role/headgate/dev/models/x',
      },
    };
    expect(EndpointResourceEvent.parse(event).ResourceProperties).toEqual(event.ResourceProperties);
    expect(asked).toEqual({
      model: 'churn_1',
      endpointName: 'headgate-dev-churn-1',
      modelPackageGroup: 'headgate-dev-churn-1',
      image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0',
      instanceType: 'ml.g6.xlarge',
      featureCount: 2,
    });
    expect(JSON.stringify(executionRoleArn)).toContain('ExecutionRole');
    expect(endpoint!.DependsOn).toEqual([expect.stringContaining('Packages')]);
    expect(JSON.stringify(ServiceToken)).toContain('EndpointOwnEndpoint');
    expect(ServiceTimeout).toBe('3600');
  });

  it('names no release and holds no endpoint of its own, so that deploying never changes what is served', () => {
    expect(JSON.stringify(model.toJSON())).not.toMatch(/AWS::SageMaker::(Endpoint|EndpointConfig|Model)"/);
  });

  it('keeps its role under the path that functions may pass', () => {
    model.hasResourceProperties('AWS::IAM::Role', { Path: '/headgate/dev/models/' });
  });

  it('registers releases in a group named like the endpoint', () => {
    model.hasResourceProperties('AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupName: 'headgate-dev-churn-1' });
  });

  it('watches the champion, whose latency SageMaker gives in microseconds', () => {
    model.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ModelLatency',
      ExtendedStatistic: 'p99',
      Threshold: 1_000_000,
      Dimensions: [
        { Name: 'EndpointName', Value: 'headgate-dev-churn-1' },
        { Name: 'VariantName', Value: 'champion' },
      ],
    });
    model.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Invocation5XXErrors' });
  });

  it('has its answers computed before they are asked for only where the definition declares it', () => {
    const schedulesOf = (stack: typeof model) =>
      resourcesOf(stack, 'AWS::Scheduler::Schedule')
        .map(([, { Properties }]) => Properties)
        .filter(({ Description }) => String(Description).startsWith('Computes the answers'));
    expect(schedulesOf(model)).toEqual([]);
    const [schedule, ...more] = schedulesOf(synthesize(undefined, undefined, watchedModel).model);
    expect(more).toEqual([]);
    expect(schedule).toMatchObject({ ScheduleExpression: 'cron(0 0/1 * * ? *)', ScheduleExpressionTimezone: 'UTC' });
    const { Input } = schedule!['Target'] as { readonly Input: string }; // by its type
    expect(JSON.parse(Input)).toEqual({ model: 'churn_1', cause: 'schedule', actor: 'headgate:schedule' });
  });

  it('takes the image of its region', () => {
    const inEurope = synthesize(environmentOf('dev', { region: 'eu-west-1' })).model;
    expect(JSON.stringify(inEurope.findResources('Custom::HeadgateEndpoint'))).toContain(
      '141502667606.dkr.ecr.eu-west-1',
    );
  });
});
