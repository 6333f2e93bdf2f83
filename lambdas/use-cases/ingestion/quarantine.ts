import type { Source } from '../../../core/definitions/source.ts';
import type { RawRow } from '../../ports/row-reader.ts';

/** More rows are counted but not kept: a file full of bad rows must not fill the memory. */
const MAX_KEPT_ROWS = 10_000;
const MAX_ROW_CHARS = 4_096;

export interface Quarantine {
  add(source: Source, raw: RawRow, reason: string): void;
  readonly count: () => number;
  /** Rows by reason, most frequent first. */
  readonly reasons: () => Readonly<Record<string, number>>;
  /** The first few, for an error message. */
  readonly examples: () => readonly { readonly row: number; readonly reason: string }[];
  /** JSON lines of row number, reason and the row as it was, cut when it is long. */
  readonly lines: () => string;
}

export function quarantine(): Quarantine {
  const kept: { readonly row: number; readonly reason: string; readonly line: string }[] = [];
  const counts = new Map<string, number>();
  return {
    add(source, raw, reason) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (kept.length >= MAX_KEPT_ROWS) return;
      kept.push({ row: raw.row, reason, line: JSON.stringify({ row: raw.row, reason, raw: textOf(source, raw) }) });
    },
    count: () => [...counts.values()].reduce((sum, n) => sum + n, 0),
    reasons: () => Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)),
    examples: () => kept.slice(0, 5).map(({ row, reason }) => ({ row, reason })),
    lines: () => kept.map(({ line }) => `${line}\n`).join(''),
  };
}

function textOf({ columns }: Source, raw: RawRow): string {
  const text =
    'text' in raw
      ? raw.text
      : JSON.stringify(Object.fromEntries(columns.map(({ from }, i) => [from, raw.cells[i] ?? null])), jsonSafe);
  return text.length > MAX_ROW_CHARS ? `${text.slice(0, MAX_ROW_CHARS)}…` : text;
}

function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
