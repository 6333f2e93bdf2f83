import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { planLines } from '../../../cli/plan/plan-text.ts';
import { DAY_MS } from '../../../core/clock.ts';
import { type Definitions, resolveView } from '../../../core/definitions/definitions.ts';
import type { FeatureView } from '../../../core/definitions/feature-view.ts';
import type { Source } from '../../../core/definitions/source.ts';
import type { DeployedState } from '../../../core/plan/deployed-state.ts';
import { isEmptyPlan, planChanges } from '../../../core/plan/plan-changes.ts';
import { fixtureDefinitions } from '../../infra/fixture-definitions.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const deployed = fixtureDefinitions();
const versionOf = (view: string, definitions: Definitions = deployed) => resolveView(definitions, view).version;

const withView = (name: string, change: Partial<FeatureView>): Definitions => ({
  ...deployed,
  featureViews: deployed.featureViews.map((view) => (view.name === name ? { ...view, ...change } : view)),
});
const withOrders = (change: Partial<Source>): Definitions => ({
  ...deployed,
  sources: deployed.sources.map((source) => (source.name === 'orders' ? { ...source, ...change } : source)),
});

/** Everything computed and online; a release of the model reads both views. */
function stateOf(more: Partial<DeployedState> = {}): DeployedState {
  const views = deployed.featureViews.map(({ name }) => resolveView(deployed, name));
  return {
    definitions: deployed,
    versions: views.map((resolved) => ({
      resolved,
      isCurrent: true,
      unneededSince: null,
      rows: 10,
      materializedToMs: NOW,
      isOnline: true,
    })),
    retired: [],
    needs: [
      {
        releaseId: 'r1'.padEnd(64, '0'),
        model: 'churn_1',
        role: 'champion',
        featureViews: views.map(({ view, version }) => ({ view: view.name, version })),
      },
    ],
    sources: { orders: { rows: 100, oldestEventTimeMs: NOW - 30 * DAY_MS, newestEventTimeMs: NOW } },
    versionGraceMs: DAY_MS,
    ...more,
  };
}
const nobody = { needs: [] };
const planned = (wanted: Definitions, state = stateOf()) => planChanges(state, wanted, NOW);

describe('what a plan does', () => {
  it('is nothing when the definitions are what is deployed', () => {
    const plan = planned(deployed);
    expect(isEmptyPlan(plan)).toBe(true);
    expect(plan).toMatchObject({ versions: [], kept: [], problems: [], warnings: [] });
    expect(planLines(plan, pc)).toEqual(['nothing to do: what is deployed is what these definitions say']);
  });

  it('makes a new version of a view whose values change, computes it, and keeps the old one for the release', () => {
    const wanted = withView('last_order', { ttlMs: 7 * DAY_MS });
    const plan = planned(wanted);
    expect(plan.versions).toEqual([
      { view: 'last_order', from: versionOf('last_order'), to: versionOf('last_order', wanted), existing: 'none' },
    ]);
    expect(plan.backfills).toMatchObject([{ view: 'last_order', sourceRows: 100, ticks: null, isOnlineOnly: false }]);
    expect(plan.kept).toMatchObject([{ view: 'last_order', neededBy: [{ role: 'champion' }], retiresAfter: null }]);
    const lines = planLines(plan, pc).join('\n');
    expect(lines).toContain('→ 7d');
    expect(lines).toContain('needed by champion r10000000000 of model churn_1');
  });

  it('counts the ticks of an aggregated view from the first row of its source', () => {
    const view = deployed.featureViews.find(({ name }) => name === 'customer_spend')!;
    const plan = planned(withView('customer_spend', { ttlMs: (view.ttlMs ?? 0) + DAY_MS }));
    expect(plan.backfills).toMatchObject([
      { view: 'customer_spend', ticks: Math.round((30 * DAY_MS) / view.scheduleMs) },
    ]);
  });

  it('makes no version of a view of which only words change', () => {
    const plan = planned(withView('last_order', { description: 'another' }));
    expect(plan.changes).toMatchObject([{ action: 'changed', fields: [{ path: 'description' }] }]);
    expect(plan).toMatchObject({ versions: [], backfills: [] });
    expect(planLines(plan, pc)[0]).toContain('no new version');
  });

  it('goes back to a version that is still there without computing anything', () => {
    const other = withView('last_order', { ttlMs: 7 * DAY_MS });
    const plan = planChanges({ ...stateOf(), definitions: other }, deployed, NOW);
    expect(plan.versions).toMatchObject([{ view: 'last_order', to: versionOf('last_order'), existing: 'live' }]);
    expect(plan.backfills).toEqual([]);
  });

  it('tells when a version that nobody needs goes', () => {
    const plan = planned(withView('last_order', { ttlMs: 7 * DAY_MS }), stateOf(nobody));
    expect(plan.kept).toMatchObject([{ neededBy: [], retiresAfter: new Date(NOW + DAY_MS).toISOString() }]);
  });

  it('keeps the version of a view that is removed while a release needs it, and refuses nothing', () => {
    const featureViews = deployed.featureViews.filter(({ name }) => name !== 'last_order');
    const plan = planned({ ...deployed, featureViews, models: [] });
    expect(plan.kept).toMatchObject([{ view: 'last_order', neededBy: [{ role: 'champion' }] }]);
    expect(plan.problems).toEqual([]);
    expect(plan.warnings).toEqual([
      expect.stringContaining('model churn_1 is no longer defined: its endpoint is removed'),
    ]);
  });
});

describe('what a plan refuses', () => {
  const columns = deployed.sources.find(({ name }) => name === 'orders')!.columns;
  const without = (column: string) => withOrders({ columns: columns.filter(({ name }) => name !== column) });

  it('is to remove a column that a needed version reads', () => {
    expect(planned(without('country')).problems).toEqual([
      expect.stringMatching(/column country of source orders is gone, and version \w{12} of view last_order reads it/),
    ]);
    expect(planned(without('country'), stateOf(nobody)).problems).toEqual([]);
  });

  it('is not to remove a column that nobody reads, or to add one', () => {
    expect(planned(without('is_gift')).problems).toEqual([]);
    const added = withOrders({
      columns: [...columns, { name: 'shop', from: 'shop', type: 'string', required: false }],
    });
    expect(planned(added).problems).toEqual([]);
  });

  it('is to give a column another type while rows hold the old one', () => {
    const retyped = withOrders({
      columns: columns.map((column) => (column.name === 'is_gift' ? { ...column, type: 'string' as const } : column)),
    });
    expect(planned(retyped).problems).toEqual([
      expect.stringContaining('column is_gift of source orders is boolean in 100 stored rows and would be string'),
    ]);
    expect(planned(retyped, stateOf({ sources: {} })).problems).toEqual([]);
  });

  it('is to take event times from another column while a needed version is computed from the source', () => {
    const plan = planned(withOrders({ eventTime: { fixedMs: 0 } }));
    expect(plan.problems.length).toBeGreaterThan(0);
    expect(plan.problems[0]).toContain('eventTime of source orders');
    expect(plan.warnings).toContainEqual(expect.stringContaining('100 stored rows keep their times'));
  });
});
