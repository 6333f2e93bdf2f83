import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CreateEndpointCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  DeleteModelCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateEndpointCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAutoScalingService } from '../../local/services/application-autoscaling/autoscaling-service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { BUCKET, IMAGE, ROLE, type SageMakerLab, sageMakerLab } from './sagemaker-lab.ts';

let lab: SageMakerLab;
let endpoint: FakeEndpoint;
let scaling: ApplicationAutoScalingClient;

beforeAll(async () => {
  lab = await sageMakerLab();
  lab.region.services.push(makeAutoScalingService(lab.region));
  endpoint = await fakeEndpoint(lab.region);
  scaling = new ApplicationAutoScalingClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await provisionGroup();
  await lab.constantModel('m', 0.25);
});

afterAll(async () => {
  scaling.destroy();
  await endpoint.close();
  await lab.close();
});

const provisionGroup = (properties: object = { ModelPackageGroupName: 'churn' }) =>
  lab.service.resources!['AWS::SageMaker::ModelPackageGroup']!.provision({
    stackName: 's',
    logicalId: 'Group',
    properties: { ...properties },
    generatedName: 's-Group-1',
    assemblyDir: '/',
  });
const Containers = [{ Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/models/m/model.tar.gz` }];
const register = (more: object = {}) =>
  lab.client.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: 'churn',
      InferenceSpecification: {
        Containers,
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
      ...more,
    }),
  );

describe('the model registry', () => {
  it('brings up a package group from the template, the same at every start', async () => {
    const again = await provisionGroup();
    expect(again.attributes?.['ModelPackageGroupArn']).toBe(
      'arn:aws:sagemaker:us-east-1:000000000000:model-package-group/churn',
    );
    expect((await provisionGroup({})).ref).toMatch(/s-Group-1$/);
    await expect(provisionGroup({ Colour: 'red' })).rejects.toThrow(/Colour/);
  });

  it('takes an empty group away with its template, and keeps one with packages', async () => {
    const { remove } = lab.service.resources!['AWS::SageMaker::ModelPackageGroup']!;
    const left = async (properties: object) => ({
      ...(await provisionGroup(properties)),
      stackName: 's',
      logicalId: 'Group',
      properties: {},
    });
    await remove?.(await left({ ModelPackageGroupName: 'short-lived' }));
    await expect(register({ ModelPackageGroupName: 'short-lived' })).rejects.toThrow(/does not exist/);
    const kept = await left({ ModelPackageGroupName: 'kept' });
    await register({ ModelPackageGroupName: 'kept' });
    await remove?.(kept);
    await register({ ModelPackageGroupName: 'kept' });
  });

  it('counts versions, and keeps one per client token', async () => {
    const first = await register({ ClientToken: 'release-1', CustomerMetadataProperties: { releaseId: 'abc' } });
    const repeated = await register({ ClientToken: 'release-1' });
    const second = await register();
    expect(first.ModelPackageArn).toMatch(/model-package\/churn\/1$/);
    expect(repeated.ModelPackageArn).toBe(first.ModelPackageArn);
    expect(second.ModelPackageArn).toMatch(/churn\/2$/);
  });

  it('deploys approved packages only, and says so on the event bus', async () => {
    const ModelPackageName = 'arn:aws:sagemaker:us-east-1:000000000000:model-package/churn/1';
    const model = () =>
      lab.client.send(
        new CreateModelCommand({
          ModelName: 'packaged',
          ExecutionRoleArn: ROLE,
          PrimaryContainer: { ModelPackageName },
        }),
      );
    await expect(model()).rejects.toThrow(/PendingManualApproval; only Approved/);
    await lab.client.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: ModelPackageName,
        ModelApprovalStatus: 'Approved',
        CustomerMetadataProperties: { stage: 'prod' },
        CustomerMetadataPropertiesToRemove: ['releaseId'],
      }),
    );
    await model();
    const described = await lab.client.send(new DescribeModelPackageCommand({ ModelPackageName }));
    expect(described).toMatchObject({
      ModelApprovalStatus: 'Approved',
      ModelPackageVersion: 1,
      CustomerMetadataProperties: { stage: 'prod' },
    });
    expect(lab.region.events.at(-1)).toMatchObject({
      detailType: 'SageMaker Model Package State Change',
      detail: { ModelApprovalStatus: 'Approved' },
    });
  });

  it('lists the packages of a group by approval', async () => {
    const { ModelPackageSummaryList } = await lab.client.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'churn', ModelApprovalStatus: 'PendingManualApproval' }),
    );
    expect(ModelPackageSummaryList?.map(({ ModelPackageVersion }) => ModelPackageVersion)).toEqual([2]);
  });

  it('refuses unknown groups and packages, tags on versions, and models that exist or do not', async () => {
    await expect(register({ ModelPackageGroupName: 'nobody' })).rejects.toThrow(/nobody does not exist/);
    await expect(register({ Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toThrow(/tag the group/);
    await expect(lab.client.send(new DescribeModelPackageCommand({ ModelPackageName: 'churn/9' }))).rejects.toThrow(
      /does not exist/,
    );
    await expect(lab.constantModel('m', 0.5)).rejects.toThrow(/Cannot create already existing model/);
    await expect(lab.client.send(new DeleteModelCommand({ ModelName: 'nobody' }))).rejects.toThrow(
      /Could not find model/,
    );
  });
});

describe('auto scaling', () => {
  const target = {
    ServiceNamespace: 'sagemaker' as const,
    ResourceId: 'endpoint/scaled/variant/primary',
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
  };
  const registerTarget = (more: object = {}) =>
    scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 4, ...more }));
  const update = (EndpointConfigName: string) =>
    lab.client.send(new UpdateEndpointCommand({ EndpointName: 'scaled', EndpointConfigName }));

  beforeAll(async () => {
    await lab.config('small', [{ name: 'primary', model: 'm' }]);
    await lab.config('large', [{ name: 'primary', model: 'm', type: 'ml.g5.xlarge' }]);
    await lab.config('renamed', [{ name: 'other', model: 'm' }]);
    await lab.client.send(new CreateEndpointCommand({ EndpointName: 'scaled', EndpointConfigName: 'small' }));
    await lab.untilEndpoint('scaled', 'InService');
  });

  it('keeps targets and policies', async () => {
    await registerTarget();
    await registerTarget({ MaxCapacity: 6 });
    const { ScalableTargets } = await scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
    );
    expect(ScalableTargets).toEqual([
      expect.objectContaining({ MinCapacity: 1, MaxCapacity: 6, CreationTime: expect.any(Date) }),
    ]);
    await scaling.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: 'invocations',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 100,
          PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        },
      }),
    );
    const { ScalingPolicies } = await scaling.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker' }),
    );
    expect(ScalingPolicies).toEqual([
      expect.objectContaining({ PolicyName: 'invocations', ResourceId: target.ResourceId }),
    ]);
  });

  it.each([
    ['a minimum above the maximum', { MinCapacity: 5, MaxCapacity: 4 }, /must not be above/],
    ['a minimum of 0', { MinCapacity: 0 }, /at least 1/],
    ['a resource id of another form', { ResourceId: 'endpoint/scaled' }, /endpoint\/<name>\/variant\/<variant>/],
    ['a variant that is not there', { ResourceId: 'endpoint/scaled/variant/nobody' }, /doesn't exist/],
    ['an endpoint that is not there', { ResourceId: 'endpoint/nobody/variant/primary' }, /doesn't exist/],
  ])('refuses %s', async (_, more, message) => {
    await expect(registerTarget(more)).rejects.toThrow(message);
  });

  it('keeps a registered variant on its instance type until it is deregistered', async () => {
    await expect(update('large')).rejects.toThrow(
      /registered for automatic scaling and can not be changed from ml.m5.large to ml.g5.xlarge/,
    );
    await expect(update('renamed')).rejects.toThrow(/can not be removed/);
    await scaling.send(new DeregisterScalableTargetCommand(target));
    expect(
      (await scaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker' }))).ScalingPolicies,
    ).toEqual([]);
    await update('large');
    await lab.untilEndpoint('scaled', 'InService');
    await expect(scaling.send(new DeregisterScalableTargetCommand(target))).rejects.toMatchObject({
      name: 'ObjectNotFoundException',
    });
  });
});
