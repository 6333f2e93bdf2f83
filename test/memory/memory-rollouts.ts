import type { AuditEvent } from '../../core/audit/audit-record.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { Route } from '../../core/release/route.ts';
import { LEASE_MS, type Lease } from '../../core/rollout/lease.ts';
import { LeaseLostError } from '../../core/rollout/lease-lost-error.ts';
import type { Hold, Rollout } from '../../core/rollout/rollout.ts';
import { isMade, leaseAfter, leaseToBegin } from '../../core/rollout/rollout-change.ts';
import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../lambdas/ports/model-registry.ts';

const NO_LEASE: Lease = { rolloutId: null, fence: 0, renewedAtMs: 0 };

export interface MemoryModels {
  /** @throws NotFoundError */
  route(model: string): Route;
  setRoute(route: Route): void;
  append(model: string, event: AuditEvent): void;
}

/** The rollouts, leases and holds of `memoryModelRegistry`; nothing happens between the reads and the writes of one call. */
export function memoryRollouts(models: MemoryModels, clock: Clock) {
  const rollouts = new Map<string, Rollout>();
  const leases = new Map<string, Lease>();
  const holds = new Map<string, Hold>();
  const tokens = new Map<string, string>();

  const leaseOf = (model: string) => leases.get(model) ?? NO_LEASE;
  const find = (rolloutId: string): Rollout => {
    const found = rollouts.get(rolloutId);
    if (found === undefined) throw new NotFoundError('rollout', rolloutId, [...rollouts.keys()].sort());
    return found;
  };

  return {
    rollout: async (rolloutId) => find(rolloutId),
    async rollouts(model) {
      const own = [...rollouts.values()].filter((rollout) => rollout.model === model);
      return own.sort((a, b) => newestFirst(a.startedAt, b.startedAt) || newestFirst(a.rolloutId, b.rolloutId));
    },
    async beginRollout(wanted, event) {
      models.route(wanted.model);
      const there = rollouts.get(wanted.rolloutId) ?? null;
      const taken = leaseToBegin(wanted, there, leaseOf(wanted.model), clock.now().getTime());
      if (taken === null) return { rollout: there ?? wanted, fence: 0 };
      leases.set(wanted.model, taken);
      rollouts.set(wanted.rolloutId, there ?? wanted);
      const action = there === null ? event.action : 'rollout.resumed';
      models.append(wanted.model, { ...event, action, detail: { ...event.detail, fence: taken.fence } });
      return { rollout: there ?? wanted, fence: taken.fence };
    },
    async changeRollout(change, event) {
      const { seen, next, route } = change;
      const lease = leaseOf(seen.model);
      const truth = {
        rollout: rollouts.get(seen.rolloutId) ?? null,
        route: models.route(seen.model),
        lease,
        hold: holds.get(seen.model) ?? null,
      };
      if (isMade(change, truth)) return next;
      rollouts.set(next.rolloutId, next);
      leases.set(seen.model, leaseAfter(change, lease, clock.now().getTime()));
      if (route !== null) models.setRoute(route.to);
      if (event !== null) models.append(seen.model, event);
      return next;
    },
    async renewLease(rolloutId, fence) {
      const { model } = find(rolloutId);
      const lease = leaseOf(model);
      if (lease.rolloutId !== rolloutId || lease.fence !== fence) throw new LeaseLostError(rolloutId, fence);
      leases.set(model, { ...lease, renewedAtMs: clock.now().getTime() });
    },
    async abandonedRollouts() {
      const since = clock.now().getTime() - LEASE_MS;
      return [...leases.values()].flatMap(({ rolloutId, fence, renewedAtMs }) =>
        rolloutId !== null && renewedAtMs < since ? [{ rollout: find(rolloutId), fence }] : [],
      );
    },
    async keepTaskToken(rolloutId, taskToken) {
      tokens.set(rolloutId, taskToken);
    },
    taskToken: async (rolloutId) => tokens.get(rolloutId) ?? null,
    hold: async (model) => holds.get(model) ?? null,
    async setHold(model, hold, event) {
      models.route(model);
      if (canonicalJson(holds.get(model) ?? null) === canonicalJson(hold)) return;
      if (hold === null) holds.delete(model);
      else holds.set(model, hold);
      models.append(model, event);
    },
  } satisfies Partial<ModelRegistry>;
}

export function newestFirst(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
