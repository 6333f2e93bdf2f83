import type { Model } from '../../../core/definitions/model.ts';
import { sagemakerName } from '../../../core/release/sagemaker-name.ts';
import type { RegisteredModel } from '../../ports/model-registry.ts';

/** Room for the rows and the model beside the container's own. */
const VOLUME_SIZE_GB = 30;

const OBJECTIVE: Readonly<Record<Model['problem'], { readonly objective: string; readonly eval_metric: string }>> = {
  binary: { objective: 'binary:logistic', eval_metric: 'logloss' },
  regression: { objective: 'reg:squarederror', eval_metric: 'rmse' },
};

export interface TrainingJobParts {
  readonly model: Model;
  /** As text, see `hyperparametersOf`. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly hosting: RegisteredModel;
  readonly trainingId: string;
  readonly trainingSetId: string;
  /** `s3://bucket/prefix/` of the training set. */
  readonly uri: string;
  readonly artifactBucket: string;
}

/** XGBoost's names and values, as text; objective and metric follow from the problem unless they are given. */
export function hyperparametersOf(model: Model): Readonly<Record<string, string>> {
  const all = { ...OBJECTIVE[model.problem], ...model.training.hyperparameters };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

/**
 * A whole CreateTrainingJob request. Equal trainings get equal names, so a repeated call starts nothing new; a name
 * begins like the model's endpoint, which is what the flow's role may start.
 */
export function trainingJob(parts: TrainingJobParts): Readonly<Record<string, unknown>> {
  const { hosting, trainingId, hyperparameters } = parts;
  return {
    TrainingJobName: sagemakerName(hosting.endpointName, trainingId.slice(0, 12)),
    ...runOf(parts),
    HyperParameters: hyperparameters,
    Tags: tagsOf(parts),
  };
}

/** What a training job and each job of a search have in common. */
export function runOf({ model, hosting, uri, artifactBucket }: TrainingJobParts): Readonly<Record<string, unknown>> {
  const channel = (name: string) => ({
    ChannelName: name,
    ContentType: 'application/x-parquet',
    InputMode: 'File',
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix',
        S3Uri: `${uri}${name}/`,
        S3DataDistributionType: 'FullyReplicated',
      },
    },
  });
  return {
    RoleArn: hosting.executionRoleArn,
    AlgorithmSpecification: { TrainingImage: hosting.image, TrainingInputMode: 'File' },
    InputDataConfig: [channel('train'), channel('validation')],
    OutputDataConfig: { S3OutputPath: `s3://${artifactBucket}/training-output/${model.name}/` },
    ResourceConfig: {
      InstanceType: model.training.instanceType,
      InstanceCount: 1,
      VolumeSizeInGB: VOLUME_SIZE_GB,
    },
    StoppingCondition: { MaxRuntimeInSeconds: Math.ceil(model.training.maxRuntimeMs / 1000) },
    EnableNetworkIsolation: true,
  };
}

export function tagsOf({ model, trainingSetId }: TrainingJobParts): readonly { Key: string; Value: string }[] {
  return [
    { Key: 'headgate:model', Value: model.name },
    { Key: 'headgate:training-set', Value: trainingSetId },
  ];
}
