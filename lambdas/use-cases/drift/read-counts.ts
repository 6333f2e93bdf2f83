import type { ScanScope } from '../../../contracts/drift-scan.ts';
import type { CountPlan } from '../../../core/drift/count-plan.ts';
import type { CountRows, NumberCountRow, TextCountRow, UnitCountRow } from '../../../core/drift/count-rows.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { type RowsBelowDeps, rowsBelow } from '../tables/rows-below.ts';
import { COUNT_PREFIXES } from './plan-columns.ts';

type Cell = (column: string) => unknown;

/** Reads what the queries of `planColumns` wrote. @throws CorruptDataError when it is not what they write */
export async function readCounts(deps: RowsBelowDeps, { prefix }: ScanScope, plan: CountPlan): Promise<CountRows> {
  const numbers = await read(
    deps,
    `${prefix}${COUNT_PREFIXES.numbers}`,
    (cell): NumberCountRow => ({
      ...sliceOf(cell),
      rows: numberOf(cell, 'rows'),
      decided: numberOf(cell, 'decided'),
      undecided: numberOf(cell, 'undecided'),
      counts: plan.numbers.map((_, i) => numbersOf(cell, `c${i}`)),
    }),
  );
  const texts = await read(
    deps,
    `${prefix}${COUNT_PREFIXES.texts}`,
    (cell): TextCountRow => ({
      ...sliceOf(cell),
      place: numberOf(cell, 'place'),
      category: textOf(cell, 'category'),
      example: textOf(cell, 'example'),
      n: numberOf(cell, 'n'),
    }),
  );
  const units = await read(
    deps,
    `${prefix}${COUNT_PREFIXES.units}`,
    (cell): UnitCountRow => ({
      window: numberOf(cell, 'window'),
      rows: numberOf(cell, 'rows'),
      squares: numberOf(cell, 'squares'),
    }),
  );
  return { numbers, texts, units };
}

async function read<T>(deps: RowsBelowDeps, prefix: string, rowOf: (cell: Cell) => T): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const { rows, cell } of rowsBelow(deps, prefix)) {
    for (let row = 0; row < rows; row++) found.push(rowOf((column) => cell(row, column)));
  }
  return found;
}

function sliceOf(cell: Cell) {
  const slice = cell('slice') ?? null;
  return {
    window: numberOf(cell, 'window'),
    segment: numberOf(cell, 'segment'),
    slice: slice === null ? null : numberOf(cell, 'slice'),
  };
}

function numberOf(cell: Cell, column: string): number {
  const value = cell(column);
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw corrupt(column, value);
}

function numbersOf(cell: Cell, column: string): readonly number[] {
  const text = textOf(cell, column);
  const numbers = (text ?? '').split(',').map(Number);
  if (text !== null && numbers.every((number) => Number.isSafeInteger(number))) return numbers;
  throw corrupt(column, text);
}

function textOf(cell: Cell, column: string): string | null {
  const value = cell(column) ?? null;
  if (value === null || typeof value === 'string') return value;
  throw corrupt(column, value);
}

function corrupt(column: string, value: unknown): CorruptDataError {
  return new CorruptDataError(`the counts of a drift scan have ${String(value)} in column ${column}`, { column });
}
