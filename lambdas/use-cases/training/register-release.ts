import type { RegisteredRelease, RegisterReleaseRequest, SealedTrainingSet } from '../../../contracts/training-flow.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { ConflictError, isRetryable, PlatformError } from '../../../core/errors.ts';
import type { ChampionEvidence } from '../../../core/gates/gate-evidence.ts';
import { haveAllPassed, judgeGates, reasonsAgainst } from '../../../core/gates/judge-gates.ts';
import { measure } from '../../../core/metrics/metric.ts';
import { METRICS_OF } from '../../../core/metrics/metric-facts.ts';
import type { Scored } from '../../../core/metrics/scored.ts';
import { calibrationBins } from '../../../core/performance/calibration-bins.ts';
import { promisedLosses } from '../../../core/performance/row-loss.ts';
import type { Evaluation, ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { profileNumbers } from '../../../core/training/reference-profile.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { ModelPackage } from '../../ports/model-packages.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { gateHistory } from './gate-history.ts';
import { jobInstant } from './job-instant.ts';
import { attributionOf, type MeasureAttributionDeps, measureAttribution } from './measure-attribution.ts';
import { type PackageReleaseDeps, packageRelease } from './package-release.ts';
import { type PlatformFacts, releaseProvenance } from './release-provenance.ts';
import { readNumbers, readSealed, within } from './sealed-training-set.ts';
import { readSegments } from './segments-file.ts';
import { testScores } from './test-scores.ts';
import { assertUnchanged } from './trained-artifact.ts';

export interface RegisterReleaseDeps extends PackageReleaseDeps, MeasureAttributionDeps {
  readonly registry: ModelRegistry;
  readonly releases: ReleaseStore;
  readonly objects: ObjectStore;
  readonly events: EventBus;
  readonly platformVersion: string;
  readonly platform: PlatformFacts;
}

/**
 * Judges what was trained and keeps it, passed or not, as one release. Everything in the manifest comes from the
 * inputs, so a repeated call registers the same release again and changes nothing.
 *
 * @throws ConflictError for a training set without the knowledge cut, ArtifactChangedError when the artifact is not the
 *   one that was scored
 */
export async function registerRelease(
  deps: RegisterReleaseDeps,
  ask: RegisterReleaseRequest,
): Promise<RegisteredRelease> {
  const model = await deps.registry.model(ask.plan.model);
  const sealed = await readSealed(deps.objects, ask.sealed.uri);
  assertKnowledgeCut(sealed);
  await assertUnchanged(deps.objects, ask.artifact);
  const { trainingJob } = ask.sealed;
  const test = await scoredTest(deps, ask, sealed);
  const champion = await championEvidence(deps, ask, sealed, test.labels.length);
  const attribution = await measureAttribution(deps, {
    artifactUri: ask.artifact.uri,
    setUri: ask.sealed.uri,
    sealed,
  });
  const verdicts = judgeGates(sealed.model.gates, {
    model: model.name,
    test,
    segments: await readSegments(deps.objects, ask.sealed.uri, sealed.model, test.labels.length),
    champion,
    trainRows: sealed.record.rows.train,
    missingShares: sealed.missingShares,
    ...(await gateHistory(deps, ask, sealed)),
    attribution,
    cost: { region: deps.platform.region, serving: sealed.model.serving, storedViews: sealed.featureViews.length },
  });
  const manifest: ReleaseManifest = {
    schema: 'headgate.release/v1',
    createdAt: jobInstant(ask.job.TrainingEndTime).toISOString(),
    model: sealed.model,
    platformVersion: deps.platformVersion,
    provenance: releaseProvenance(deps.platform, ask, sealed, model.image),
    artifact: { ...ask.artifact, image: model.image },
    trainingSet: sealed.record,
    featureViews: sealed.featureViews,
    onDemandFeatureViews: sealed.onDemandFeatureViews,
    inputs: sealed.inputs,
    training: {
      jobName: ask.job.TrainingJobName,
      instanceType: trainingJob.ResourceConfig.InstanceType,
      hyperparameters: trainingJob.HyperParameters,
      seconds: (jobInstant(ask.job.TrainingEndTime).getTime() - jobInstant(ask.job.TrainingStartTime).getTime()) / 1000,
      ...(ask.job.Search !== undefined && { search: ask.job.Search }),
    },
    evaluation: { ...evaluationOf(sealed, test, champion), attribution: attributionOf(attribution) },
    verdicts,
  };
  const passed = haveAllPassed(verdicts);
  const { metrics } = manifest.evaluation;
  const { releaseId, uri } = await deps.releases.put(manifest);
  const because = reasonsAgainst(verdicts);
  const packaged = await packagedRelease(deps, model.modelPackageGroup, { releaseId, uri, manifest });
  await deps.registry.addRelease(
    {
      releaseId,
      model: model.name,
      createdAt: manifest.createdAt,
      passed,
      trainingSetId: sealed.record.trainingSetId,
      metrics,
      manifestUri: uri,
      featureViews: sealed.featureViews.map(({ view, version }) => ({ view: view.name, version })),
      ...('modelPackage' in packaged && packaged),
    },
    {
      action: 'release.registered',
      actor: ask.plan.actor,
      at: manifest.createdAt,
      detail: { releaseId, passed, because, cause: ask.plan.cause, trainingId: ask.plan.trainingId, ...packaged },
    },
  );
  await deps.events.publish([
    { type: 'headgate.release.registered', subject: model.name, data: { releaseId, passed, because } },
  ]);
  const gates = Object.fromEntries(verdicts.map(({ gate, verdict }) => [gate, verdict.outcome]));
  return {
    releaseId,
    model: model.name,
    passed,
    rolloutId: digestOf({ rolloutOf: releaseId }).slice(0, 32),
    because,
    metrics,
    gates,
  };
}

/** The package is a copy of facts: one that SageMaker will not take keeps nobody from the release, and the audit says so. */
async function packagedRelease(
  ...release: Parameters<typeof packageRelease>
): Promise<{ readonly modelPackage: ModelPackage } | { readonly packageRefused: string }> {
  try {
    return { modelPackage: await packageRelease(...release) };
  } catch (error) {
    if (!(error instanceof PlatformError) || isRetryable(error.kind)) throw error;
    return { packageRefused: error.message };
  }
}

/** What was learnt from values that were not known yet must never answer, however well it did. */
function assertKnowledgeCut({ joined, record }: SealedTrainingSet): void {
  if (joined?.knowledgeCut === true) return;
  throw new ConflictError(
    `training set ${record.trainingSetId} does not say that it was joined with the knowledge cut, so nothing trained on it is registered; train the model again`,
    { trainingSetId: record.trainingSetId },
  );
}

async function scoredTest(
  deps: RegisterReleaseDeps,
  ask: RegisterReleaseRequest,
  sealed: SealedTrainingSet,
): Promise<Scored> {
  const labels = await readNumbers(deps.objects, within(ask.sealed.uri, 'test/labels.csv'));
  const scores = await testScores(deps, ask.plan, 'candidate', labels.length);
  return { labels, scores, threshold: sealed.model.serving.decisionThreshold };
}

async function championEvidence(
  deps: RegisterReleaseDeps,
  ask: RegisterReleaseRequest,
  { champion }: SealedTrainingSet,
  rows: number,
): Promise<ChampionEvidence> {
  if (champion === null) return { kind: 'none' };
  const { releaseId } = champion;
  if (!champion.comparable) return { kind: 'incomparable', releaseId, because: champion.because };
  return { kind: 'scored', releaseId, scores: await testScores(deps, ask.plan, 'champion', rows) };
}

function evaluationOf({ model }: SealedTrainingSet, test: Scored, champion: ChampionEvidence): Evaluation {
  const metricsOf = (scored: Scored) =>
    Object.fromEntries(
      METRICS_OF[model.problem].flatMap((metric) => {
        const value = measure({ metric }, scored);
        return value === null ? [] : [[metric, value]];
      }),
    );
  const compared =
    champion.kind === 'none'
      ? null
      : {
          releaseId: champion.releaseId,
          metrics: champion.kind === 'scored' ? metricsOf({ ...test, scores: champion.scores }) : {},
        };
  const scoreCuts = profileNumbers(test.scores).edges;
  const losses = promisedLosses(model.problem, test);
  const { threshold } = test;
  return {
    metrics: metricsOf(test),
    testRows: test.labels.length,
    champion: compared,
    scoreCuts,
    calibration: calibrationBins(scoreCuts, test.scores, test.labels),
    ...(threshold === null ? {} : { positives: test.scores.filter((score) => score >= threshold).length }),
    ...(losses === null ? {} : { losses }),
  };
}
