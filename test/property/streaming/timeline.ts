import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { Source } from '../../../core/definitions/source.ts';
import type { Row } from '../../../core/definitions/value-type.ts';
import type { SourceRow } from '../../../core/point-in-time/offline-row.ts';
import { SALES } from '../sql/histories.ts';

/** A load of the source: its rows, when it was opened and when it was committed. */
export interface Load {
  readonly rows: readonly SourceRow[];
  readonly loadedAtMs: number;
  readonly committedAtMs: number;
  /** Pushed: it brings its rows online itself. */
  readonly isServed: boolean;
}

/** What happens at an instant, one thing after the other. */
export type Step =
  | { readonly kind: 'load'; readonly atMs: number; readonly load: Load }
  | { readonly kind: 'materialize' | 'retry'; readonly atMs: number };

export type Draw = (below: number) => number;

export const ENTITIES = 100;

/** Sales whose rows name their event. */
export const NAMED_SALES: Source = {
  ...SALES,
  columns: [...SALES.columns, { name: 'sale', from: 'sale', type: 'string', required: false }],
  eventIdColumn: 'sale',
};

const START_MS = Date.UTC(2026, 2, 28, 20); // the night in which Europe sets its clocks forward
const QUARTER_MS = 15 * MINUTE_MS;

/**
 * Loads of many entities' rows: history first, then pushes and files, late, tied, restated, in the future, some of
 * them committed after others that were opened later; materializations and second attempts in between.
 */
export function timeline(draw: Draw, source: Source): readonly Step[] {
  const pick = <T>(from: readonly T[]): T => from[draw(from.length)]!;
  const steps: Step[] = [];
  const given: SourceRow[] = [];
  let atMs = START_MS;
  const load = (isServed: boolean, loadedAtMs: number, committedAtMs: number, isHistory: boolean): void => {
    const rows: SourceRow[] = [];
    const count = isHistory ? ENTITIES * 3 : ENTITIES;
    for (let seq = 1; seq <= count; seq++) {
      const copied = source.eventIdColumn !== null && given.length > 0 && draw(4) === 0 ? pick(given) : null;
      const eventTimeMs = copied?.eventTimeMs ?? eventTime(draw, loadedAtMs, isHistory);
      const known = isHistory
        ? eventTimeMs + pick([0, 0, 2 * HOUR_MS])
        : pick([loadedAtMs, loadedAtMs, eventTimeMs, loadedAtMs + 3 * MINUTE_MS]);
      const values = copied?.values ?? valuesOf(draw, source, `${loadedAtMs} ${seq}`);
      rows.push({ values, eventTimeMs, knownAtMs: known, loadedAtMs, seq, servedAtMs: isServed ? loadedAtMs : null });
    }
    given.push(...rows);
    steps.push({ kind: 'load', atMs: committedAtMs, load: { rows, loadedAtMs, committedAtMs, isServed } });
  };

  load(false, atMs, atMs, true);
  for (let round = 0; round < 14; round++) {
    atMs += pick([1, 7_001, 4 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS]);
    const drawn = pick([
      'push',
      'push',
      'push',
      'file',
      'overtaken file',
      'materialize',
      'materialize',
      'retry',
    ] as const);
    // what a file repeats of a push, or a push of a file, is seen by the next materialization alone
    const kind = source.eventIdColumn !== null && drawn.endsWith('file') ? 'push' : drawn;
    if (kind === 'push' || kind === 'file') load(kind === 'push', atMs, atMs, false);
    else if (kind === 'overtaken file') {
      // what is pushed while it is open is served at once, and materialized after it
      load(true, atMs + 1, atMs + 1, false);
      load(true, atMs + 5 * MINUTE_MS, atMs + 5 * MINUTE_MS, false);
      // entities that come during the first materialization are served later: see docs/streaming.md
      const isServed = steps.some((step) => step.kind === 'materialize');
      if (isServed) steps.push({ kind: 'materialize', atMs: atMs + 6 * MINUTE_MS });
      load(false, atMs, atMs + 7 * MINUTE_MS, false);
      atMs += 7 * MINUTE_MS;
    } else steps.push({ kind, atMs });
    if (round === 1) {
      atMs += 1;
      steps.push({ kind: 'materialize', atMs });
    }
  }
  steps.push({ kind: 'materialize', atMs: atMs + 9 * HOUR_MS });
  return steps;
}

function eventTime(draw: Draw, loadedAtMs: number, isHistory: boolean): number {
  if (!isHistory && draw(12) === 0) return loadedAtMs + draw(5 * MINUTE_MS);
  const quarters = draw(isHistory ? 60 : 28);
  const onEdge = Math.floor(loadedAtMs / QUARTER_MS) * QUARTER_MS - quarters * QUARTER_MS;
  return Math.min(loadedAtMs, onEdge + [0, 0, -1, 1, 61_007][draw(5)]!);
}

const AMOUNTS = [0.1, 0.2, 0.3, 1, -2.5, 0.0000005, -0.0000015, 1e12, 1e12 + 1, 123456.789012, 99.99, null];

function valuesOf(draw: Draw, source: Source, name: string): Row {
  const pick = <T>(from: readonly T[]): T => from[draw(from.length)]!;
  const entity = draw(ENTITIES);
  return {
    amount: pick(AMOUNTS),
    items: pick([null, -3, 0, 1, 5, Number.MAX_SAFE_INTEGER]),
    product: pick([null, 'tea', 'Tea', 'tee', 'éclair', "o'clock", '', 'a;b,c:d']),
    returned: pick([null, true, false]),
    paid_at: pick([null, 0, START_MS]),
    customer: draw(60) === 0 ? null : `${entity % 4}`,
    shop: Math.floor(entity / 4),
    ...(source.eventIdColumn !== null && { sale: draw(5) === 0 ? null : name }),
  };
}
