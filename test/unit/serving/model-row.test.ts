import { describe, expect, it } from 'vitest';
import type { ValueType } from '../../../core/definitions/value-type.ts';
import { planOnDemand } from '../../../core/on-demand/plan-on-demand.ts';
import { encodeInput } from '../../../core/serving/encode-input.ts';
import { rowFromCaller, rowFromStore } from '../../../core/serving/model-row.ts';
import { packRow } from '../../../core/serving/packed-row.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';

const SEEN_MS = Date.UTC(2026, 1, 28, 12);
const columns: readonly { readonly name: string; readonly type: ValueType }[] = [
  { name: 'seen', type: 'timestamp' },
  { name: 'spend', type: 'float64' },
];
const plan: ServingPlan = {
  releaseId: 'a'.repeat(64),
  model: 'buyer',
  joinKeys: [{ name: 'customer_id', type: 'string' }],
  unitKeys: ['customer_id'],
  views: [
    {
      entity: 'customer',
      joinKeys: ['customer_id'],
      view: 'v',
      version: '0'.repeat(12),
      ttlMs: null,
      columns,
      stream: null,
    },
  ],
  inputs: columns.map(({ name, type }, columnAt) => {
    const input = { view: 'v', feature: name, type, categories: null, defaultValue: null };
    return { ref: `v:${name}`, input, encode: encodeInput(input), from: { viewAt: 0, columnAt } };
  }),
  onDemand: { plan: planOnDemand([], [], []), storedAt: [] },
  missing: { onMissing: 'null', onStale: 'as-missing' },
  featureCacheMs: null,
  precomputedMaxAgeMs: null,
  decisionThreshold: null,
  evidenceRetentionDays: 1,
  graceMs: 0,
};
const asked = { context: {}, requestTimeMs: SEEN_MS };

describe('a row for the model', () => {
  it('is told with instants in ISO 8601, while the model gets numbers', () => {
    const stored = { values: packRow(columns, [SEEN_MS, 2.5]), eventTimeMs: SEEN_MS };
    const { features, row } = rowFromStore(plan, [stored], SEEN_MS, asked);
    expect(row).toEqual([SEEN_MS, 2.5]);
    expect(features['v:seen']).toMatchObject({ value: '2026-02-28T12:00:00.000Z', status: 'PRESENT' });
    expect(features['v:spend']).toMatchObject({ value: 2.5 });
  });

  it('is told the same when the caller gives it, whatever zone the caller writes', () => {
    const given = { 'v:seen': '2026-02-28T13:00:00+01:00', 'v:spend': 2.5 };
    const { features, row } = rowFromCaller(plan, given, 'instances[0]');
    expect(row).toEqual([SEEN_MS, 2.5]);
    expect(features['v:seen']).toEqual({ value: '2026-02-28T12:00:00.000Z', status: 'PRESENT', eventTimeMs: null });
  });

  it('takes an instant without a zone as UTC, and refuses what is no instant', () => {
    const ask = (seen: string) => rowFromCaller(plan, { 'v:seen': seen, 'v:spend': null }, 'instances[0]');
    expect(ask('2026-02-28T12:00:00').row[0]).toBe(SEEN_MS);
    expect(() => ask('28 February 2026')).toThrow('instances[0].v:seen must be an ISO 8601 instant or null');
  });

  it('stays within single precision, which models compute in', () => {
    const ask = (spend: number) => rowFromCaller(plan, { 'v:seen': null, 'v:spend': spend }, 'instances[0]');
    expect(ask(1e300)).toMatchObject({ row: [null, 1e38], features: { 'v:spend': { value: 1e300 } } });
    expect(ask(-1e39).row[1]).toBe(-1e38);
    expect(ask(9e37).row[1]).toBe(9e37);
  });

  it('has no more text than its evidence can keep', () => {
    const note = {
      ref: 'v:note',
      input: { view: 'v', feature: 'note', type: 'string' as const, categories: [], defaultValue: null },
    };
    const inputs = [{ ...note, encode: encodeInput(note.input), from: { viewAt: 0, columnAt: 0 } }];
    const ask = (text: string) => rowFromCaller({ ...plan, inputs }, { 'v:note': text }, 'instances[0]');
    expect(ask('x'.repeat(262_142)).row).toEqual([null]);
    expect(() => ask('x'.repeat(262_143))).toThrow('instances[0].v:note: 262145 bytes of text, at most 262144');
    expect(() => ask('\u0001'.repeat(50_000))).toThrow('300002 bytes of text');
  });

  it('tells numbers and texts apart by place, instants as numbers, without what stands for a missing value', () => {
    const column = (name: string, type: ValueType, defaultValue: number | null = null) => {
      const input = { view: 'v', feature: name, type, categories: type === 'string' ? ['a'] : null, defaultValue };
      return { ref: `v:${name}`, input, encode: encodeInput(input), from: { viewAt: 0, columnAt: 0 } };
    };
    const inputs = [
      column('spend', 'float64', 7),
      column('note', 'string'),
      column('seen', 'timestamp'),
      column('is_new', 'boolean'),
    ];
    const given = { 'v:is_new': true, 'v:seen': '2026-02-28T12:00:00Z', 'v:spend': null, 'v:note': 'rare' };
    const { row, served } = rowFromCaller({ ...plan, inputs }, given, 'instances[0]');
    expect(row).toEqual([7, null, SEEN_MS, 1]);
    expect(served).toEqual({ numbers: [null, null, SEEN_MS, 1], texts: [null, 'rare', null, null] });
  });

  it('keeps null where a value is missing', () => {
    expect(rowFromStore(plan, [null], SEEN_MS, asked)).toMatchObject({
      row: [null, null],
      features: { 'v:seen': { value: null, status: 'NOT_FOUND' } },
    });
  });
});
