import type { ColumnCounts, SideCounts } from '../../../core/drift/column-counts.ts';
import type { CountPlan } from '../../../core/drift/count-plan.ts';
import type { CountRows } from '../../../core/drift/count-rows.ts';
import type { CountedRows } from '../../../core/sql/column-counts-sql.ts';
import { binOf } from '../../../core/training/reference-profile.ts';
import type { LabRow } from './athena-lab.ts';

type Line = {
  readonly release_id: string;
  readonly model: string;
  readonly requested_at_ms: number;
  readonly score: number | null;
  readonly decision: boolean | null;
  readonly input_numbers: readonly (number | null)[] | null;
  readonly input_texts: readonly (string | null)[] | null;
};

/** Reads the log row by row and counts with the words of the definition alone. */
export function countedByHand(plan: CountPlan, { model, windows }: CountedRows, log: readonly LabRow[]) {
  const lines = log as unknown as readonly Line[]; // shape of the lab's rows
  const inWindow = (window: number) => {
    const { fromMs, toMs, releaseIds } = windows[window]!;
    return lines.filter(
      (line) =>
        line.model === model &&
        line.score !== null &&
        line.input_numbers !== null &&
        releaseIds.includes(line.release_id) &&
        line.requested_at_ms >= fromMs &&
        line.requested_at_ms < toMs,
    );
  };
  const side = (
    window: number,
    isOf: (line: Line) => boolean,
  ): readonly Pick<SideCounts, 'counts' | 'missing' | 'rows' | 'other'>[] => {
    const rows = inWindow(window).filter(isOf);
    const counted = (values: readonly unknown[], bin: (value: never) => number, bins: number) => {
      const counts = new Array<number>(bins).fill(0);
      let [missing, other] = [0, 0];
      for (const value of values) {
        if (value === null || value === undefined) missing++;
        else {
          const at = bin(value as never);
          if (at < 0) other++;
          else counts[at]! += 1;
        }
      }
      return { counts, missing, other, rows: rows.length };
    };
    const numbers = plan.numbers.map(({ place, edges }) =>
      counted(
        rows.map((line) => (place === null ? line.score : line.input_numbers![place])),
        (value: number) => binOf(edges, value),
        edges.length + 1,
      ),
    );
    const texts = plan.texts.map(({ place, categories }) =>
      counted(
        rows.map((line) => line.input_texts![place]),
        (value: string) => categories.indexOf(value),
        categories.length,
      ),
    );
    const decision = counted(
      rows.map((line) => line.decision),
      (value: boolean) => Number(value),
      2,
    );
    return [...numbers, ...texts, ...(plan.hasDecision ? [decision] : [])];
  };
  return side;
}

/** The slices of a column of the counts, as far as the oracle tells them. */
export function withoutEffect({ live }: Pick<ColumnCounts, 'live'>) {
  const { counts, missing, rows, other } = live;
  return { counts, missing, rows, other };
}

/** Rows of the lab as the judge reads them. */
export function countRowsOf(
  plan: CountPlan,
  numbers: readonly LabRow[],
  texts: readonly LabRow[],
  units: readonly LabRow[],
): CountRows {
  const listOf = (value: unknown) => String(value).split(',').map(Number);
  return {
    numbers: numbers.map((row) => ({
      ...(row as unknown as CountRows['numbers'][number]), // the statement's columns
      counts: plan.numbers.map((_, i) => listOf(row[`c${i}`])),
    })),
    texts: texts as unknown as CountRows['texts'], // the statement's columns
    units: units as unknown as CountRows['units'], // the statement's columns
  };
}
