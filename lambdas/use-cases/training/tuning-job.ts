import type { Tuning } from '../../../core/definitions/tuning.ts';
import { runOf, type TrainingJobParts, tagsOf } from './training-job.ts';

/** SageMaker's limit for names of tuning jobs: the names of their training jobs go on from there. */
const MAX_NAME_LENGTH = 32;
const MAXIMIZED: readonly string[] = ['auc'];
const SCALING = { auto: 'Auto', linear: 'Linear', logarithmic: 'Logarithmic' } as const;

/**
 * A whole CreateHyperParameterTuningJob request, or null for a model that does not search. Equal trainings get equal
 * names. The seed is fixed, so that a search is as repeatable as SageMaker makes it.
 */
export function tuningJob(parts: TrainingJobParts): Readonly<Record<string, unknown>> | null {
  const { tuning } = parts.model.training;
  if (tuning === null || tuning === undefined) return null;
  const searched = new Set(tuning.ranges.map(({ name }) => name));
  const fixed = Object.entries(parts.hyperparameters).filter(([name]) => !searched.has(name));
  return {
    HyperParameterTuningJobName: nameOf(parts),
    HyperParameterTuningJobConfig: {
      Strategy: tuning.strategy,
      HyperParameterTuningJobObjective: {
        Type: MAXIMIZED.includes(tuning.objective) ? 'Maximize' : 'Minimize',
        MetricName: `validation:${tuning.objective}`,
      },
      ResourceLimits: { MaxNumberOfTrainingJobs: tuning.jobs, MaxParallelTrainingJobs: tuning.parallel },
      ParameterRanges: {
        ContinuousParameterRanges: rangesOf(tuning, 'continuous'),
        IntegerParameterRanges: rangesOf(tuning, 'integer'),
      },
      TrainingJobEarlyStoppingType: 'Off',
      RandomSeed: Number(parts.model.training.hyperparameters['seed'] ?? 0),
    },
    TrainingJobDefinition: { ...runOf(parts), StaticHyperParameters: Object.fromEntries(fixed) },
    Tags: tagsOf(parts),
  };
}

/** The training's id alone tells it from others; the beginning of the endpoint's name, with the stage, is what the flow's role may start. */
function nameOf({ hosting, trainingId }: TrainingJobParts): string {
  const suffix = `-${trainingId.slice(0, 12)}`;
  return `${hosting.endpointName.slice(0, MAX_NAME_LENGTH - suffix.length).replace(/-+$/, '')}${suffix}`;
}

function rangesOf({ ranges }: Tuning, kind: 'integer' | 'continuous') {
  return ranges
    .filter((range) => range.kind === kind)
    .map(({ name, min, max, scaling }) => ({
      Name: name,
      MinValue: String(min),
      MaxValue: String(max),
      ScalingType: SCALING[scaling],
    }));
}
