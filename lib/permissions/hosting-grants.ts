import { allow, type Grant } from './grant.ts';
import type { SageMakerResources } from './resources.ts';

const NAMES_ARE_BORN_AT_RUN_TIME =
  'the wildcard ends the fixed beginning of the names that this stage gives to endpoints and models';

/** Looks at endpoints of this stage. */
function describeEndpoints(sagemaker: SageMakerResources): Grant {
  return allow('sagemaker:DescribeEndpoint', sagemaker.endpoints, { because: NAMES_ARE_BORN_AT_RUN_TIME });
}

/** Looks at endpoints of this stage, at what they are to run, and at how they scale. */
export function describeHosting(sagemaker: SageMakerResources): readonly Grant[] {
  return [
    describeEndpoints(sagemaker),
    allow('sagemaker:DescribeEndpointConfig', sagemaker.endpointConfigs, { because: NAMES_ARE_BORN_AT_RUN_TIME }),
    describeScaling(),
  ];
}

/** Brings an endpoint to a content: model, configuration, create or update, and replacement of one that failed. */
export function pointEndpoints(sagemaker: SageMakerResources): readonly Grant[] {
  const because = NAMES_ARE_BORN_AT_RUN_TIME;
  return [
    ...describeHosting(sagemaker),
    allow(['sagemaker:CreateModel'], sagemaker.models, { because }),
    allow('sagemaker:CreateEndpointConfig', [sagemaker.endpointConfigs, sagemaker.models], { because }),
    allow(['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'], [sagemaker.endpoints, sagemaker.endpointConfigs], {
      because,
    }),
    allow('sagemaker:DeleteEndpoint', sagemaker.endpoints, { because }),
    passModelRole(sagemaker),
    ...releaseScaling(sagemaker),
  ];
}

/** Takes endpoints away with everything made for them. */
export function removeEndpoints(sagemaker: SageMakerResources): readonly Grant[] {
  return [
    allow('sagemaker:DeleteEndpointConfig', sagemaker.endpointConfigs, { because: NAMES_ARE_BORN_AT_RUN_TIME }),
    allow('sagemaker:ListEndpointConfigs', '*', { because: 'SageMaker has no resource to name for listing' }),
  ];
}

/** Makes packages in the groups of this stage's models; never changes one. */
export function keepModelPackages(sagemaker: SageMakerResources): readonly Grant[] {
  return [
    allow(
      ['sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage'],
      [sagemaker.modelPackageGroups, sagemaker.modelPackages],
      {
        because: 'the wildcard ends the beginning of the names of this stage’s groups: SageMaker numbers the packages',
      },
    ),
    allow('sagemaker:ListModelPackages', '*', { because: 'SageMaker has no resource to name for listing' }),
  ];
}

/** Hands the role of a model to SageMaker, and to nobody else. */
export function passModelRole(sagemaker: SageMakerResources): Grant {
  return allow('iam:PassRole', sagemaker.modelRoles, {
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    because: 'the wildcard ends the path under which only the roles of this stage’s models lie',
  });
}

/**
 * Lets Application Auto Scaling go of a variant, without which an endpoint cannot drop it. It takes its alarms away in
 * the caller's name.
 */
function releaseScaling(sagemaker: SageMakerResources): readonly Grant[] {
  return [
    onScalableTargets('application-autoscaling:DeregisterScalableTarget', sagemaker),
    allow('cloudwatch:DeleteAlarms', sagemaker.scalingAlarms, { because: NAMES_ARE_BORN_AT_RUN_TIME }),
    describeAlarms(sagemaker),
  ];
}

function describeAlarms(sagemaker: SageMakerResources): Grant {
  return allow('cloudwatch:DescribeAlarms', sagemaker.allAlarms, {
    because: 'CloudWatch refuses who may describe only some alarms wherever it is not asked by their whole names',
  });
}

function describeScaling(): Grant {
  return allow('application-autoscaling:DescribeScalableTargets', '*', {
    because: 'Application Auto Scaling has no resource to name for describing',
  });
}

/**
 * Registers variants with Application Auto Scaling and gives them a target. It acts on the endpoint and on the alarms
 * in the caller's name at that moment, and makes its own role when the account has none.
 */
export function scaleVariants(sagemaker: SageMakerResources): readonly Grant[] {
  const because = NAMES_ARE_BORN_AT_RUN_TIME;
  return [
    onScalableTargets(
      ['application-autoscaling:PutScalingPolicy', 'application-autoscaling:RegisterScalableTarget'],
      sagemaker,
    ),
    allow(['sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities'], sagemaker.endpoints, {
      because,
    }),
    allow('sagemaker:DescribeEndpointConfig', sagemaker.endpointConfigs, { because }),
    allow(['cloudwatch:DeleteAlarms', 'cloudwatch:PutMetricAlarm'], sagemaker.scalingAlarms, { because }),
    describeAlarms(sagemaker),
    allow('iam:CreateServiceLinkedRole', sagemaker.scalingServiceRole, {
      conditions: { StringEquals: { 'iam:AWSServiceName': 'sagemaker.application-autoscaling.amazonaws.com' } },
    }),
  ];
}

function onScalableTargets(actions: string | readonly string[], sagemaker: SageMakerResources): Grant {
  return allow(actions, sagemaker.scalableTargets, {
    conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
    because: 'Application Auto Scaling makes up the ids of scalable targets; the condition keeps it to SageMaker',
  });
}
