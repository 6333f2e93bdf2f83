import type { ScanScope } from '../../../contracts/drift-scan.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { NumberedStretch, PerformanceEvidence } from '../../../core/performance/judge-performance.ts';
import type { AnswerCount } from '../../../core/performance/performance-counts.ts';
import type { PerformanceSpec } from '../../../core/performance/performance-spec.ts';
import type { SampledAnswer } from '../../../core/performance/sampled-answers.ts';
import { type RowsBelowDeps, rowsBelow } from '../tables/rows-below.ts';
import { type PerformanceQuery, performancePrefix } from './performance-queries.ts';

/** One row of an answer. */
interface Row {
  readonly number: (column: string) => number;
  readonly flag: (column: string) => boolean;
  /** Null where there is none. */
  readonly text: (column: string) => string | null;
}

/** What the three queries wrote. @throws CorruptDataError for rows that they do not write */
export async function readEvidence(
  deps: RowsBelowDeps,
  scope: ScanScope,
  spec: PerformanceSpec,
): Promise<PerformanceEvidence> {
  const rowsOf = <T>(query: PerformanceQuery, read: (row: Row) => T) =>
    readRows(deps, performancePrefix(scope, query), read);
  const [sample, stretches, counts] = await Promise.all([
    rowsOf(
      'performance-sample',
      ({ flag, number, text }): SampledAnswer => ({
        isMatured: flag('is_matured'),
        score: number('score'),
        outcome: number('outcome'),
        segments: spec.segments.map((_, i) => text(`segment_${i}`)),
      }),
    ),
    rowsOf(
      'performance-losses',
      ({ number }): NumberedStretch => ({
        number: number('stretch'),
        n: number('n'),
        sum: number('total'),
        sumSquares: number('squares'),
      }),
    ),
    rowsOf(
      'performance-counts',
      ({ flag, number }): AnswerCount => ({
        isMatured: flag('is_matured'),
        isProvisional: flag('is_provisional'),
        isRecent: flag('is_recent'),
        decision: [null, false, true][number('decided') + 1] ?? null,
        bin: number('bin'),
        predictions: number('predictions'),
        outcomes: number('outcomes'),
        units: number('units'),
        unitOutcomes: number('unit_outcomes'),
        scores: number('total'),
      }),
    ),
  ]);
  // files hold rows in any order; sums are to be the same
  sample.sort((a, b) => a.score - b.score || a.outcome - b.outcome);
  return { sample, counts, stretches: stretches.sort((a, b) => a.number - b.number) };
}

async function readRows<T>(deps: RowsBelowDeps, prefix: string, read: (row: Row) => T): Promise<T[]> {
  const found: T[] = [];
  for await (const { rows, key, cell } of rowsBelow(deps, prefix)) {
    for (let row = 0; row < rows; row++) {
      const given = (column: string): unknown => {
        const value = cell(row, column);
        if (value !== undefined && value !== null) return value;
        throw new CorruptDataError(`${key} has a row without ${column}`, { key, column });
      };
      found.push(
        read({
          number: (column) => Number(given(column)),
          flag: (column) => given(column) === true,
          text: (column) => {
            const value = cell(row, column) ?? null;
            return value === null ? null : String(value);
          },
        }),
      );
    }
  }
  return found;
}
