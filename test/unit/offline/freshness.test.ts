import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import { resolveView } from '../../../core/definitions/definitions.ts';
import type { FeatureView } from '../../../core/definitions/feature-view.ts';
import { newestServedMs } from '../../../core/offline/freshness.ts';
import { emptyTable } from '../../../core/offline/table-runs.ts';
import { measureFreshness } from '../../../lambdas/use-cases/catalog/measure-freshness.ts';
import { shop } from '../../handlers/shop-definitions.ts';
import { fixedClock } from '../../memory/memory-clock-and-ids.ts';
import { memoryMetrics } from '../../memory/memory-metrics.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const rowLevel = resolveView(shop, 'last_order').view;
const atTicks = resolveView(shop, 'spend').view;
const streamed: FeatureView = { ...atTicks, stream: { tileMs: HOUR_MS } };
const head = (over: object) => ({ ...emptyTable('t').head, ...over });
const online = { onlineToMs: NOW };

describe('the newest event that is served', () => {
  it('is none before anything is online', () => {
    expect(newestServedMs(rowLevel, head({ newestEventTimeMs: NOW }), head({ newestEventTimeMs: NOW }))).toBeNull();
  });

  it('of a row-level view is its newest row, whatever the source has got since', () => {
    const newest = { ...online, newestEventTimeMs: NOW - DAY_MS };
    expect(newestServedMs(rowLevel, head(newest), head({ newestEventTimeMs: NOW }))).toBe(NOW - DAY_MS);
  });

  it('of aggregates is the newest event up to the newest tick, so that ticks without events do not make them fresh', () => {
    const computed = head({ ...online, newestEventTimeMs: NOW, materializedToMs: NOW });
    expect(newestServedMs(atTicks, computed, head({ newestEventTimeMs: NOW - 9 * DAY_MS }))).toBe(NOW - 9 * DAY_MS);
    const behind = head({ ...online, materializedToMs: NOW - DAY_MS });
    expect(newestServedMs(atTicks, behind, head({ newestEventTimeMs: NOW }))).toBe(NOW - DAY_MS);
  });

  it('of a streamed view is the newest event of its source', () => {
    const behind = head({ ...online, materializedToMs: NOW - DAY_MS });
    expect(newestServedMs(streamed, behind, head({ newestEventTimeMs: NOW - 1 }))).toBe(NOW - 1);
  });
});

describe('the freshness metric', () => {
  it('is put for every live version, and under the view alone for the current one', async () => {
    const current = resolveView(shop, 'last_order');
    const older = { ...current, version: '0123456789ab' };
    const unserved = resolveView(shop, 'spend');
    const metrics = memoryMetrics();
    const live = [current, older, unserved].map((resolved) => ({
      resolved,
      isCurrent: resolved !== older,
      neededBy: [],
    }));
    const tables = {
      head: async (table: string) =>
        table.startsWith('view_last_order') ? head({ ...online, newestEventTimeMs: NOW - HOUR_MS }) : head({}),
    };
    const clock = fixedClock('2026-03-01T12:00:00Z');
    const { ages } = await measureFreshness({ versions: { live: async () => live }, tables, metrics, clock });
    expect(ages.map(({ ageMs }) => ageMs)).toEqual([HOUR_MS, HOUR_MS, null]);
    const values = { FeatureAge: HOUR_MS };
    expect(metrics.records).toEqual([
      {
        dimensions: { View: 'last_order', Version: current.version },
        dimensionSets: [['View', 'Version'], ['View']],
        values,
        unit: 'Milliseconds',
      },
      {
        dimensions: { View: 'last_order', Version: older.version },
        dimensionSets: [['View', 'Version']],
        values,
        unit: 'Milliseconds',
      },
    ]);
  });
});
