import type { Arm, Route } from '../release/route.ts';
import type { Rollout, Stop } from './rollout.ts';

/** What is written, in one go, when a rollout goes back. */
export interface WayBack {
  readonly next: Rollout;
  /** Null when the route names nothing of the rollout. */
  readonly route: { readonly from: Route; readonly to: Route } | null;
}

/** Puts the route right at once and leaves the endpoint to follow. A rollout that was stopped before keeps who stopped it first. */
export function goBack(rollout: Rollout, route: Route, stop: Stop): WayBack {
  const to = routeBack(route, rollout);
  return {
    next: {
      ...rollout,
      stop: rollout.stop ?? stop,
      phase: 'restoring',
      step: 0,
      since: stop.at,
      timeline: [...rollout.timeline, { phase: 'restoring', step: 0, at: stop.at, because: stop.because }],
    },
    route: to === null ? null : { from: route, to },
  };
}

/** The route without the rollout: the release before it answers alone. Null when it is that already. */
export function routeBack(route: Route, rollout: Rollout): Route | null {
  const champion = championBefore(route, rollout);
  if (champion === route.champion && route.challenger === null && route.shadow === null) return null;
  return { ...route, champion, challenger: null, shadow: null, epoch: route.epoch + 1 };
}

/** After the promotion the release before sits on the other of the two variants until the rollout settles. */
function championBefore({ champion, challenger }: Route, { releaseId, previousReleaseId }: Rollout): Arm | null {
  if (champion === null || champion.releaseId !== releaseId) return champion;
  if (previousReleaseId === releaseId) return champion; // it was champion before this rollout, which is refused for that
  if (previousReleaseId === null) return null;
  const variant = challenger?.releaseId === previousReleaseId ? challenger.variant : otherVariant(champion);
  return { releaseId: previousReleaseId, variant };
}

function otherVariant({ variant }: Arm): Arm['variant'] {
  return variant === 'champion' ? 'challenger' : 'champion';
}
