import type { Random } from '../../../core/clock.ts';
import type { ContainerImages } from '../../containers/images.ts';
import type { LocalService, Region } from '../../service.ts';
import { scalingRefusal } from '../application-autoscaling/scalable-targets.ts';
import { DataCapture } from '../sagemaker-runtime/data-capture.ts';
import { InvocationMetrics } from '../sagemaker-runtime/invocation-metrics.ts';
import { makeInvokeEndpoint } from '../sagemaker-runtime/invoke-endpoint.ts';
import { endpointConfigOperations } from './endpoint-configs.ts';
import { Endpoints } from './endpoints.ts';
import { modelPackageGroupResource, modelPackageOperations } from './model-packages.ts';
import { modelOperations } from './models.ts';
import type { SageMakerScope } from './sagemaker-scope.ts';
import { tagOperations } from './tags.ts';
import { TrainingJobs } from './training-jobs.ts';
import { TransformJobs } from './transform-jobs.ts';
import { TuningJobs } from './tuning-jobs.ts';

export interface SageMakerOptions {
  /** Which process plays which container image. */
  readonly images: ContainerImages;
  /** Draws variants, shadow copies and captured requests. */
  readonly random?: Random;
}

/**
 * SageMaker and SageMaker Runtime, which share a signing name: jobs and endpoint variants are child processes that
 * obey the container contract.
 */
export function makeSageMakerService(region: Region, { images, random = Math.random }: SageMakerOptions): LocalService {
  const scope: SageMakerScope = { region, store: region.store('sagemaker'), images };
  const trainingJobs = new TrainingJobs(scope);
  const tuningJobs = new TuningJobs(scope, trainingJobs);
  const transformJobs = new TransformJobs(scope);
  const endpoints = new Endpoints(scope, (endpoint, next) => scalingRefusal(region, endpoint, next));
  const capture = new DataCapture(scope, random);
  const metrics = new InvocationMetrics(scope);
  return {
    signingNames: ['sagemaker'],
    operations: {
      ...trainingJobs.operations,
      ...tuningJobs.operations,
      ...transformJobs.operations,
      ...modelOperations(scope),
      ...endpointConfigOperations(scope),
      ...endpoints.operations,
      ...modelPackageOperations(scope),
      ...tagOperations(scope),
    },
    handle: makeInvokeEndpoint({ scope, endpoints, capture, metrics, random }),
    resources: { 'AWS::SageMaker::ModelPackageGroup': modelPackageGroupResource(scope) },
    start: async () => {
      capture.start();
      metrics.start();
    },
    resume: async () => {
      endpoints.resume();
      trainingJobs.resume();
      tuningJobs.resume();
      transformJobs.resume();
    },
    stop: async () => {
      await Promise.all([endpoints.stop(), trainingJobs.stop(), tuningJobs.stop(), transformJobs.stop()]);
      await Promise.all([capture.stop(), metrics.stop()]);
    },
  };
}
