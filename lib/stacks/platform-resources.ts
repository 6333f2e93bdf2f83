import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { FLOWS, type Flow } from '../../contracts/flows.ts';
import type { Environment } from '../config/environment.ts';
import type { PlatformResources, SageMakerResources } from '../permissions/resources.ts';
import { machineName, modelRolePath, stagePrefix } from '../stage-names.ts';
import type { DataStack } from './data-stack.ts';

/**
 * What functions and flows may be granted. State machines are named rather than referred to: functions start machines
 * and machines invoke functions.
 */
export function platformResources(
  stack: Stack,
  { stage, ingestTables }: Pick<Environment, 'stage' | 'ingestTables'>,
  data: DataStack,
  eventBus: string,
): PlatformResources {
  const { databaseName, workgroupName } = data.offlineStore;
  const arn = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName });
  const colonArn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const byFlow = (arnOf: (name: string) => string) =>
    Object.fromEntries(FLOWS.map((flow) => [flow, arnOf(machineName(stage, flow))])) as Record<Flow, string>; // one for each
  return {
    onlineTable: data.onlineTable.tableArn,
    registryTable: data.registryTable.tableArn,
    predictionTable: data.predictionTable.tableArn,
    offlineBucket: data.offlineBucket.bucketArn,
    artifactBucket: data.artifactBucket.bucketArn,
    auditBucket: data.audit.bucket.bucketArn,
    auditKey: data.audit.keyArn,
    predictionLogBucket: data.predictionLogBucket.bucketArn,
    predictionStream: data.predictionStream.attrArn,
    outcomeStream: data.outcomeStream.attrArn,
    eventStream: data.eventStream.attrArn,
    eventBus,
    eventRules: stack.formatArn({ service: 'events', resource: 'rule' }),
    glueCatalog: stack.formatArn({ service: 'glue', resource: 'catalog' }),
    glueDatabase: arn('glue', 'database', databaseName),
    glueTables: arn('glue', 'table', `${databaseName}/*`),
    ingestTables: ingestTables.map(({ database, table, location }) => ({
      database: arn('glue', 'database', database),
      table: arn('glue', 'table', `${database}/${table}`),
      ...warehouseLocation(stack, location),
    })),
    athenaWorkgroup: arn('athena', 'workgroup', workgroupName),
    athenaCatalog: arn('athena', 'datacatalog', 'AwsDataCatalog'),
    machines: byFlow((name) => colonArn('stateMachine', name)),
    executions: byFlow((name) => colonArn('execution', `${name}:*`)),
    sagemaker: sageMakerResources(stack, stage),
  };
}

/** `s3://bucket/prefix/` as the ARN of the bucket and the prefix. */
function warehouseLocation(stack: Stack, location: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  return { bucket: stack.formatArn({ service: 's3', region: '', account: '', resource: bucket }), prefix };
}

function sageMakerResources(stack: Stack, stage: string): SageMakerResources {
  const named = (resource: string) =>
    stack.formatArn({ service: 'sagemaker', resource, resourceName: `${stagePrefix(stage)}-*` });
  const alarms = (resourceName: string) =>
    stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return {
    endpoints: named('endpoint'),
    endpointConfigs: named('endpoint-config'),
    models: named('model'),
    modelPackageGroups: named('model-package-group'),
    modelPackages: named('model-package'),
    trainingJobs: named('training-job'),
    transformJobs: named('transform-job'),
    tuningJobs: named('hyper-parameter-tuning-job'),
    modelRoles: stack.formatArn({
      service: 'iam',
      region: '',
      resource: `role${modelRolePath(stage)}*`,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    }),
    scalableTargets: stack.formatArn({
      service: 'application-autoscaling',
      resource: 'scalable-target',
      resourceName: '*',
    }),
    scalingAlarms: alarms(`TargetTracking-endpoint/${stagePrefix(stage)}-*`),
    allAlarms: alarms('*'),
    scalingServiceRole: stack.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName:
        'aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
    }),
  };
}
