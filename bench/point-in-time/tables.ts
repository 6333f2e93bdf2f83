import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { ResolvedView } from '../../core/definitions/definitions.ts';

/** The tables of the measurement: three views of one entity, and labels. All random numbers are hashes of positions. */
export interface Size {
  readonly labels: number;
  /** Of each view. */
  readonly rows: number;
  readonly rowsPerEntity: number;
}

export const FEATURES = Array.from({ length: 10 }, (_, f) => `f${f}`);

const FIRST_MS = Date.UTC(2025, 0, 1);
const HISTORY_MS = 90 * DAY_MS;
/** The rows were loaded after the last label; what they tell was known before. */
export const LOADED_AT_MS = FIRST_MS + 100 * DAY_MS;
export const LABELS_FROM_MS = FIRST_MS + 10 * DAY_MS;
export const LABELS_TO_MS = FIRST_MS + HISTORY_MS;

export const VIEWS: readonly ResolvedView[] = [
  viewOf('week', 7 * DAY_MS),
  viewOf('month', 30 * DAY_MS),
  viewOf('ever', null),
];

/** Statements that write the tables as Parquet: `<view>.parquet` and `labels.parquet`. */
export function writeStatements(folder: string, size: Size): readonly string[] {
  return [...VIEWS.map((_, v) => viewStatement(folder, v, size)), labelStatement(folder, size)];
}

export function entitiesOf({ rows, rowsPerEntity }: Size): number {
  return Math.max(1, Math.round(rows / rowsPerEntity));
}

/**
 * Seven of ten rows become known five minutes after they were true, two up to two days after, and one restates the row
 * before it up to five days after, at the same event time.
 */
function viewStatement(folder: string, v: number, size: Size): string {
  const random = (of: string, salt: string, below: number) => `CAST(hash(${of}, ${v}, '${salt}') % ${below} AS bigint)`;
  const features = FEATURES.map((name) => `${random('i', name, 1_000_000)} / 1000.0::double AS ${name}`).join(', ');
  return `COPY (
    SELECT ${random('j', 'key', entitiesOf(size))} AS customer_id, ${features}, event AS event_time_ms,
      event + CASE
        WHEN i <> j THEN ${random('i', 'restated', 5 * DAY_MS)}
        WHEN ${random('i', 'is late', 9)} < 2 THEN ${random('i', 'late', 2 * DAY_MS)}
        ELSE ${HOUR_MS / 12} END AS known_at_ms,
      CAST(${LOADED_AT_MS} AS bigint) AS loaded_at_ms, i AS seq
    FROM (
      SELECT i, j, ${FIRST_MS} + ${random('j', 'event', HISTORY_MS)} AS event
      FROM (SELECT i, CASE i % 10 WHEN 9 THEN i - 1 ELSE i END AS j FROM range(${size.rows}) t(i))
    )
  ) TO '${folder}/${VIEWS[v]!.view.name}.parquet' (FORMAT parquet, COMPRESSION snappy)`;
}

function labelStatement(folder: string, size: Size): string {
  return `COPY (
    SELECT CAST(hash(i, 'label key') % ${entitiesOf(size)} AS bigint) AS customer_id,
      ${LABELS_FROM_MS} + CAST(hash(i, 'label time') % ${LABELS_TO_MS - LABELS_FROM_MS} AS bigint) AS label_time_ms,
      CAST(hash(i, 'label') % 2 AS double) AS label
    FROM range(${size.labels}) t(i)
  ) TO '${folder}/labels.parquet' (FORMAT parquet, COMPRESSION snappy)`;
}

function viewOf(name: string, ttlMs: number | null): ResolvedView {
  const described = { description: '', owner: 'bench' };
  const keys = [{ name: 'customer_id', type: 'int64' as const }];
  const compute = { kind: 'column', column: 'amount' } as const;
  return {
    version: '0123456789ab',
    entity: { kind: 'entity', name: 'customer', joinKeys: keys, ...described },
    source: {
      kind: 'source',
      name: 'sales',
      columns: [],
      eventTime: { fixedMs: 0 },
      knownAtColumn: null,
      lagMs: 0,
      eventIdColumn: null,
      csv: { delimiter: ',', skipLines: 0, header: true, nulls: [] },
      ...described,
    },
    view: {
      kind: 'featureView',
      name,
      entity: 'customer',
      source: 'sales',
      keyColumns: ['customer_id'],
      features: FEATURES.map((feature) => ({ name: feature, type: 'float64', compute, description: '' })),
      ttlMs,
      scheduleMs: DAY_MS,
      freshnessMs: null,
      stream: null,
      expectations: [],
      ...described,
    },
  };
}
