import { type AuditEvent, type AuditRecord, CHAIN_START, nextRecord } from '../../core/audit/audit-record.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { ConflictError, NotFoundError } from '../../core/errors.ts';
import { RolloutInProgressError } from '../../core/release/rollout-in-progress-error.ts';
import type { Route } from '../../core/release/route.ts';
import type { ModelRegistry, RegisteredModel, ReleaseSummary, Rollout } from '../../lambdas/ports/model-registry.ts';

export interface MemoryModelRegistry extends ModelRegistry {
  /** For a `memoryOnlineStore` that answers routes. */
  routeOf(model: string): Route | null;
}

export function memoryModelRegistry(): MemoryModelRegistry {
  const models = new Map<string, RegisteredModel>();
  const releases = new Map<string, ReleaseSummary>();
  const rollouts = new Map<string, Rollout>();
  const leases = new Map<string, string>();
  const chains = new Map<string, AuditRecord[]>();

  const find = <T>(what: string, among: Map<string, T>, name: string): T => {
    const found = among.get(name);
    if (found === undefined) throw new NotFoundError(what, name, [...among.keys()].sort());
    return found;
  };
  const append = (model: string, event: AuditEvent) => {
    const chain = chains.get(model) ?? [];
    chains.set(model, [...chain, nextRecord(model, chain.at(-1) ?? { position: 0, hash: CHAIN_START }, event)]);
  };
  const holding = (rolloutId: string): Rollout => {
    const rollout = find('rollout', rollouts, rolloutId);
    if (leases.get(rollout.model) !== rolloutId) {
      throw new ConflictError(`rollout ${rolloutId} no longer holds the lease of model "${rollout.model}"`, {
        rolloutId,
      });
    }
    return rollout;
  };
  const keep = (rollout: Rollout): Rollout => {
    rollouts.set(rollout.rolloutId, rollout);
    return rollout;
  };

  return {
    routeOf: (model) => models.get(model)?.route ?? null,
    models: async () => [...models.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    model: async (name) => find('model', models, name),
    async registerModel(hosting, event) {
      const there = models.get(hosting.name);
      const route = there?.route ?? {
        model: hosting.name,
        endpointName: hosting.endpointName,
        champion: null,
        challenger: null,
        shadow: null,
        epoch: 0,
      };
      const next = { ...hosting, route: { ...route, endpointName: hosting.endpointName } };
      if (there !== undefined && canonicalJson(next) === canonicalJson(there)) return;
      models.set(hosting.name, next);
      append(hosting.name, event);
    },
    async addRelease(release, event) {
      find('model', models, release.model);
      if (releases.has(release.releaseId)) return;
      releases.set(release.releaseId, release);
      append(release.model, event);
    },
    async releases(model) {
      const own = [...releases.values()].filter((release) => release.model === model);
      return own.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
    release: async (releaseId) => find('release', releases, releaseId),
    rollout: async (rolloutId) => find('rollout', rollouts, rolloutId),
    async rollouts(model) {
      const own = [...rollouts.values()].filter((rollout) => rollout.model === model);
      return own.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    },
    async beginRollout(rollout, event) {
      find('model', models, rollout.model);
      const there = rollouts.get(rollout.rolloutId);
      if (there !== undefined) return there;
      const holder = leases.get(rollout.model);
      if (holder !== undefined) throw new RolloutInProgressError(rollout.model, holder);
      leases.set(rollout.model, rollout.rolloutId);
      append(rollout.model, event);
      return keep(rollout);
    },
    async advanceRollout(rolloutId, phase, event) {
      const rollout = holding(rolloutId);
      if (rollout.phase === phase) return rollout;
      append(rollout.model, event);
      return keep({ ...rollout, phase });
    },
    async flipRoute({ rolloutId, model, from, to, phase }, event) {
      const rollout = holding(rolloutId);
      const there = find('model', models, model);
      if (canonicalJson(there.route) === canonicalJson(to)) return there.route;
      if (there.route.epoch !== from.epoch || to.epoch !== from.epoch + 1) {
        throw new ConflictError(
          `the route of model "${model}" is at epoch ${there.route.epoch}, not ${from.epoch}; read it again`,
          { model, epoch: there.route.epoch },
        );
      }
      models.set(model, { ...there, route: to });
      keep({ ...rollout, phase });
      append(model, event);
      return to;
    },
    async endRollout(rolloutId, outcome, because, event) {
      const there = find('rollout', rollouts, rolloutId);
      if (there.outcome === outcome) return there;
      const rollout = holding(rolloutId);
      leases.delete(rollout.model);
      append(rollout.model, event);
      return keep({ ...rollout, phase: 'done', outcome, because, endedAt: event.at });
    },
    audit: async (model, from, limit) => {
      const chain = chains.get(model) ?? [];
      return chain.filter((record) => record.position >= from).slice(0, limit);
    },
  };
}
