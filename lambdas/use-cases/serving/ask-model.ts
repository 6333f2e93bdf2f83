import type { Arm } from '../../../core/release/route.ts';
import { countMissing } from '../../../core/serving/count-missing.ts';
import { decide } from '../../../core/serving/decide.ts';
import { LATE, type ShadowAnswer } from '../../../core/serving/prediction-record.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { ModelInvoker } from '../../ports/model-invoker.ts';
import type { Deadline, Timing } from '../../ports/timing.ts';
import { errorName } from './draw-arms.ts';
import type { RequestRows } from './request-rows.ts';

export interface AskModelDeps {
  readonly invoker: ModelInvoker;
  readonly timing: Timing;
}

/** A call of a model that is about to be made. */
export interface ModelCall {
  readonly endpointName: string;
  readonly variant: Arm['variant'];
  readonly inferenceId: string;
  readonly asked: RequestRows;
}

/** What came of it. */
export type Attempt = Scored | FailedCall;

export interface Scored extends RequestRows {
  readonly scores: readonly number[];
  /** Null when the model was not asked. */
  readonly latencyMs: number | null;
  /** The instant that answers were computed for which were there before; absent when the model was asked. */
  readonly precomputedAt?: string;
}

export interface FailedCall {
  readonly error: unknown;
  readonly latencyMs: number;
}

/** Asks a model and never throws. The call is on its way when this returns its promise. */
export async function askModel(
  { invoker, timing }: AskModelDeps,
  { endpointName, variant, inferenceId, asked }: ModelCall,
  signal?: AbortSignal,
): Promise<Attempt> {
  const startedMs = timing.elapsedMs();
  try {
    const rows = asked.rows.map(({ row }) => row);
    const answer = invoker.score(endpointName, variant, rows, inferenceId, signal);
    const scores = await (signal === undefined ? answer : Promise.race([answer, refusedBy(signal)]));
    return { ...asked, scores, latencyMs: timing.elapsedMs() - startedMs };
  } catch (error) {
    return { error, latencyMs: timing.elapsedMs() - startedMs };
  }
}

/** The same, given up after the time. */
export async function askModelWithin(deps: AskModelDeps, call: ModelCall, limitMs: number): Promise<Attempt> {
  const deadline = deps.timing.deadline(limitMs);
  try {
    return await askModel(deps, call, deadline.signal);
  } finally {
    deadline.cancel();
  }
}

/** Waits a little longer for a shadow that is being asked, and tells for each row what came of it; never throws. */
export type FinishShadow = () => Promise<readonly ShadowAnswer[]>;

/** Asks the shadow; the call is on its way when this returns. */
export function askShadow(deps: AskModelDeps, plan: ServingPlan, call: ModelCall): FinishShadow {
  const { timing } = deps;
  const giveUp = new AbortController();
  const seen: { attempt: Attempt | null } = { attempt: null };
  const startedMs = timing.elapsedMs();
  const done = askModel(deps, call, giveUp.signal).then((attempt) => {
    seen.attempt = attempt;
  });
  return async () => {
    if (seen.attempt === null && plan.graceMs > 0) await within(timing.deadline(plan.graceMs), done);
    const { attempt } = seen;
    if (attempt === null) giveUp.abort();
    const latencyMs = attempt?.latencyMs ?? timing.elapsedMs() - startedMs;
    const scores = attempt !== null && 'scores' in attempt ? attempt.scores : null;
    const error = attempt === null ? LATE : 'error' in attempt ? errorName(attempt.error) : null;
    return call.asked.rows.map(({ features }, i) => ({
      releaseId: plan.releaseId,
      prediction: scores === null ? null : decide(plan, scores[i]!),
      error,
      latencyMs,
      ...countMissing(features),
    }));
  };
}

async function within(deadline: Deadline, done: Promise<void>): Promise<void> {
  await Promise.race([done, refusedBy(deadline.signal).catch(() => {})]);
  deadline.cancel();
}

/** Never resolves. Rejects when the signal is aborted, for callees that do not look at it. */
function refusedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(new DOMException('the time of the call is up', 'TimeoutError'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}
