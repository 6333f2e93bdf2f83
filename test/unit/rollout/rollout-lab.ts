import { RolloutNews, RolloutRequest, type RolloutTurn } from '../../../contracts/rollout.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import type { Model } from '../../../core/definitions/model.ts';
import type { RolloutPolicy } from '../../../core/definitions/rollout-policy.ts';
import type { Verdict } from '../../../core/gates/verdict.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import { advanceRollout } from '../../../lambdas/use-cases/rollout/advance-rollout.ts';
import { beginRollout } from '../../../lambdas/use-cases/rollout/begin-rollout.ts';
import { pointEndpoint } from '../../../lambdas/use-cases/rollout/point-endpoint.ts';
import { fixedClock } from '../../memory/memory-clock-and-ids.ts';
import { memoryEventBus } from '../../memory/memory-event-bus.ts';
import { memoryMetrics } from '../../memory/memory-metrics.ts';
import { memoryModelHosting } from '../../memory/memory-model-hosting.ts';
import { memoryModelRegistry } from '../../memory/memory-model-registry.ts';
import { memoryObjectStore } from '../../memory/memory-object-store.ts';
import { memoryReleaseStore } from '../../memory/memory-release-store.ts';
import { memoryTableLog } from '../../memory/memory-table-log.ts';
import { memoryVersionRegistry } from '../../memory/memory-version-registry.ts';
import { memoryWorkflow } from '../../memory/memory-workflow.ts';
import { UNWATCHED } from '../../monitoring.ts';
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
    precomputed: null,
  },
  rollout: { ...DIRECT_ROLLOUT, inServiceTimeoutMs: 60_000 },
  monitoring: UNWATCHED,
};

/** What a count finds, as rows of its answer. */
export type Counted = readonly Readonly<Record<string, unknown>>[];

/** A flow that goes on for longer than this goes on for ever. */
const MOST_TURNS = 500;

/** The rollout's use cases over memory adapters, driven in the order of rollout.asl.json. */
export function rolloutLab(policy: Partial<RolloutPolicy> = {}) {
  const definition: Model = { ...DEFINITION, rollout: { ...DEFINITION.rollout, ...policy } };
  const clock = fixedClock();
  const registry = memoryModelRegistry(clock);
  const releases = memoryReleaseStore();
  const hosting = memoryModelHosting();
  const objects = memoryObjectStore();
  const events = memoryEventBus();
  const tables = memoryTableLog(clock);
  const versionRegistry = memoryVersionRegistry();
  const workflow = memoryWorkflow();
  const deps = {
    clock,
    tables,
    versionRegistry,
    registry,
    releases,
    hosting,
    objects,
    events,
    workflow,
    metrics: memoryMetrics(),
    artifactBucket: 'artifacts',
    offlineBucket: 'offline',
    database: 'headgate',
    workgroup: 'headgate',
    pollMs: 5_000,
    parquet: {
      async open(bytes: Uint8Array) {
        const rows = JSON.parse(new TextDecoder().decode(bytes)) as Counted; // written by the lab
        const names = Object.keys(rows[0] ?? {});
        return {
          rows: rows.length,
          columns: names,
          async *batches() {
            const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
            yield { firstRow: 0, rows: rows.length, columns };
          },
        };
      },
      write: () => new Uint8Array(),
    },
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
        model: definition,
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
          scoreCuts: [0.5],
          champion: champion === null ? null : { releaseId: champion, metrics: {} },
        },
        verdicts: [{ gate: 'data_quality', verdict }],
      };
      return (await releases.put(manifest)).releaseId;
    },
    ask: (rolloutId: string, releaseId: string, change: Partial<RolloutRequest> = {}): RolloutRequest =>
      RolloutRequest.parse({ rolloutId, model: MODEL, releaseId, cause: 'test', actor: 'arn:test', ...change }),
    route: async () => (await registry.model(MODEL)).route,

    /**
     * Runs a rollout to its end, or until `isOver`; `isGood(change)` says whether the n-th change of the endpoint comes
     * into service, `watch` sees the world after every turn.
     */
    async run(
      request: RolloutRequest,
      {
        isGood = () => true,
        watch = async () => {},
        count = () => [],
        isOver = () => false,
      }: {
        isGood?: (change: number) => boolean;
        watch?: (turn: RolloutTurn) => Promise<void>;
        count?: (turn: Extract<RolloutTurn, { kind: 'count' }>) => Counted;
        isOver?: (rollout: Rollout) => boolean;
      } = {},
    ): Promise<Rollout> {
      const lead = await beginRollout(deps, request);
      let news: RolloutNews | null = null;
      let changes = 0;
      for (let turn = 0; turn < MOST_TURNS; turn++) {
        const move = await advanceRollout(deps, { ...lead, turn, news });
        news = null;
        await watch(move);
        const rollout = await registry.rollout(request.rolloutId);
        if (move.kind === 'ended' || isOver(rollout)) return rollout;
        if (move.kind === 'wait' || move.kind === 'ask') clock.advance(move.seconds * 1000);
        if (move.kind === 'point') {
          try {
            await pointEndpoint(deps, lead);
          } catch (error) {
            const [name, message] = error instanceof Error ? [error.name, error.message] : ['Error', String(error)];
            news = { kind: 'failure', of: 'point', error: name, cause: JSON.stringify({ errorMessage: message }) };
          }
          clock.advance(1_000);
          if (hosting.isChanging(ENDPOINT)) hosting.settle(ENDPOINT, isGood(changes++));
        }
        if (move.kind === 'count') {
          const body = new TextEncoder().encode(JSON.stringify(count(move)));
          await objects.put({ bucket: 'offline', key: `${move.counted.prefix}1` }, body, 'application/json');
          news = RolloutNews.parse({ kind: 'counted', counted: move.counted });
        }
      }
      throw new Error(`rollout ${request.rolloutId} did not end in ${MOST_TURNS} turns`);
    },
  };
}
