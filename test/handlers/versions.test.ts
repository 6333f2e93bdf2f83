import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { type ResolvedView, resolveView } from '../../core/definitions/definitions.ts';
import { viewTable } from '../../core/offline/table-layout.ts';
import { bringToLife } from '../../core/versions/registered-version.ts';
import { registeredViewVersions } from '../../lambdas/adapters/system/registered-view-versions.ts';
import { makeEndRetirement } from '../../lambdas/handlers/versions/end-retirement.ts';
import { makeStartDueVersions } from '../../lambdas/handlers/versions/start-due.ts';
import { makeSurveyVersions } from '../../lambdas/handlers/versions/survey.ts';
import { makeSweepVersions } from '../../lambdas/handlers/versions/sweep.ts';
import { keepVersionsFor } from '../../lambdas/use-cases/versions/keep-versions.ts';
import { memoryEventBus } from '../memory/memory-event-bus.ts';
import { memoryOnlineSweep } from '../memory/memory-online-sweep.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

const context = {} as Context; // the handlers do not look at it
const current = resolveView(shop, 'last_order');
/** Of definitions that were deployed before. */
const old: ResolvedView = { ...current, version: 'dddddddddddd' };

let platform: PlatformInMemory;
let items: { entity: string; version: string }[];
let events: ReturnType<typeof memoryEventBus>;

beforeEach(async () => {
  platform = platformInMemory();
  events = memoryEventBus();
  const versions = [`last_order@${old.version}`, `last_order@${current.version}`];
  items = ['a', 'b', 'c', 'd'].flatMap((key) => versions.map((version, i) => ({ entity: `${key}${i}`, version })));
  await registerChurn(platform);
  for (const resolved of [old, current]) await live(resolved);
  await platform.tables.advanceOnline(viewTable('last_order', old.version), 5);
});

async function live(resolved: ResolvedView): Promise<void> {
  const cause = { at: platform.clock.now().toISOString(), because: 'a test', releaseId: null };
  await platform.versionRegistry.change(resolved.view.name, resolved.version, (seen) =>
    bringToLife(seen, resolved, cause),
  );
}
const stateOf = async () => (await platform.versionRegistry.find('last_order', old.version))?.state;

/** The `reconcile` flow from its survey to its end. */
async function reconcile(executionName: string, meanwhile: () => Promise<unknown> = async () => {}) {
  const survey = await makeSurveyVersions({ ...platform, graceMs: DAY_MS })({ executionName }, context);
  if (survey.retiring.length === 0) return survey;
  await meanwhile();
  const sweep = makeSweepVersions({ ...platform, sweep: memoryOnlineSweep(items) });
  let cursor: string | null = null;
  do {
    ({ cursor } = await sweep({ survey, cursor }, context));
  } while (cursor !== null);
  await makeEndRetirement({ ...platform, events })({ survey }, context);
  return survey;
}

describe('reconciliation', () => {
  it('retires what nobody has needed for the grace period, and nothing else', async () => {
    const marked = await reconcile('one');
    expect(marked.changes).toMatchObject([{ view: 'last_order', version: old.version, action: 'unneeded' }]);
    platform.clock.advance(DAY_MS - 1);
    expect((await reconcile('two')).changes).toEqual([]);
    expect(items).toHaveLength(8);

    platform.clock.advance(1);
    expect((await reconcile('three')).retiring).toEqual([{ view: 'last_order', version: old.version }]);
    expect(await stateOf()).toBe('retired');
    expect(new Set(items.map(({ version }) => version))).toEqual(new Set([`last_order@${current.version}`]));
    expect((await platform.tables.head(viewTable('last_order', old.version))).onlineToMs).toBe(0);
    expect(events.published.map(({ type }) => type)).toEqual(['headgate.version.retired']);
    expect((await reconcile('four')).changes).toEqual([]);
  });

  it('leaves a version alone that a rollout needs again while it waits, and deletes nothing of it', async () => {
    await reconcile('one');
    platform.clock.advance(DAY_MS);
    await reconcile('two', () => keepVersionsFor(platform, 'r1', { featureViews: [old] }));
    expect(await stateOf()).toBe('live');
    expect(items).toHaveLength(8);
  });

  it('keeps what the champion reads, whatever the definitions say', async () => {
    const releaseId = await promote(platform);
    const [release] = await platform.registry.releases('churn');
    const needed = release!.featureViews.find(({ view }) => view === 'last_order')!;
    await live({ ...old, version: needed.version });
    platform.definitions = { ...shop, featureViews: [] } as typeof shop;
    const { changes } = await reconcile('one');
    expect(changes.map(({ version, action }) => [version, action])).toContainEqual([needed.version, 'needed']);
    expect((await platform.versionRegistry.find('last_order', needed.version))?.neededBy).toEqual([releaseId]);
  });
});

describe('a rollout', () => {
  const ask = () => keepVersionsFor(platform, 'r1', { featureViews: [old] });

  it('may go out when its versions are online', async () => {
    expect(await ask()).toBeNull();
  });

  it('is told what to materialize when a version had been retired, and the version is live from then on', async () => {
    await reconcile('one');
    platform.clock.advance(DAY_MS);
    await reconcile('two');
    expect(await ask()).toMatch(
      /dddddddddddd of feature view last_order.*headgate materialize last_order@dddddddddddd/,
    );
    expect(await stateOf()).toBe('live');
    await platform.tables.advanceOnline(viewTable('last_order', old.version), 9);
    expect(await ask()).toBeNull();
  });
});

describe('live versions', () => {
  const versions = (keepMs: number) =>
    registeredViewVersions({ definitions: shop, registry: platform.versionRegistry, clock: platform.clock, keepMs });
  const names = async (of: ReturnType<typeof versions>) =>
    (await of.live())
      .filter(({ resolved }) => resolved.view.name === 'last_order')
      .map(({ resolved }) => resolved.version);

  it('are the current one and every other that is not retiring, and are asked for again after a while', async () => {
    const cached = versions(5_000);
    expect(await names(cached)).toEqual([current.version, old.version]);
    await reconcile('one');
    platform.clock.advance(DAY_MS);
    await reconcile('two');
    expect(await names(cached)).toEqual([current.version]);
    await live(old);
    expect(await names(cached)).toEqual([current.version]);
    expect(await names(versions(0))).toEqual([current.version, old.version]);
    platform.clock.advance(5_000);
    expect(await names(cached)).toEqual([current.version, old.version]);
  });

  it('leave out what the sources can no longer feed', async () => {
    const source = {
      ...old.source,
      columns: old.source.columns.map((column) => ({ ...column, type: 'boolean' as const })),
    };
    await live({ ...old, source, version: 'cccccccccccc' });
    expect(await names(versions(0))).toEqual([current.version, old.version]);
  });

  it('that are not current are started once for each of their ticks', async () => {
    const start = makeStartDueVersions({ ...platform, versions: versions(0) });
    const first = await start({}, context);
    expect(first.started).toHaveLength(1);
    platform.clock.advance(MINUTE_MS);
    expect(await start({}, context)).toEqual(first);
    platform.clock.advance(Math.max(old.view.scheduleMs, HOUR_MS));
    expect((await start({}, context)).started).not.toEqual(first.started);
  });
});
