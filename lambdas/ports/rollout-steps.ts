import type { AuditEvent } from '../../core/audit/audit-record.ts';
import type { Route } from '../../core/release/route.ts';
import type { Rollout, RolloutOutcome, RolloutPhase } from '../../core/rollout/rollout.ts';
import type { RolloutChange } from '../../core/rollout/rollout-change.ts';

/** The single changes of a rollout that goes straight to the champion's seat. */
export interface RolloutSteps {
  advanceRollout(rolloutId: string, phase: RolloutPhase, event: AuditEvent): Promise<Rollout>;
  flipRoute(change: RouteChange, event: AuditEvent): Promise<Route>;
  endRollout(rolloutId: string, outcome: RolloutOutcome, because: string, event: AuditEvent): Promise<Rollout>;
}

export interface RouteChange {
  readonly rolloutId: string;
  readonly model: string;
  readonly from: Route;
  readonly to: Route;
  readonly phase: RolloutPhase;
}

export function rolloutSteps({ rollout, changeRollout }: RolloutWrites): RolloutSteps {
  return {
    async advanceRollout(rolloutId, phase, event) {
      const seen = await rollout(rolloutId);
      return changeRollout({ seen, next: { ...seen, phase }, route: null, fence: null }, event);
    },
    async flipRoute({ rolloutId, from, to, phase }, event) {
      const seen = await rollout(rolloutId);
      await changeRollout({ seen, next: { ...seen, phase }, route: { from, to }, fence: null }, event);
      return to;
    },
    async endRollout(rolloutId, outcome, because, event) {
      const seen = await rollout(rolloutId);
      if (seen.outcome === outcome) return seen;
      const next: Rollout = { ...seen, phase: 'done', outcome, because, endedAt: event.at };
      return changeRollout({ seen, next, route: null, fence: null }, event);
    },
  };
}

interface RolloutWrites {
  rollout(rolloutId: string): Promise<Rollout>;
  changeRollout(change: RolloutChange, event: AuditEvent): Promise<Rollout>;
}
