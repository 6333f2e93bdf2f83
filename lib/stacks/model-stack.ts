import { ArnFormat, CustomResource, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Model } from '../../core/definitions/model.ts';
import type { Environment } from '../config/environment.ts';
import { xgboostImage } from '../config/xgboost-image.ts';
import { EndpointAlarms } from '../constructs/endpoint-alarms.ts';
import { fiveMinuteMetric } from '../constructs/five-minute-metric.ts';
import { ModelAlarms } from '../constructs/model-alarms.ts';
import { ModelSchedules, type ScheduledFlow } from '../constructs/model-schedules.ts';
import { PlatformAlarm } from '../constructs/platform-alarm.ts';
import { ServiceRole } from '../constructs/service-role.ts';
import { modelPermissions } from '../permissions/model-permissions.ts';
import { endpointName, modelRolePath } from '../stage-names.ts';

export interface ModelStackProps extends StackProps {
  readonly environment: Environment;
  readonly model: Model;
  readonly artifactBucket: IBucket;
  /** Brings the endpoint into being, and takes it away. */
  readonly endpointOwner: IFunction;
  readonly alarmTopics: readonly ITopic[];
  readonly machines: Readonly<Record<ScheduledFlow, IStateMachine>>;
  /** The group that schedules are in. */
  readonly scheduleGroup: string;
}

/** Longest that bringing up an endpoint may take. */
const ENDPOINT_MINUTES = 60;

/**
 * What one model needs beside the platform. The stack owns that the endpoint exists; which release it runs is the
 * rollout's to decide, so nothing here names one and a deployment never changes what is served.
 */
export class ModelStack extends Stack {
  constructor(scope: Construct, id: string, props: ModelStackProps) {
    super(scope, id, props);
    const { environment, model } = props;
    const name = endpointName(environment.stage, model.name);
    const image = xgboostImage(environment.region);
    const { role } = new ServiceRole(this, 'Execution', {
      service: 'sagemaker.amazonaws.com',
      description: `Training jobs and endpoint containers of model ${model.name}`,
      path: modelRolePath(environment.stage),
      grants: modelPermissions({
        model: model.name,
        artifactBucket: props.artifactBucket.bucketArn,
        imageRepository: image.repositoryArn,
        logGroups: this.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: '/aws/sagemaker/*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      }),
    });
    const packages = new CfnModelPackageGroup(this, 'Packages', {
      modelPackageGroupName: name,
      modelPackageGroupDescription: `Releases of model ${model.name}`,
    });
    const endpoint = new CustomResource(this, 'Endpoint', {
      resourceType: 'Custom::HeadgateEndpoint',
      serviceToken: props.endpointOwner.functionArn,
      serviceTimeout: Duration.minutes(ENDPOINT_MINUTES),
      properties: {
        model: model.name,
        endpointName: name,
        executionRoleArn: role.roleArn,
        modelPackageGroup: name,
        image: image.uri,
        instanceType: model.serving.instanceType,
        featureCount: model.features.length,
      },
    });
    endpoint.node.addDependency(packages);
    this.watchSkew(props);
    new ModelSchedules(this, 'Schedules', { groupName: props.scheduleGroup, model, machines: props.machines });
    new EndpointAlarms(this, 'EndpointAlarms', { endpointName: name, topics: props.alarmTopics });
    new ModelAlarms(this, 'Watch', { stage: environment.stage, model, topics: props.alarmTopics });
  }

  private watchSkew({ environment, model, alarmTopics }: ModelStackProps): void {
    new PlatformAlarm(this, 'FeaturesSkewed', {
      metric: fiveMinuteMetric('Headgate', 'SkewedVectors', { Stage: environment.stage, Model: model.name }),
      limit: 1,
      periods: 1,
      meaning: `Model ${model.name} was served values of features that the offline store does not bear out`,
      runbook: 'features-skewed',
      topics: alarmTopics,
      silence: { isFine: true, because: 'the metric is written only when vectors were audited' },
    });
  }
}
