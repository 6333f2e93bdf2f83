import type { AdvanceRolloutRequest, RolloutNews, RolloutTurn } from '../../../contracts/rollout.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { HOUR_MS } from '../../../core/clock.ts';
import { PlatformError } from '../../../core/errors.ts';
import { failureReason } from '../../../core/failure-reason.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { CountSpec } from '../../../core/rollout/count-spec.ts';
import type { CountMove, Move } from '../../../core/rollout/move.ts';
import { nextMove } from '../../../core/rollout/next-move.ts';
import { isPassingFailure } from '../../../core/rollout/passing-failure.ts';
import type { RolloutPhase } from '../../../core/rollout/rollout.ts';
import type { News } from '../../../core/rollout/truth.ts';
import { rolloutCountsSql } from '../../../core/sql/rollout-counts-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import { nextExecutionName } from './execution-of-rollout.ts';
import { type LookAtCountsDeps, lookAtCounts } from './look-at-counts.ts';
import { type MakeChangeDeps, makeChange } from './make-change.ts';
import { type ReadTruth, type ReadTruthDeps, readTruth } from './read-truth.ts';

export interface AdvanceRolloutDeps extends ReadTruthDeps, MakeChangeDeps, LookAtCountsDeps, QueryPlace {
  readonly registry: Pick<
    ModelRegistry,
    'model' | 'release' | 'rollout' | 'rollouts' | 'hold' | 'changeRollout' | 'renewLease'
  >;
  readonly releases: ReleaseStore;
  readonly objects: LookAtCountsDeps['objects'] & ReadTruthDeps['objects'];
}

/** Changes that one call makes at most; a rollout passes fewer between two things that take time. */
const MOST_CHANGES = 12;
/** A history holds 25,000 events; a turn that counts takes some twenty of them. */
const MOST_TURNS = 1_000;
/** Step Functions tells up to 32,768 characters of a failure; the reason is kept several times over in one item of the registry. */
const LONGEST_REASON = 1_000;

/**
 * Reads the truth, makes the changes that need nothing but a write, one at a time, and answers with the first thing that
 * the flow has to do. Whoever calls it, after whatever crash, goes on from what is written.
 *
 * @throws LeaseLostError when another process leads the rollout
 */
export async function advanceRollout(deps: AdvanceRolloutDeps, ask: AdvanceRolloutRequest): Promise<RolloutTurn> {
  let brought = ask.news;
  for (let changes = 0; changes < MOST_CHANGES; changes++) {
    const truth = await readTruth(deps, ask.rolloutId);
    const news = truth.manifest === null ? unreadable(truth) : await newsOf(deps, truth, brought);
    const move = nextMove({ ...truth, news });
    if (move.kind !== 'change') return turnOf(deps, ask, truth, move);
    try {
      await makeChange(deps, truth.rollout, move, ask.fence);
      await tellIfEdited(deps, truth);
      brought = null;
    } catch (error) {
      // a person wrote in between: what is there now may ask for something else
      if (!(error instanceof PlatformError && error.name === 'RolloutChangedError')) throw error;
    }
  }
  return { kind: 'wait', seconds: 1 };
}

const JUDGED: ReadonlySet<RolloutPhase> = new Set(['shadow', 'canary', 'watching']);

/**
 * Nobody but the rollout should change the endpoint while it is compared; what it then runs is not overwritten in
 * silence. Told with the first look of each hour.
 */
async function tellIfEdited({ events }: AdvanceRolloutDeps, { rollout, endpoint, now }: ReadTruth): Promise<void> {
  if (endpoint.state !== 'other-content' || !JUDGED.has(rollout.phase)) return;
  const { look, since } = rollout;
  const toldMs = look === null || look.at <= since ? null : Date.parse(look.at);
  if (toldMs !== null && Math.floor(toldMs / HOUR_MS) === Math.floor(now.getTime() / HOUR_MS)) return;
  const { rolloutId, model, phase } = rollout;
  const data = { rolloutId, model, phase, missing: endpoint.missing, at: now.toISOString() };
  await Promise.allSettled([events.publish([{ type: 'headgate.rollout.endpoint-edited', subject: model, data }])]);
}

async function newsOf(deps: AdvanceRolloutDeps, truth: ReadTruth, brought: RolloutNews | null): Promise<News | null> {
  if (brought === null) return null;
  switch (brought.kind) {
    case 'counted':
      return lookAtCounts(deps, truth.rollout, truth.policy, brought.counted);
    case 'replayed': {
      const { verdict, reportUri } = brought.replay;
      return { kind: 'replay', outcome: verdict.verdict.outcome, because: verdict.verdict.because ?? '', reportUri };
    }
    case 'failure':
      return {
        kind: 'failure',
        of: brought.of,
        isPassing: isPassingFailure(brought.error),
        because: `${brought.error}: ${failureReason(brought.cause).slice(0, LONGEST_REASON)}`,
      };
  }
}

/** A release whose manifest is gone, or another one, is not led any further. */
function unreadable({ because }: ReadTruth): News {
  return { kind: 'failure', of: 'advance', isPassing: false, because };
}

async function turnOf(
  deps: AdvanceRolloutDeps,
  ask: AdvanceRolloutRequest,
  truth: ReadTruth,
  move: Exclude<Move, { kind: 'change' }>,
): Promise<RolloutTurn> {
  if (move.kind === 'ended') return { kind: 'ended', rollout: truth.rollout };
  await deps.registry.renewLease(ask.rolloutId, ask.fence);
  if (ask.turn >= MOST_TURNS) return { kind: 'continue', name: nextExecutionName(ask.rolloutId, ask.fence) };
  switch (move.kind) {
    case 'point':
      return { kind: 'point' };
    case 'wait':
      return { kind: 'wait', seconds: Math.ceil(move.forMs / 1000) };
    case 'ask':
      return { kind: 'ask', seconds: Math.ceil(move.forMs / 1000) };
    case 'replay': {
      const { rolloutId, model } = truth.rollout;
      return { kind: 'replay', replay: { rolloutId, model, releaseId: move.arm.releaseId, variant: move.arm.variant } };
    }
    case 'count':
      return countTurn(deps, ask, truth, move);
  }
}

async function countTurn(
  deps: AdvanceRolloutDeps,
  { fence, turn }: AdvanceRolloutRequest,
  { rollout, manifest }: ReadTruth,
  move: CountMove,
): Promise<RolloutTurn> {
  const { rolloutId, model, phase, since } = rollout;
  const { of, challenger, releases, fromMs, toMs } = move;
  const rows = { database: deps.database, model, rolloutId, releases, fromMs, toMs };
  const cuts = [...(await cutsOf(deps.releases, releases.baseline, manifest))];
  const spec =
    of === 'shadow'
      ? { kind: 'shadow' as const, ...rows, cuts }
      : { kind: 'canary' as const, ...rows, cuts, challenger };
  // a query writes only where nothing is yet, so each has a place of its own
  const prefix = `rollout-counts/${digestOf({ rolloutId, fence, turn, toMs }).slice(0, 32)}/`;
  const query = unloadQuery(deps, rolloutCountsSql(spec satisfies CountSpec), prefix, `rollout ${rolloutId}`);
  return { kind: 'count', query, counted: { phase, since, prefix, spec } };
}

/** Live scores are compared where the baseline's own test scores are cut; releases of older platforms do not tell. */
async function cutsOf(
  releases: ReleaseStore,
  baseline: string,
  candidate: ReleaseManifest | null,
): Promise<readonly number[]> {
  const { evaluation } = await releases.manifest(baseline);
  return evaluation.scoreCuts ?? candidate?.evaluation.scoreCuts ?? [];
}
