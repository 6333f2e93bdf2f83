import type { RegisterReleaseRequest, SealedTrainingSet } from '../../../contracts/training-flow.ts';
import type { Sha256 } from '../../../core/canonical-json.ts';
import { containerOf, type Provenance, seedsOf } from '../../../core/release/provenance.ts';

/** What the platform knows of itself. */
export interface PlatformFacts extends Pick<Provenance['environment'], 'stage' | 'account' | 'region' | 'nodeVersion'> {
  readonly codeSha256: Sha256;
}

/** @param image container image that trained the model */
export function releaseProvenance(
  { codeSha256, ...platform }: PlatformFacts,
  { plan, job, sealed: { trainingJob } }: RegisterReleaseRequest,
  { model, joined }: SealedTrainingSet,
  image: string,
): Provenance {
  return {
    codeSha256,
    container: containerOf(image),
    seeds: seedsOf(trainingJob.HyperParameters),
    environment: {
      ...platform,
      trainingInstanceType: trainingJob.ResourceConfig.InstanceType,
      servingInstanceType: model.serving.instanceType,
    },
    training: {
      trainingId: plan.trainingId,
      actor: plan.actor,
      cause: plan.cause,
      asOf: joined === undefined ? null : new Date(joined.asOfMs).toISOString(),
      artifactUri: job.ModelArtifacts.S3ModelArtifacts,
    },
  };
}
