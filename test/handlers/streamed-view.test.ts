import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import type { SourceRow } from '../../core/point-in-time/offline-row.ts';
import { servedValues } from '../../core/serving/served-values.ts';
import { streamLayout } from '../../core/streaming/stream-layout.ts';
import { bringOnline } from '../../lambdas/use-cases/ingestion/bring-online.ts';
import { type FeatureStoreLab, featureStoreLab, materialize, NOW, type Order } from './feature-store-lab.ts';

const VIEW = 'customer_spend';

const streamed = (definitions: Definitions): Definitions => ({
  ...definitions,
  featureViews: definitions.featureViews.map((view) =>
    view.name === VIEW ? { ...view, ttlMs: null, stream: { tileMs: HOUR_MS } } : view,
  ),
});

const HISTORY: readonly Order[] = [
  { customer: 1, daysAgo: 40, amount: 10, country: 'FR' },
  { customer: 1, daysAgo: 5.5, amount: 2.25, country: 'DE' },
  { customer: 2, daysAgo: 31, amount: 7, country: null },
];

let lab: FeatureStoreLab;
beforeEach(async () => {
  lab = await featureStoreLab(streamed);
});
afterEach(() => lab.close());

async function served(customer: number) {
  const { view, version, source } = resolveView(lab.definitions, VIEW);
  const { items } = await lab.online.read([{ entity: 'customer', key: [customer], view: VIEW, version }], []);
  const nowMs = lab.clock.now().getTime();
  const [value] = servedValues(view.features, null, items[0] ?? null, nowMs, streamLayout({ view, source }));
  return value;
}

/** An order that is pushed now. */
async function push(
  customer: number,
  amount: number,
  eventTimeMs = lab.clock.now().getTime(),
  loadedAtMs = eventTimeMs,
) {
  const resolved = resolveView(lab.definitions, VIEW);
  const values = { customer_id: customer, ordered_at: eventTimeMs, country: null, amount, is_gift: null };
  const knownAtMs = Math.max(eventTimeMs, loadedAtMs);
  const row: SourceRow = { values, eventTimeMs, knownAtMs, loadedAtMs, seq: 1, servedAtMs: loadedAtMs };
  return bringOnline(lab, resolved.source, [resolved], [row], { loadedAtMs, isFirst: false });
}

describe('a streamed view', () => {
  it('changes with each pushed event, once it was materialized', async () => {
    await push(9, 1);
    expect(await served(9)).toEqual({ value: null, status: 'NOT_FOUND', eventTimeMs: null });
    await lab.ingest(HISTORY, 'history');
    const { committed, written } = await materialize(lab, VIEW, 'one');
    expect(committed).toMatchObject({ rows: 3 + 2 }); // each order comes once, and two have left their window
    expect(written).toMatchObject({ done: true, written: 2 });
    expect(await served(1)).toMatchObject({ value: 2.25, status: 'PRESENT' });
    expect(await served(2)).toMatchObject({ value: null, status: 'NULL_VALUE' });

    lab.clock.advance(MINUTE_MS);
    expect(await push(1, 0.5)).toEqual({ written: 1, stale: 0 });
    expect(await served(1)).toEqual({ value: 2.75, status: 'PRESENT', eventTimeMs: NOW + MINUTE_MS });
    expect(await push(3, 4)).toEqual({ written: 1, stale: 0 });
    expect(await served(3)).toMatchObject({ value: 4 });
  });

  it('counts a run once, however often it is brought online', async () => {
    await lab.ingest(HISTORY, 'history');
    await materialize(lab, VIEW, 'one');
    lab.clock.advance(MINUTE_MS);
    await push(1, 0.5, NOW, NOW + MINUTE_MS);
    expect(await push(1, 0.5, NOW, NOW + MINUTE_MS)).toEqual({ written: 0, stale: 1 });
    expect(await served(1)).toMatchObject({ value: 2.75 });
  });

  it('puts a late event where it belongs, and lets it leave with its tile', async () => {
    await lab.ingest(HISTORY, 'history');
    await materialize(lab, VIEW, 'one');
    const lateMs = NOW - 30 * 24 * HOUR_MS + HOUR_MS;
    lab.clock.advance(MINUTE_MS);
    await push(1, 100, lateMs, NOW + MINUTE_MS);
    expect(await served(1)).toMatchObject({ value: 102.25 });
    lab.clock.advance(HOUR_MS - MINUTE_MS - 1);
    expect(await served(1)).toMatchObject({ value: 102.25 });
    lab.clock.advance(1);
    expect(await served(1)).toMatchObject({ value: 2.25 });
  });

  it('keeps what a materialization has not seen, and takes what it has', async () => {
    await lab.ingest(HISTORY, 'history');
    await materialize(lab, VIEW, 'one');
    lab.clock.advance(2 * HOUR_MS);
    await lab.ingest([{ customer: 1, daysAgo: -0.5, amount: 8, country: null }], 'file');
    lab.clock.advance(1);
    await push(1, 0.5);
    expect(await served(1)).toMatchObject({ value: 2.75 });
    const { committed } = await materialize(lab, VIEW, 'two');
    expect(committed).toMatchObject({ rows: 1 });
    expect(await served(1)).toMatchObject({ value: 10.75 });
  });
});
