import { describe, expect, it } from 'vitest';
import { resolveView } from '../../core/definitions/definitions.ts';
import {
  beginSweep,
  bringToLife,
  endRetirement,
  lookAt,
  type RegisteredVersion,
} from '../../core/versions/registered-version.ts';
import type { VersionRegistry } from '../../lambdas/ports/version-registry.ts';
import { fixtureDefinitions } from '../infra/fixture-definitions.ts';

const view = resolveView(fixtureDefinitions(), 'last_order');
const other = resolveView(fixtureDefinitions(), 'customer_spend');
const cause = (minute: number) => ({ at: `2026-03-01T00:0${minute}:00.000Z`, because: 'a test', releaseId: null });
const keysOf = (versions: readonly RegisteredVersion[]) => versions.map(({ resolved }) => resolved.view.name);

/** Every VersionRegistry must pass this; call it once per adapter. */
export function versionRegistryContract(adapter: string, make: () => Promise<VersionRegistry>): void {
  describe(`VersionRegistry: ${adapter}`, () => {
    const live = async (minute = 1) => {
      const registry = await make();
      await registry.change('last_order', view.version, (seen) => bringToLife(seen, view, cause(minute)));
      return registry;
    };
    const retire = async (registry: VersionRegistry) => {
      const look = { graceMs: 0, isCurrent: false, neededBy: [], retirementId: 'x', retirementTimeoutMs: 1 };
      const nowMs = Date.parse(cause(2).at);
      const steps = [
        (seen: RegisteredVersion | null) => lookAt(seen!, { ...look, nowMs }),
        (seen: RegisteredVersion | null) => lookAt(seen!, { ...look, nowMs }),
        (seen: RegisteredVersion | null) => beginSweep(seen, 'x', cause(3).at),
        (seen: RegisteredVersion | null) => endRetirement(seen, 'x', cause(4).at),
      ];
      for (const step of steps) await registry.change('last_order', view.version, step);
    };

    it('knows nothing of a version that was never there', async () => {
      const registry = await make();
      expect(await registry.find('last_order', view.version)).toBeNull();
      expect([await registry.kept(), await registry.retired(), await registry.history('last_order', 9)]).toEqual([
        [],
        [],
        [],
      ]);
      expect(await registry.change('last_order', view.version, () => null)).toBeNull();
    });

    it('keeps what was written, by view, each with its whole definition', async () => {
      const registry = await live();
      await registry.change('customer_spend', other.version, (seen) => bringToLife(seen, other, cause(1)));
      expect(keysOf(await registry.kept())).toEqual(['customer_spend', 'last_order']);
      expect((await registry.find('last_order', view.version))?.resolved).toEqual(view);
    });

    it('moves a version that retires out of those that are kept, and back', async () => {
      const registry = await live();
      await retire(registry);
      expect([keysOf(await registry.kept()), keysOf(await registry.retired())]).toEqual([[], ['last_order']]);
      expect(await registry.find('last_order', view.version)).toMatchObject({ state: 'retired', revision: 5 });
      await registry.change('last_order', view.version, (seen) => bringToLife(seen, view, cause(5)));
      expect([keysOf(await registry.kept()), keysOf(await registry.retired())]).toEqual([['last_order'], []]);
      await retire(registry);
      expect(await registry.find('last_order', view.version)).toMatchObject({ state: 'retired', revision: 10 });
    });

    it('tells what happened, newest first', async () => {
      const registry = await live();
      await retire(registry);
      const actions = (await registry.history('last_order', 3)).map(({ action }) => action);
      expect(actions).toEqual(['retired', 'sweeping', 'retiring']);
      expect(await registry.history('customer_spend', 3)).toEqual([]);
    });

    it('loses none of many changes at once', async () => {
      const registry = await live();
      const releases = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(
        releases.map((releaseId) =>
          registry.change('last_order', view.version, (seen) => bringToLife(seen, view, { ...cause(2), releaseId })),
        ),
      );
      expect(await registry.find('last_order', view.version)).toMatchObject({ neededBy: releases, revision: 6 });
    });
  });
}
