import { type AuditEvent, type AuditRecord, CHAIN_START, nextRecord } from '../../core/audit/audit-record.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { Route } from '../../core/release/route.ts';
import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';
import type { ModelRegistry, RegisteredModel, ReleaseSummary } from '../../lambdas/ports/model-registry.ts';
import { fixedClock } from './memory-clock-and-ids.ts';
import { memoryRollouts, newestFirst } from './memory-rollouts.ts';

export interface MemoryModelRegistry extends ModelRegistry {
  /** For a `memoryOnlineStore` that answers routes. */
  routeOf(model: string): Route | null;
  /** For stores that write their records to the chains of models. */
  append(model: string, event: AuditEvent): void;
}

export function memoryModelRegistry(clock: Clock = fixedClock()): MemoryModelRegistry {
  const models = new Map<string, RegisteredModel>();
  const releases = new Map<string, ReleaseSummary>();
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
  const rollouts = memoryRollouts(
    {
      route: (name) => find('model', models, name).route,
      setRoute(route) {
        models.set(route.model, { ...find('model', models, route.model), route });
      },
      append,
    },
    clock,
  );

  return {
    append,
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
      return own.sort((a, b) => newestFirst(a.createdAt, b.createdAt) || newestFirst(a.releaseId, b.releaseId));
    },
    release: async (releaseId) => find('release', releases, releaseId),
    ...rollouts,
    audit: async (model, from, limit) => {
      const chain = chains.get(model) ?? [];
      return chain.filter((record) => record.position >= from).slice(0, limit);
    },
  };
}
