import type { PredictRequest } from '../../../contracts/api/predictions.ts';
import type { InvalidInputError } from '../../../core/errors.ts';
import type { Arm, Route } from '../../../core/release/route.ts';
import { armOf, isShadowed } from '../../../core/rollout/assign.ts';
import type { AnsweringArm, ChallengerFailure, RolloutPart } from '../../../core/serving/prediction-record.ts';
import { NotPromotedError } from '../../../core/serving/serving-errors.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';
import { unitKey } from '../../../core/serving/unit-key.ts';
import type { PlannedRead } from './read-for-plans.ts';
import type { ReleasePlans } from './release-plans.ts';
import { keysOf, refuseUnfit } from './request-rows.ts';

/** One request of a caller, whoever answers it. */
export interface Request {
  readonly model: string;
  readonly ask: PredictRequest;
  readonly requestedAt: Date;
  /** One for each row. */
  readonly predictionIds: readonly string[];
}

/** Who is asked, by a route that was read before the request: `standing` says whether it still holds. */
export interface DrawnArms {
  readonly unit: string;
  readonly champion: ServingPlan;
  readonly answering: PlannedRead;
  /** What the champion has against the entities. */
  readonly problem: InvalidInputError | null;
  readonly shadow: PlannedArm | null;
  /** Why it is not the challenger, whose turn it would have been. */
  readonly challengerFailure: ChallengerFailure | null;
}

/** A release that nobody's answer hangs on: it may not be able to take part. */
export type PlannedArm = { readonly releaseId: string } & (PlannedRead | { readonly error: unknown });

/** Who is asked, by the route as it is. */
export interface StandingArms {
  readonly role: AnsweringArm;
  readonly endpointName: string;
  readonly answering: Arm;
  readonly shadow: (Arm & { readonly planned: PlannedArm }) | null;
  readonly rollout: RolloutPart | null;
}

/**
 * @param failure of the challenger in an earlier attempt at this request: the champion is asked
 * @throws NotPromotedError without a champion, and what the release store throws about its manifest
 */
export async function drawArms(
  plans: ReleasePlans,
  route: Route | null,
  { model, ask, predictionIds }: Request,
  failure: ChallengerFailure | null,
): Promise<DrawnArms> {
  const { releaseId } = championOf(model, route);
  const champion = plans.kept(releaseId) ?? (await plans.load(releaseId));
  const { keys, problem } = keysOf(champion, ask);
  const unit = unitKey(champion, problem === null ? ask.entities : undefined, predictionIds[0] ?? '');
  const byChampion = { unit, champion, answering: { plan: champion, keys }, problem, shadow: null };
  const { challenger, shadow } = route!; // it has a champion
  if (problem !== null || failure !== null) return { ...byChampion, challengerFailure: failure };
  if (challenger !== null && armOf({ challenger }, unit) === 'challenger') {
    const planned = await planArm(plans, challenger.releaseId, ask);
    if (!('error' in planned)) return { ...byChampion, answering: planned, challengerFailure: null };
    return { ...byChampion, challengerFailure: failureOf(challenger.releaseId, planned.error, null) };
  }
  if (shadow === null || !isShadowed({ shadow }, unit)) return { ...byChampion, challengerFailure: null };
  const planned = await planArm(plans, shadow.releaseId, ask);
  return { ...byChampion, shadow: isGiven(planned, ask) ? planned : null, challengerFailure: null };
}

/**
 * Null when the request was prepared for another release than the one whose turn it is by the route as it is now. A shadow
 * that came only now is left to later requests.
 *
 * @throws NotPromotedError without a champion
 */
export function standing({ model }: Request, drawn: DrawnArms, route: Route | null): StandingArms | null {
  const champion = championOf(model, route);
  const { challenger, shadow, endpointName } = route!; // it has a champion
  const isChampion = champion.releaseId === drawn.champion.releaseId;
  if (!isChampion && (drawn.problem !== null || challenger !== null || shadow !== null)) return null;
  const isChallenged = drawn.problem === null && drawn.challengerFailure === null && challenger !== null;
  const role = isChallenged ? armOf({ challenger }, drawn.unit) : 'champion';
  const answering = role === 'challenger' && challenger !== null ? challenger : champion;
  if (answering.releaseId !== drawn.answering.plan.releaseId) return null;
  const isShadow = role === 'champion' && drawn.shadow !== null && shadow?.releaseId === drawn.shadow.releaseId;
  const { rolloutId = null } = challenger ?? shadow ?? {};
  return {
    role,
    endpointName,
    answering,
    shadow: isShadow && shadow !== null && drawn.shadow !== null ? { ...shadow, planned: drawn.shadow } : null,
    rollout: rolloutId === null ? null : { rolloutId, share: challenger?.share ?? null },
  };
}

export function failureOf(releaseId: string, error: unknown, latencyMs: number | null): ChallengerFailure {
  return { releaseId, error: errorName(error), latencyMs };
}

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

async function planArm(plans: ReleasePlans, releaseId: string, ask: PredictRequest): Promise<PlannedArm> {
  const plan = plans.kept(releaseId) ?? (await plans.attempt(releaseId));
  if ('error' in plan) return { releaseId, error: plan.error };
  const { keys, problem } = keysOf(plan, ask);
  return problem === null ? { releaseId, plan, keys } : { releaseId, error: problem };
}

/** False when the caller gives the features, and not those of the release: then there is nothing to compare. */
function isGiven(planned: PlannedArm, ask: PredictRequest): boolean {
  if (ask.instances === undefined || 'error' in planned) return true;
  try {
    refuseUnfit(planned.plan, ask);
    return true;
  } catch {
    return false;
  }
}

function championOf(model: string, route: Route | null): Arm {
  if (route?.champion == null) throw new NotPromotedError(model);
  return route.champion;
}
