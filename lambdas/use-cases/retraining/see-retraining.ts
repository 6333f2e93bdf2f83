import type { RegisteredRelease } from '../../../contracts/training-flow.ts';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { trainingCostUsd } from '../../../core/cost/training-cost.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { PlatformError } from '../../../core/errors.ts';
import type { RetrainingSight, TrainedRelease } from '../../../core/retraining/progress.ts';
import type { Retraining } from '../../../core/retraining/retraining.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { Execution, Workflow } from '../../ports/workflow.ts';

export interface SeeRetrainingDeps {
  readonly definitions: Definitions;
  readonly workflow: Pick<Workflow, 'describe'>;
  readonly registry: Pick<ModelRegistry, 'rollout'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly region: string;
}

/** States of the flow that end before a training job is paid for. */
const UNPAID: readonly string[] = ['Plan', 'Join', 'Seal'];

/** What is there of a retraining without an end. */
export async function seeRetraining(
  deps: SeeRetrainingDeps,
  model: string,
  retraining: Retraining,
): Promise<RetrainingSight> {
  const { status, executionId, rolloutId } = retraining;
  if (status === 'training') {
    const execution = await orNull(deps.workflow.describe(executionId));
    const release = execution?.status === 'SUCCEEDED' ? trainedRelease(execution.output) : null;
    const isOver = execution !== null && execution.status !== 'RUNNING';
    return {
      of: 'training',
      execution,
      release,
      costUsd: isOver ? await costOf(deps, model, execution, release) : null,
    };
  }
  const rollout = await orNull(deps.registry.rollout(rolloutId ?? ''));
  const execution = rollout === null ? await orNull(deps.workflow.describe(`rollout:${rolloutId}`)) : null;
  return { of: 'rollout', rollout, execution };
}

/** Cost of one more training by the longest its jobs may take; null without a price. */
export function greatestCostUsd({ region }: Pick<SeeRetrainingDeps, 'region'>, { training }: Model): number | null {
  const jobs = training.tuning?.jobs ?? 1;
  return trainingCostUsd(region, training.instanceType, (training.maxRuntimeMs / SECOND_MS) * jobs);
}

/**
 * Of the release's job; of the jobs of a search as many times as there were, for the best one's time. A training that
 * failed is taken to have cost as much as its execution was long, and never too little.
 */
async function costOf(
  deps: SeeRetrainingDeps,
  name: string,
  execution: Execution,
  release: TrainedRelease | null,
): Promise<number | null> {
  const manifest = release === null ? null : await orNull(deps.releases.manifest(release.releaseId));
  if (manifest !== null) {
    const { instanceType, seconds, search } = manifest.training;
    return trainingCostUsd(deps.region, instanceType, seconds * (search?.jobs ?? 1));
  }
  if (UNPAID.includes(execution.step ?? '')) return 0;
  const model = deps.definitions.models.find((one) => one.name === name);
  if (model === undefined || execution.endedAt === null) return null;
  const { instanceType, maxRuntimeMs, tuning } = model.training;
  const ranMs = Math.max(MINUTE_MS, Date.parse(execution.endedAt) - Date.parse(execution.startedAt));
  const seconds = Math.min(ranMs, maxRuntimeMs) / SECOND_MS;
  return trainingCostUsd(deps.region, instanceType, seconds * (tuning?.jobs ?? 1));
}

function trainedRelease(output: unknown): TrainedRelease | null {
  const { releaseId, passed, rolloutId, because } = (output ?? {}) as Partial<RegisteredRelease>; // checked below
  const isRelease = typeof releaseId === 'string' && typeof passed === 'boolean' && typeof rolloutId === 'string';
  return isRelease ? { releaseId, passed, rolloutId, because: because ?? '' } : null;
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'not-found') return null;
    throw error;
  }
}
