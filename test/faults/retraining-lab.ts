import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { RetrainingPolicy } from '../../core/definitions/monitoring.ts';
import { type Retraining, type RetrainingState, unfinished } from '../../core/retraining/retraining.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import { driftReportKey } from '../../lambdas/use-cases/drift/drift-reports.ts';
import {
  type AdvanceRetrainingDeps,
  advanceRetraining,
} from '../../lambdas/use-cases/retraining/advance-retraining.ts';
import { askTraining } from '../../lambdas/use-cases/retraining/ask-training.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from '../handlers/platform-in-memory.ts';
import { churnRelease } from '../handlers/shop-definitions.ts';
import { newRollout } from '../new-rollout.ts';
import type { Crashing } from './crashing.ts';

export const POLICY: RetrainingPolicy = {
  on: { drift: true, degradation: true, everyMs: null, newRows: null },
  cooldownMs: 6 * HOUR_MS,
  maxPerWeek: 3,
  budgetUsd: null,
  minNewOutcomes: 500,
  maxUnhelpful: 2,
};

const ADA = 'arn:aws:iam::000000000000:user/ada';
const EVENT = { action: 'test', actor: 'test', at: '2026-03-01T12:00:00.000Z', detail: {} };

interface ScanOf {
  readonly drift?: 'stable' | 'drifting' | 'not-computable';
  readonly performance?: 'holding' | 'degraded';
  readonly health?: 'healthy' | 'unhealthy';
  readonly diagnosis?: string;
  readonly outcomes?: number;
}

type TrainingEnd = 'passed' | 'not-passed' | 'failed' | 'stopped';

/** One model whose trainings, rollouts and scans a test ends as it likes, in virtual time; only what decides about retraining is real. */
export class RetrainingLab {
  readonly platform: PlatformInMemory;
  readonly deps: AdvanceRetrainingDeps & Pick<PlatformInMemory, 'registry'>;
  readonly #killer: Crashing | null;
  #scans = 0;
  #releases = 1;

  private constructor(platform: PlatformInMemory, policy: RetrainingPolicy, killer: Crashing | null) {
    this.platform = platform;
    this.#killer = killer;
    const { models, ...rest } = platform.definitions;
    const watched = models.map((model) => {
      const drift = {} as NonNullable<(typeof model)['monitoring']['drift']>; // that there is one is all that is read
      const performance = {} as NonNullable<(typeof model)['monitoring']['performance']>; // likewise
      return { ...model, monitoring: { ...model.monitoring, drift, performance, retraining: policy } };
    });
    const around = <Port extends object>(port: Port): Port => killer?.around(port) ?? port;
    this.deps = {
      ...platform,
      definitions: { ...rest, models: watched },
      log: around(platform.log),
      workflow: around(platform.workflow),
      registry: around(platform.registry),
      releases: around(platform.releases),
      objects: around(platform.objects),
      events: around(platform.events),
      tables: around(platform.tables),
      artifactBucket: 'artifact',
    };
  }

  /** The model answers with a release that was trained before there was a log. */
  static async open(policy: Partial<RetrainingPolicy> = {}, killer: Crashing | null = null): Promise<RetrainingLab> {
    const platform = platformInMemory();
    await registerChurn(platform);
    const watermarks = { source_orders: platform.clock.now().getTime() - HOUR_MS };
    await promote(platform, 1, (one) => ({ ...one, trainingSet: { ...one.trainingSet, watermarks } }));
    return new RetrainingLab(platform, { ...POLICY, ...policy }, killer);
  }

  /** One call, as the flow, a rule or the schedule makes it. */
  async advance() {
    const work = () => advanceRetraining(this.deps, { model: 'churn', scanId: null, actor: 'headgate:test' });
    return this.#killer === null ? work() : this.#killer.during(work);
  }

  /** A person trains. */
  async ask(idempotencyKey: string | null = null, asOf?: string): Promise<string> {
    const deps = { ...this.deps, ids: this.platform.ids };
    const caller = { actor: ADA, idempotencyKey };
    const work = () => askTraining(deps, 'churn', asOf === undefined ? {} : { asOf }, caller);
    return (await (this.#killer === null ? work() : this.#killer.during(work))).executionId;
  }

  /** Another process goes on. */
  restart(): void {
    this.#killer?.restart();
  }

  tick(ms: number): void {
    this.platform.clock.advance(ms);
  }

  state(): Promise<RetrainingState> {
    return this.platform.log.state('churn');
  }

  async newest(): Promise<Retraining> {
    return (await this.state()).retrainings[0]!;
  }

  /** A scan of the release that answers now. */
  async scan({ drift = 'stable', performance, health = 'healthy', diagnosis = 'unknown', outcomes = 0 }: ScanOf) {
    this.tick(1);
    const at = this.platform.clock.now().toISOString();
    const scanId = String(++this.#scans).padStart(32, '0');
    const { route } = await this.platform.registry.model('churn');
    const report = {
      scanId,
      releaseId: route.champion?.releaseId ?? '',
      at,
      drift: {
        outcome: drift,
        because: `spend is ${drift} in scan ${this.#scans}`,
        isPersistent: drift === 'drifting',
      },
      performance:
        performance === undefined
          ? null
          : { outcome: performance, because: `loss is ${performance}`, loss: { since: at, outcomes } },
      health: { outcome: health, because: health === 'healthy' ? 'all came' : 'source orders: 0 of 1,200 rows' },
      diagnosis: { kind: diagnosis, because: diagnosis },
    };
    const key = driftReportKey({ model: 'churn', at, scanId });
    const body = new TextEncoder().encode(JSON.stringify(report));
    await this.platform.objects.put({ bucket: 'artifact', key }, body, 'application/json');
  }

  /** Ends the training that runs; one whose release passed goes into a rollout. */
  async endTraining(end: TrainingEnd): Promise<void> {
    const { workflow, releases, registry, clock } = this.platform;
    const { executionId } = await this.#running('training');
    this.tick(20 * MINUTE_MS);
    const at = { endedAt: clock.now().toISOString() };
    if (end === 'failed' || end === 'stopped') {
      const error = { name: 'SageMaker.TrainingJob', message: end === 'failed' ? 'out of memory' : 'stopped by hand' };
      workflow.end(executionId, { ...at, status: end === 'failed' ? 'FAILED' : 'ABORTED', step: 'Train', error });
      return;
    }
    const note = ++this.#releases;
    const { manifest, releaseId } = churnRelease(note);
    const { uri } = await releases.put(manifest);
    const passed = end === 'passed';
    const summary = { releaseId, model: 'churn', createdAt: at.endedAt, passed, trainingSetId: 't', metrics: {} };
    await registry.addRelease({ ...summary, manifestUri: uri, featureViews: [] }, EVENT);
    const output = { releaseId, passed, rolloutId: `o${note}`, because: passed ? '' : 'auc 0.6 < 0.7' };
    workflow.end(executionId, { ...at, status: 'SUCCEEDED', step: 'Trained', output });
    if (passed) await this.#begin(newRollout(`o${note}`, { releaseId, startedAt: at.endedAt }));
  }

  /** Ends the rollout that runs. */
  async endRollout(outcome: 'promoted' | 'rejected'): Promise<void> {
    const { registry, clock } = this.platform;
    this.tick(30 * MINUTE_MS);
    const seen = (await registry.rollouts('churn')).find((one) => one.outcome === null)!; // a test ends what runs
    const { fence } = await registry.beginRollout(seen, EVENT);
    const { route } = await registry.model('churn');
    const champion = { releaseId: seen.releaseId, variant: 'champion' as const };
    const to = { ...route, champion, epoch: route.epoch + 1 };
    const next: Rollout = {
      ...seen,
      phase: 'done',
      outcome,
      because: outcome === 'promoted' ? 'in service' : 'more errors',
      stop: outcome === 'promoted' ? null : { kind: 'evidence', actor: 'judge', because: 'more errors', at: EVENT.at },
      endedAt: clock.now().toISOString(),
    };
    await registry.changeRollout(
      { seen, next, route: outcome === 'promoted' ? { from: route, to } : null, fence },
      EVENT,
    );
  }

  async actions(): Promise<readonly string[]> {
    const records = await this.platform.registry.audit('churn', 1, 10_000);
    return records.map(({ action }) => action).filter((action) => action.startsWith('retraining.'));
  }

  async #begin(rollout: Rollout): Promise<void> {
    await this.platform.registry.beginRollout(rollout, EVENT);
  }

  async #running(status: Retraining['status']): Promise<Retraining> {
    const found = unfinished(await this.state()).find((one) => one.status === status);
    if (found === undefined) throw new Error(`no retraining is ${status}`);
    return found;
  }
}
