import type { RolloutStep } from '../../../contracts/rollout.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import type { Model } from '../../../core/definitions/model.ts';
import type { Verdict } from '../../../core/gates/verdict.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { beginRollout } from '../../../lambdas/use-cases/rollout/begin-rollout.ts';
import { checkEndpoint } from '../../../lambdas/use-cases/rollout/check-endpoint.ts';
import { endRollout } from '../../../lambdas/use-cases/rollout/end-rollout.ts';
import { flipRoute } from '../../../lambdas/use-cases/rollout/flip-route.ts';
import { pointEndpoint } from '../../../lambdas/use-cases/rollout/point-endpoint.ts';
import { fixedClock } from '../../memory/memory-clock-and-ids.ts';
import { memoryEventBus } from '../../memory/memory-event-bus.ts';
import { memoryModelHosting } from '../../memory/memory-model-hosting.ts';
import { memoryModelRegistry } from '../../memory/memory-model-registry.ts';
import { memoryObjectStore } from '../../memory/memory-object-store.ts';
import { memoryReleaseStore } from '../../memory/memory-release-store.ts';
import { memoryTableLog } from '../../memory/memory-table-log.ts';
import { memoryVersionRegistry } from '../../memory/memory-version-registry.ts';
import { DIRECT_ROLLOUT } from '../../rollout-policy.ts';

export const MODEL = 'buyer';
export const ENDPOINT = 'headgate-dev-buyer';

export const DEFINITION: Model = {
  kind: 'model',
  name: MODEL,
  purpose: 'test',
  owner: 'test',
  riskClass: 'low',
  entity: 'customer',
  problem: 'binary',
  label: { kind: 'observed', source: 'labels', keyColumns: ['id'], value: 'y', where: null, horizonMs: 0, context: [] },
  features: [{ view: 'v', feature: 'f' }],
  segments: [],
  training: {
    algorithm: 'xgboost',
    hyperparameters: { num_round: 1 },
    instanceType: 'ml.m5.large',
    maxRuntimeMs: 1000,
    labelsFromMs: null,
  },
  split: { by: 'time', validationShare: 0.2, testShare: 0.2 },
  gates: [{ kind: 'data_quality', minTrainRows: 1, maxMissingShare: 1, minShareOfLast: null }],
  serving: {
    instanceType: 'ml.m5.large',
    minInstances: 1,
    maxInstances: 2,
    targetInvocationsPerInstance: 1000,
    dataCapturePct: 0,
    decisionThreshold: 0.5,
    missing: { onMissing: 'null', onStale: 'as-missing', defaults: [] },
    featureCacheMs: null,
  },
  rollout: { ...DIRECT_ROLLOUT, inServiceTimeoutMs: 60_000 },
  monitoring: { evidenceRetentionDays: 30 },
};

/** The rollout's use cases over memory adapters, driven in the order of rollout.asl.json. */
export function rolloutLab() {
  const clock = fixedClock();
  const registry = memoryModelRegistry();
  const releases = memoryReleaseStore();
  const hosting = memoryModelHosting();
  const objects = memoryObjectStore();
  const events = memoryEventBus();
  const tables = memoryTableLog(clock);
  const versionRegistry = memoryVersionRegistry();
  const deps = {
    clock,
    tables,
    versionRegistry,
    registry,
    releases,
    hosting,
    objects,
    events,
    artifactBucket: 'artifacts',
  };
  const at = () => clock.now().toISOString();

  return {
    ...deps,
    deps,
    async register() {
      await registry.registerModel(
        {
          name: MODEL,
          endpointName: ENDPOINT,
          executionRoleArn: 'arn:aws:iam::000000000000:role/buyer',
          modelPackageGroup: 'buyer',
          image: 'xgboost',
        },
        { action: 'model.registered', actor: 'test', at: at(), detail: {} },
      );
    },
    async release(
      name: string,
      options: { outcome?: Verdict['outcome']; champion?: string | null } = {},
    ): Promise<string> {
      const body = new TextEncoder().encode(`model ${name}`);
      const uri = `s3://artifacts/model/${name}/model.tar.gz`;
      await objects.put({ bucket: 'artifacts', key: `model/${name}/model.tar.gz` }, body, 'application/gzip');
      const outcome = options.outcome ?? 'pass';
      const verdict: Verdict =
        outcome === 'pass' ? { outcome, evidence: [] } : { outcome, evidence: [], because: 'it is bad' };
      const champion = options.champion === undefined ? null : options.champion;
      const manifest: ReleaseManifest = {
        schema: 'headgate.release/v1',
        createdAt: at(),
        model: DEFINITION,
        platformVersion: 'test',
        artifact: { uri, sha256: sha256Hex(body), sizeBytes: body.length, image: 'xgboost' },
        trainingSet: {
          trainingSetId: sha256Hex(body),
          uri: 's3://artifacts/training-set/',
          rows: { train: 1, validation: 1, test: 1 },
          dropped: { unmatured: 0, embargoed: 0 },
          labelMean: { train: 0.5, validation: 0.5, test: 0.5 },
          labelTimes: { train: null, validation: null, test: null },
          watermarks: {},
          query: { text: 'select 1', params: [] },
          profileSha256: sha256Hex(body),
        },
        featureViews: [],
        onDemandFeatureViews: [],
        inputs: [],
        training: { jobName: name, instanceType: 'ml.m5.large', hyperparameters: {}, seconds: 1 },
        evaluation: {
          metrics: {},
          testRows: 1,
          champion: champion === null ? null : { releaseId: champion, metrics: {} },
        },
        verdicts: [{ gate: 'data_quality', verdict }],
      };
      return (await releases.put(manifest)).releaseId;
    },
    ask: (rolloutId: string, releaseId: string) => ({
      rolloutId,
      model: MODEL,
      releaseId,
      kind: 'release' as const,
      force: false,
      cause: 'test',
      actor: 'arn:test',
    }),
    route: async () => (await registry.model(MODEL)).route,

    /** Runs a rollout to its end; `isGood(step)` says whether that step's content comes into service. */
    async run(
      rolloutId: string,
      releaseId: string,
      isGood: (step: number) => boolean = () => true,
      watch: () => Promise<void> = async () => {},
    ) {
      const ask = this.ask(rolloutId, releaseId);
      const plan = await beginRollout(deps, ask);
      if (!plan.proceed) return endRollout(deps, { ...ask, because: plan.because });
      for (const [index, step] of plan.steps.entries()) {
        const because = await this.step(ask, step, () => isGood(index), watch);
        if (because !== null) return endRollout(deps, { ...ask, because });
      }
      return endRollout(deps, { ...ask, because: 'every step came into service' });
    },
    async step(
      ask: ReturnType<typeof this.ask>,
      step: RolloutStep,
      isGood: () => boolean,
      watch: () => Promise<void>,
    ): Promise<string | null> {
      try {
        const { begunAt } = await pointEndpoint(deps, { ...ask, step });
        await watch();
        hosting.settle(ENDPOINT, isGood());
        const check = await checkEndpoint(deps, { ...ask, step, begunAt });
        if (check.state !== 'in-service') return check.because;
        await watch();
        await flipRoute(deps, { ...ask, step });
        await watch();
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  };
}
