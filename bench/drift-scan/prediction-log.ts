import type { CountPlan } from '../../core/drift/count-plan.ts';

export const NUMBERS = 40;
export const TEXTS = 10;
export const RELEASE = 'a'.repeat(64);
export const FROM_MS = Date.parse('2026-03-01T00:00:00Z');
const MODULUS = 1_000_003;

/** Deciles of each number, and twenty to two hundred categories of each text; counted in the whole window. */
export const PLAN: CountPlan = {
  numbers: [
    ...Array.from({ length: NUMBERS }, (_, i) => ({
      column: `wide:n${i}`,
      place: i,
      edges: Array.from({ length: 9 }, (__, j) => edgeOf(i, (j + 1) / 10)),
      isBoolean: false,
    })),
    { column: 'score', place: null, edges: Array.from({ length: 9 }, (_, j) => (j + 1) / 10), isBoolean: false },
  ],
  texts: Array.from({ length: TEXTS }, (_, i) => ({
    column: `wide:t${i}`,
    place: NUMBERS + i,
    categories: Array.from({ length: categoriesOf(i) }, (__, k) => `category ${k}`),
    isComplete: true,
  })),
  segments: [],
  hasDecision: true,
};

/** Writes lines of a prediction log as Firehose does: Parquet with snappy, the columns that a scan reads. */
export function writeLog(path: string, rows: number, file: number): string {
  const uniform = (salt: number) => `(hash(r * 31 + ${salt}) % ${MODULUS}) / ${MODULUS}e0`;
  const numbers = Array.from({ length: NUMBERS }, (_, i) => numberSql(i, uniform(i + 1)));
  const texts = Array.from(
    { length: TEXTS },
    (_, i) => `'category ' || CAST(floor(pow(${uniform(1_000 + i)}, 3) * ${categoriesOf(i)}) AS int)`,
  );
  const nulls = (count: number, type: string) => Array.from({ length: count }, () => `CAST(NULL AS ${type})`);
  return `COPY (
    SELECT 'p' || r AS prediction_id, 'wide' AS model, '${RELEASE}' AS release_id,
      '["c' || (hash(r) % ${Math.ceil(rows / 3)}) || '"]' AS unit, ${uniform(0)} AS score, ${uniform(0)} >= 0.5 AS decision,
      ${FROM_MS} + r % 3600000 AS requested_at_ms,
      [${[...numbers, ...nulls(TEXTS, 'double')].join(', ')}]::double[] AS input_numbers,
      [${[...nulls(NUMBERS, 'varchar'), ...texts].join(', ')}]::varchar[] AS input_texts
    FROM range(${file * rows}, ${(file + 1) * rows}) lines(r)
  ) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`;
}

/** The lines of a log with a column for each feature, `n0` … and `t0` …. */
export function flatten(log: string, path: string): string {
  const numbers = Array.from({ length: NUMBERS }, (_, i) => `input_numbers[${i + 1}] AS n${i}`);
  const texts = Array.from({ length: TEXTS }, (_, i) => `input_texts[${NUMBERS + i + 1}] AS t${i}`);
  return `COPY (SELECT ${[...numbers, ...texts].join(', ')} FROM '${log}') TO '${path}' (FORMAT parquet, COMPRESSION snappy)`;
}

/** Each number is summed and each text counted: what any scan has to pay. */
export function readColumnsSql(): string {
  const each = (way: string, column: string, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => `${way}(${column}[${from + i + 1}])`);
  const read = [...each('sum', 'input_numbers', 0, NUMBERS), ...each('count', 'input_texts', NUMBERS, TEXTS)];
  return `SELECT count(unit), sum(score), count(decision), max(requested_at_ms), ${read.join(', ')}
    FROM "glue:1" WHERE model = 'wide' AND release_id = '${RELEASE}'`;
}

function categoriesOf(i: number): number {
  return 20 * (i + 1);
}

/** Uniform ones, and among ten one with a long tail, whose values are missing now and then. */
function numberSql(i: number, uniform: string): string {
  if (i % 10 !== 9) return `${uniform} * ${i + 1}`;
  return `CASE WHEN hash(r * 17 + ${i}) % 20 = 0 THEN NULL ELSE round(exp(${uniform} * 4), 2) END`;
}

function edgeOf(i: number, share: number): number {
  return i % 10 === 9 ? Math.exp(4 * share) : share * (i + 1);
}
