import type { Model } from '../definitions/model.ts';
import type { Evidence } from '../gates/verdict.ts';
import { type ReleaseManifest, releaseIdOf } from './release-manifest.ts';

const RISK: Readonly<Record<Model['riskClass'], 'Low' | 'Medium' | 'High'>> = {
  low: 'Low',
  limited: 'Medium',
  high: 'High',
};
const PROBLEM: Readonly<Record<Model['problem'], string>> = {
  binary: 'Binary Classification',
  regression: 'Regression',
};

/**
 * The content of a SageMaker model card, made of the manifest's facts alone: what nobody wrote down is left out.
 * Source: SageMaker developer guide, model card JSON schema.
 */
export function modelCard(manifest: ReleaseManifest): object {
  const { model, artifact, trainingSet, training, evaluation } = manifest;
  return {
    model_overview: {
      model_name: model.name,
      model_description: model.purpose,
      model_owner: model.owner,
      ...(manifest.provenance === undefined ? {} : { model_creator: manifest.provenance.training.actor }),
      problem_type: PROBLEM[model.problem],
      algorithm_type: 'XGBoost',
      model_artifact: [artifact.uri],
      inference_environment: { container_image: [artifact.image] },
    },
    intended_uses: {
      purpose_of_model: model.purpose,
      factors_affecting_model_efficiency: limitsOf(manifest).join('; '),
      risk_rating: RISK[model.riskClass],
      explanations_for_risk_rating: `declared as risk class "${model.riskClass}" in the model's definition`,
    },
    training_details: {
      ...objectiveOf(training.hyperparameters),
      training_observations: trainingFacts(manifest).join('; '),
      training_job_details: {
        training_datasets: [trainingSet.uri],
        training_environment: { container_image: [artifact.image] },
        hyper_parameters: Object.entries(training.hyperparameters).map(([name, value]) => ({ name, value })),
      },
    },
    evaluation_details: [
      {
        name: 'Sealed test rows',
        evaluation_observation: `${evaluation.testRows} rows that the training never saw`,
        datasets: [`${trainingSet.uri}test/`],
        metric_groups: [{ name: 'Metrics', metric_data: numbers(evaluation.metrics) }],
      },
      ...(evaluation.champion === null ? [] : [championEvaluation(evaluation.champion)]),
      {
        name: 'Gates',
        evaluation_observation: 'what each gate measured, and its verdict',
        metric_groups: manifest.verdicts.map(({ gate, verdict }) => ({
          name: `${gate}: ${verdict.outcome}`,
          metric_data: verdict.evidence.flatMap(evidenceData),
        })),
      },
    ],
    additional_information: { custom_details: customDetails(manifest) },
  };
}

function championEvaluation(champion: NonNullable<ReleaseManifest['evaluation']['champion']>): object {
  return {
    name: 'Champion on the same rows',
    evaluation_observation: `release ${champion.releaseId}`,
    metric_groups: [{ name: 'Metrics', metric_data: numbers(champion.metrics) }],
  };
}

function objectiveOf({ objective, eval_metric: metric }: Readonly<Record<string, string>>): object {
  if (objective === undefined) return {};
  const notes = metric === undefined ? objective : `${objective}, watched by ${metric}`;
  return { objective_function: { function: { function: 'Minimize', facet: 'Loss' }, notes } };
}

function numbers(metrics: Readonly<Record<string, number>>): readonly object[] {
  return Object.entries(metrics).map(([name, value]) => ({ name, type: 'number', value }));
}

/** A value that could not be measured is no number, and has no place in a card's metrics. */
function evidenceData({ metric, observed, limit, rule, n, needs, note }: Evidence): readonly object[] {
  if (observed === null) return [];
  const limitText = `${rule === 'at-least' ? 'at least' : 'at most'} ${limit}, n ${n}`;
  const notes = [limitText, note, needs === undefined ? undefined : `needs ${needs}`].filter(
    (part) => part !== undefined,
  );
  return [{ name: metric, type: 'number', value: observed, notes: notes.join('; ') }];
}

/** Facts about the rows it learnt from, and how it was found, for readers. */
export function trainingFacts({ trainingSet, training, inputs, model }: ReleaseManifest): readonly string[] {
  const { rows, dropped, labelTimes } = trainingSet;
  const { search } = training;
  const window = labelTimes.train === null ? [] : [`labels from ${labelTimes.train.from} to ${labelTimes.train.to}`];
  return [
    `${rows.train} training, ${rows.validation} validation and ${rows.test} test rows, split by ${model.split.by}`,
    ...window,
    `${inputs.length} inputs`,
    `${dropped.unmatured} labels had not matured, ${dropped.embargoed} rows reached into the next part`,
    ...(search === undefined
      ? []
      : [`the best of ${search.jobs} jobs of the search ${search.jobName}: ${search.metric} ${search.value}`]),
  ];
}

/** What bounds the answers, for readers: each from the definition. */
export function limitsOf({ model, inputs }: ReleaseManifest): readonly string[] {
  const { missing, decisionThreshold } = model.serving;
  const categories = inputs.filter(({ categories: known }) => known !== null);
  return [
    `a missing input ${missing.onMissing === 'refuse' ? 'refuses the prediction' : 'is missing to the model'}`,
    `a stale input ${missing.onStale === 'refuse' ? 'refuses the prediction' : 'counts as missing'}`,
    ...(categories.length === 0 ? [] : [`a category that training did not know is missing to the model`]),
    ...(decisionThreshold === null ? [] : [`the decision is positive from a score of ${decisionThreshold} on`]),
  ];
}

function customDetails(manifest: ReleaseManifest): Readonly<Record<string, string>> {
  return {
    releaseId: releaseIdOf(manifest),
    createdAt: manifest.createdAt,
    artifactSha256: manifest.artifact.sha256,
    trainingSetId: manifest.trainingSet.trainingSetId,
    platformVersion: manifest.platformVersion,
    featureViews: manifest.featureViews.map(({ view, version }) => `${view.name}@${version}`).join(', '),
  };
}
