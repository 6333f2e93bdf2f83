import type { Source } from '../../../core/definitions/source.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { type CheckedRow, knownAtOf } from '../../../core/ingestion/check-row.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';

const ROWS_PER_PART = 250_000;

const TIMES = ['event_time_ms', 'known_at_ms', 'loaded_at_ms', 'seq', 'served_at_ms'] as const;

export interface SourceLoad {
  readonly source: Source;
  readonly bucket: string;
  /** Where the run's rows lie, with the slash at its end. */
  readonly prefix: string;
  readonly loadedAtMs: number;
  /** See `knownAtOf`. */
  readonly isHistory: boolean;
  /** Whether the rows are brought online as well when they are loaded. */
  readonly isServed: boolean;
}

/** What has been added so far. */
export interface PartFacts {
  readonly rows: number;
  readonly oldestEventTimeMs: number | null;
  readonly newestEventTimeMs: number | null;
}

export interface SourceParts {
  /** Adds a checked row; `seq` is its place in its file. Writes a part when enough rows are there. */
  add(row: Extract<CheckedRow, { isGood: true }>, seq: number): Promise<void>;
  /** Writes what is left. */
  finish(): Promise<PartFacts>;
}

/**
 * Writes rows of a source as Parquet parts `00000.parquet`, `00001.parquet`, …: the same rows give the same parts, so
 * that a load which is tried again overwrites what it had written.
 */
export function sourceParts(objects: ObjectStore, parquet: ParquetFiles, load: SourceLoad): SourceParts {
  const columns = [
    ...load.source.columns.map(({ name, type }) => ({ name, type })),
    ...TIMES.map((name) => ({ name, type: 'int64' as const })),
  ];
  let values: Value[][] = columns.map(() => []);
  let part = 0;
  let rows = 0;
  let oldest: number | null = null;
  let newest: number | null = null;

  const flush = async () => {
    const body = parquet.write(columns.map((column, i) => ({ ...column, values: values[i] ?? [] })));
    const key = `${load.prefix}${String(part).padStart(5, '0')}.parquet`;
    await objects.put({ bucket: load.bucket, key }, body, 'application/vnd.apache.parquet');
    values = columns.map(() => []);
    part++;
  };

  return {
    async add(row, seq) {
      const { loadedAtMs } = load;
      const servedAtMs = load.isServed ? loadedAtMs : null;
      const times = [row.eventTimeMs, knownAtOf(row, load.source, load), loadedAtMs, seq, servedAtMs];
      for (let i = 0; i < row.values.length; i++) values[i]!.push(row.values[i]!);
      for (let i = 0; i < times.length; i++) values[row.values.length + i]!.push(times[i]!);
      oldest = Math.min(oldest ?? row.eventTimeMs, row.eventTimeMs);
      newest = Math.max(newest ?? row.eventTimeMs, row.eventTimeMs);
      rows++;
      if (rows % ROWS_PER_PART === 0) await flush();
    },
    async finish() {
      if (rows % ROWS_PER_PART !== 0) await flush();
      return { rows, oldestEventTimeMs: oldest, newestEventTimeMs: newest };
    },
  };
}
