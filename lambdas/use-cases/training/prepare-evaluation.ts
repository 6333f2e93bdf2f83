import type { EvaluationJob, EvaluationRequest } from '../../../contracts/training-flow.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { sagemakerName } from '../../../core/release/sagemaker-name.ts';
import type { ModelRegistry, RegisteredModel, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { readSealed } from './sealed-training-set.ts';
import { type KeptArtifact, keepArtifact, type TrainedArtifactDeps } from './trained-artifact.ts';

export interface PrepareEvaluationDeps extends TrainedArtifactDeps {
  readonly registry: ModelRegistry;
  readonly releases: ReleaseStore;
  readonly objects: ObjectStore;
  readonly artifactBucket: string;
}

type Role = EvaluationJob['role'];

export interface PreparedEvaluation {
  readonly evaluations: readonly EvaluationJob[];
  readonly scored: readonly Role[];
  /** What is scored, and nothing else can be released. */
  readonly artifact: KeptArtifact;
}

/**
 * The batch transforms that score the test rows: by the model just trained and, where it can be asked, by the champion.
 *
 * @throws UnfitArtifactError, CorruptDataError when what was trained is no model for these inputs
 */
export async function prepareEvaluation(
  deps: PrepareEvaluationDeps,
  ask: EvaluationRequest,
): Promise<PreparedEvaluation> {
  const model = await deps.registry.model(ask.plan.model);
  const sealed = await readSealed(deps.objects, ask.sealed.uri);
  const common = { model, trainingId: ask.plan.trainingId, setUri: ask.sealed.uri, bucket: deps.artifactBucket };
  const { instanceType } = sealed.model.training;
  const artifact = await keepArtifact(deps, ask.job.ModelArtifacts.S3ModelArtifacts, sealed);
  const candidate = { artifactUri: artifact.uri, image: model.image };
  const evaluations = [evaluationJob({ ...common, role: 'candidate', instanceType, ...candidate })];
  if (sealed.champion?.comparable === true) {
    const { artifact: served } = await deps.releases.manifest(sealed.champion.releaseId);
    evaluations.push(
      evaluationJob({ ...common, role: 'champion', instanceType, artifactUri: served.uri, image: served.image }),
    );
  }
  return { evaluations, scored: evaluations.map(({ role }) => role), artifact };
}

/** Folder of a role's scores, `s3://…/`. */
export function scoresUri(artifactBucket: string, model: string, trainingId: string, role: Role): string {
  return `s3://${artifactBucket}/evaluation/${model}/${trainingId}/${role}/`;
}

/** The file of test rows a role is asked about; its scores lie under the same name with `.out`. */
export function testFileOf(role: Role): string {
  return role === 'candidate' ? 'features.csv' : 'champion-features.csv';
}

interface JobParts {
  readonly model: RegisteredModel;
  readonly trainingId: string;
  readonly setUri: string;
  readonly bucket: string;
  readonly role: Role;
  readonly instanceType: string;
  readonly artifactUri: string;
  readonly image: string;
}

/** Names are digests of what they stand for, so a repeated call asks for the same model and the same job. */
function evaluationJob(parts: JobParts): EvaluationJob {
  const { model, role, artifactUri, image } = parts;
  const name = (what: unknown) => sagemakerName(model.endpointName, `eval-${digestOf(what).slice(0, 12)}`);
  const ModelName = name({ artifactUri, image, role: model.executionRoleArn });
  return {
    role,
    model: {
      ModelName,
      ExecutionRoleArn: model.executionRoleArn,
      EnableNetworkIsolation: true,
      PrimaryContainer: { Image: image, ModelDataUrl: artifactUri },
    },
    transform: {
      TransformJobName: name([parts.trainingId, role]),
      ModelName,
      BatchStrategy: 'MultiRecord',
      MaxPayloadInMB: 6,
      TransformInput: {
        ContentType: 'text/csv',
        SplitType: 'Line',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `${parts.setUri}test/${testFileOf(role)}` } },
      },
      TransformOutput: {
        S3OutputPath: scoresUri(parts.bucket, model.name, parts.trainingId, role),
        Accept: 'text/csv',
        AssembleWith: 'Line',
      },
      TransformResources: { InstanceType: parts.instanceType, InstanceCount: 1 },
    },
  };
}
