import type { PredictRequest } from '../../../contracts/api/predictions.ts';
import type { InvalidInputError } from '../../../core/errors.ts';
import type { Arm, Challenger, Route } from '../../../core/release/route.ts';
import { armOf, isShadowed } from '../../../core/rollout/assign.ts';
import type { AnsweringArm, ArmFailure, RolloutPart } from '../../../core/serving/prediction-record.ts';
import { NotPromotedError } from '../../../core/serving/serving-errors.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';
import { unitKey } from '../../../core/serving/unit-key.ts';
import type { PlannedRead } from './read-for-plans.ts';
import type { ReleasePlans } from './release-plans.ts';
import { fits, keysOf } from './request-rows.ts';

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
  readonly championId: string;
  readonly answering: PlannedRead;
  /** Who answers what that one fails; null when nobody does. */
  readonly standIn: ServingPlan | null;
  /** What the champion has against the entities. */
  readonly problem: InvalidInputError | null;
  readonly shadow: PlannedArm | null;
  /** Whose turn it would have been. */
  readonly failed: FailedArm | null;
}

/** Who was to answer and could not, so that the other arm is asked. */
export interface FailedArm extends ArmFailure {
  readonly role: AnsweringArm;
}

/** A release that nobody's answer hangs on: it may not be able to take part. */
export type PlannedArm = { readonly releaseId: string } & (PlannedRead | { readonly error: unknown });

/** Who is asked, by the route as it is. */
export interface StandingArms {
  readonly role: AnsweringArm;
  readonly endpointName: string;
  readonly answering: Arm;
  readonly standIn: ServingPlan | null;
  /** Whether the one that answers is on trial: a challenger that was never champion. */
  readonly isOnTrial: boolean;
  readonly shadow: (Arm & { readonly planned: PlannedArm }) | null;
  readonly rollout: RolloutPart | null;
}

/**
 * @param failed in an earlier attempt at this request
 * @throws NotPromotedError without a champion, and what the release store throws about its manifest
 */
export async function drawArms(
  plans: ReleasePlans,
  route: Route | null,
  request: Request,
  failed: FailedArm | null,
): Promise<DrawnArms> {
  const { model, ask, predictionIds } = request;
  const champion = championOf(model, route);
  const { challenger, shadow } = route!; // it has a champion
  const watched = challenger?.wasChampion ? await drawWatched(plans, champion, challenger, request, failed) : null;
  if (watched !== null) return watched;
  const championId = champion.releaseId;
  const plan = plans.kept(championId) ?? (await plans.load(championId));
  const { keys, problem } = keysOf(plan, ask);
  const unit = unitKey(plan, problem === null ? ask.entities : undefined, predictionIds[0] ?? '');
  const byChampion = { unit, championId, answering: { plan, keys }, standIn: null, problem, shadow: null, failed };
  if (problem !== null || failed !== null) return byChampion;
  if (challenger !== null && armOf({ challenger }, unit) === 'challenger') {
    const planned = await planArm(plans, challenger.releaseId, ask);
    if (!('error' in planned)) return { ...byChampion, answering: planned, standIn: plan };
    return { ...byChampion, failed: failedArm('challenger', challenger.releaseId, planned.error, null) };
  }
  if (shadow === null || !isShadowed({ shadow }, unit)) return byChampion;
  const planned = await planArm(plans, shadow.releaseId, ask);
  return { ...byChampion, shadow: isGiven(planned, ask) ? planned : null };
}

/**
 * While a promotion is watched the champion and the one before it stand in for each other. Null when neither can take
 * the request: then it is the champion that says why.
 */
async function drawWatched(
  plans: ReleasePlans,
  champion: Arm,
  challenger: Challenger,
  { ask, predictionIds }: Request,
  failed: FailedArm | null,
): Promise<DrawnArms | null> {
  const byRole = {
    champion: await planArm(plans, champion.releaseId, ask),
    challenger: await planArm(plans, challenger.releaseId, ask),
  };
  const able = [byRole.champion, byRole.challenger].find((arm) => !('error' in arm));
  if (able === undefined || 'error' in able) return null;
  const unit = unitKey(able.plan, ask.entities, predictionIds[0] ?? '');
  const role = roleOf({ champion, challenger }, unit, failed);
  const other = byRole[role === 'champion' ? 'challenger' : 'champion'];
  const drawn = { unit, championId: champion.releaseId, problem: null, shadow: null };
  const answering = byRole[role];
  if (!('error' in answering)) {
    const standIn = failed === null && !('error' in other) ? other.plan : null;
    return { ...drawn, answering, standIn, failed };
  }
  if (failed !== null || 'error' in other) return null;
  const first = failedArm(role, answering.releaseId, answering.error, null);
  return { ...drawn, answering: other, standIn: null, failed: first };
}

/** Whose turn it is. What one arm has failed is the other's: the champion's, or while it is watched that of the one before. */
function roleOf(
  { champion, challenger }: Pick<Route, 'champion' | 'challenger'>,
  unit: string,
  failed: FailedArm | null,
): AnsweringArm {
  if (failed === null) return armOf({ challenger }, unit);
  return challenger?.wasChampion && champion?.releaseId === failed.releaseId ? 'challenger' : 'champion';
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
  const isChampion = champion.releaseId === drawn.championId;
  if (!isChampion && (drawn.problem !== null || challenger !== null || shadow !== null)) return null;
  const role = drawn.problem === null ? roleOf({ champion, challenger }, drawn.unit, drawn.failed) : 'champion';
  const answering = role === 'challenger' && challenger !== null ? challenger : champion;
  const other = role === 'challenger' ? champion : challenger?.wasChampion ? challenger : null;
  if (answering.releaseId !== drawn.answering.plan.releaseId) return null;
  const isShadow = role === 'champion' && drawn.shadow !== null && shadow?.releaseId === drawn.shadow.releaseId;
  const { rolloutId = null } = challenger ?? shadow ?? {};
  return {
    role,
    endpointName,
    answering,
    standIn: other?.releaseId === drawn.standIn?.releaseId ? drawn.standIn : null,
    isOnTrial: role === 'challenger' && !challenger?.wasChampion,
    shadow: isShadow && shadow !== null && drawn.shadow !== null ? { ...shadow, planned: drawn.shadow } : null,
    rollout: rolloutId === null ? null : { rolloutId, share: challenger?.share ?? null },
  };
}

export function failedArm(role: AnsweringArm, releaseId: string, error: unknown, latencyMs: number | null): FailedArm {
  return { role, releaseId, error: errorName(error), latencyMs };
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
  return ask.instances === undefined || 'error' in planned || fits(planned.plan, ask);
}

function championOf(model: string, route: Route | null): Arm {
  if (route?.champion == null) throw new NotPromotedError(model);
  return route.champion;
}
