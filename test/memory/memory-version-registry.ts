import type { RegisteredVersion, VersionEvent } from '../../core/versions/registered-version.ts';
import { versionKey } from '../../core/versions/release-needs.ts';
import type { VersionRegistry } from '../../lambdas/ports/version-registry.ts';

export function memoryVersionRegistry(): VersionRegistry {
  const versions = new Map<string, RegisteredVersion>();
  const events: VersionEvent[] = [];
  const all = (isRetired: boolean) =>
    [...versions]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, version]) => version)
      .filter(({ state }) => (state === 'retired') === isRetired);
  return {
    kept: async () => all(false),
    retired: async () => all(true),
    find: async (view, version) => versions.get(versionKey(view, version)) ?? null,
    async change(view, version, next) {
      const seen = versions.get(versionKey(view, version)) ?? null;
      const wanted = next(seen);
      if (wanted === null) return seen;
      versions.set(versionKey(view, version), wanted.next);
      events.unshift(wanted.event);
      return wanted.next;
    },
    history: async (view, limit) => events.filter((event) => event.view === view).slice(0, limit),
  };
}
