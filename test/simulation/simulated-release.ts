import { digestOf, sha256Hex } from '../../core/canonical-json.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { RolloutPolicy } from '../../core/definitions/rollout-policy.ts';
import { haveAllPassed } from '../../core/gates/judge-gates.ts';
import type { Verdict } from '../../core/gates/verdict.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import type { ReleaseStore, ReleaseSummary } from '../../lambdas/ports/model-registry.ts';
import type { ObjectStore } from '../../lambdas/ports/object-store.ts';
import { UNWATCHED } from '../monitoring.ts';
import { DIRECT_ROLLOUT } from '../rollout-policy.ts';
import { IMAGE_DIGEST } from './simulated-endpoint.ts';

const SHADOW = {
  share: 1,
  minPairs: 60,
  withinMs: 6 * HOUR_MS,
  graceMs: 200,
  maxDecisionFlips: 0.5,
  maxScoreDifference: 0.4,
};
const CANARY = { steps: [0.2, 0.5], minUnits: 20, bakeMs: MINUTE_MS, withinMs: 6 * HOUR_MS };

/** Every phase, decided after a few hundred requests: margins are wide, and so are the differences of bad releases. */
export const QUICK_POLICY: RolloutPolicy = {
  inServiceTimeoutMs: 6 * HOUR_MS,
  approval: null,
  shadow: SHADOW,
  canary: CANARY,
  watch: { forMs: 2 * MINUTE_MS, holdback: 0.3 },
  judge: {
    everyMs: MINUTE_MS,
    falseRollback: 0.01,
    falsePromotion: 0.05,
    errors: { margin: 0.15, max: 0.4 },
    latency: { quantile: 0.5, maxRatio: 3 },
    predictions: { margin: 0.4 },
    missing: { margin: 0.3 },
    outcome: null,
  },
  onNewer: 'supersede',
};

/** The same, for what is not going to be decided. */
export const IMPATIENT_POLICY: RolloutPolicy = {
  ...QUICK_POLICY,
  shadow: { ...SHADOW, withinMs: 10 * MINUTE_MS },
  canary: { ...CANARY, withinMs: 10 * MINUTE_MS },
};

const DIRECT_POLICY: RolloutPolicy = { ...DIRECT_ROLLOUT, inServiceTimeoutMs: QUICK_POLICY.inServiceTimeoutMs };

export const ARTIFACTS = 'artifacts';
export const POLL_MS = 30 * SECOND_MS;

export interface ReleaseProps {
  readonly model: string;
  readonly name: string;
  readonly policy: RolloutPolicy;
  /** What the release was compared with when it was judged. */
  readonly champion: string | null;
  /** ISO 8601. @default an hour before the simulation begins */
  readonly createdAt?: string;
  /** @default pass */
  readonly verdict?: Verdict['outcome'];
}

const DEFINITION: Model = {
  kind: 'model',
  name: 'simulated',
  purpose: 'to be rolled out',
  owner: 'nobody',
  riskClass: 'low',
  entity: 'customer',
  problem: 'binary',
  label: { kind: 'observed', source: 'labels', keyColumns: ['id'], value: 'y', where: null, horizonMs: 0, context: [] },
  features: [],
  segments: [],
  training: {
    algorithm: 'xgboost',
    hyperparameters: { num_round: 1 },
    instanceType: 'ml.m5.large',
    maxRuntimeMs: 1_000,
    labelsFromMs: null,
  },
  split: { by: 'time', validationShare: 0.2, testShare: 0.2 },
  gates: [{ kind: 'data_quality', minTrainRows: 1, maxMissingShare: 1, minShareOfLast: null }],
  serving: {
    instanceType: 'ml.m5.large',
    minInstances: 1,
    maxInstances: 2,
    targetInvocationsPerInstance: 1_000,
    dataCapturePct: 0,
    decisionThreshold: 0.5,
    missing: { onMissing: 'null', onStale: 'as-missing', defaults: [] },
    featureCacheMs: null,
    precomputed: null,
  },
  rollout: DIRECT_POLICY,
  monitoring: UNWATCHED,
};

/** Registers a release with its artifact, as a training would have. Answers its id. */
export async function addRelease(
  stores: { readonly releases: ReleaseStore; readonly objects: ObjectStore },
  { model, name, policy, champion, createdAt = '2026-03-01T11:00:00.000Z', verdict = 'pass' }: ReleaseProps,
): Promise<string> {
  const body = new TextEncoder().encode(`${model} ${name}`);
  const sha256 = sha256Hex(body);
  const key = `model/${model}/${name}/model.tar.gz`;
  await stores.objects.put({ bucket: ARTIFACTS, key }, body, 'application/gzip');
  const definition: Model = { ...DEFINITION, name: model, rollout: policy };
  const outcome: Verdict =
    verdict === 'pass' ? { outcome: 'pass', evidence: [] } : { outcome: verdict, evidence: [], because: 'it is bad' };
  const manifest: ReleaseManifest = {
    schema: 'headgate.release/v1',
    createdAt,
    model: definition,
    platformVersion: 'simulated',
    artifact: { uri: `s3://${ARTIFACTS}/${key}`, sha256, sizeBytes: body.length, image: 'xgboost' },
    trainingSet: {
      trainingSetId: digestOf({ model, name }),
      uri: `s3://${ARTIFACTS}/training-set/${name}/`,
      rows: { train: 1, validation: 1, test: 1 },
      dropped: { unmatured: 0, embargoed: 0 },
      labelMean: { train: 0.5, validation: 0.5, test: 0.5 },
      labelTimes: { train: null, validation: null, test: null },
      watermarks: {},
      query: { text: 'select 1', params: [] },
      profileSha256: sha256,
    },
    featureViews: [],
    onDemandFeatureViews: [],
    inputs: [],
    training: { jobName: `${model}-${name}`, instanceType: 'ml.m5.large', hyperparameters: {}, seconds: 1 },
    evaluation: {
      metrics: {},
      testRows: 1,
      champion: champion === null ? null : { releaseId: champion, metrics: {} },
      scoreCuts: [0.25, 0.5, 0.75],
    },
    verdicts: [{ gate: 'data_quality', verdict: outcome }],
  };
  return (await stores.releases.put(manifest)).releaseId;
}

/** What the registry keeps of a release. */
export function summaryOf(manifest: ReleaseManifest, releaseId: string): ReleaseSummary {
  const { createdAt, model, trainingSet, verdicts } = manifest;
  return {
    releaseId,
    model: model.name,
    createdAt,
    passed: haveAllPassed(verdicts),
    trainingSetId: trainingSet.trainingSetId,
    metrics: {},
    manifestUri: `s3://${ARTIFACTS}/release/${model.name}/${releaseId}.json`,
    featureViews: [],
    modelPackage: { arn: `arn:aws:sagemaker:::model-package/${model.name}/${releaseId}`, imageDigest: IMAGE_DIGEST },
  };
}

/** A model as it is registered. */
export function hostingOf(model: string) {
  return {
    name: model,
    endpointName: `headgate-${model}`,
    executionRoleArn: `arn:aws:iam::1:role/${model}`,
    modelPackageGroup: model,
    image: 'xgboost',
  };
}
