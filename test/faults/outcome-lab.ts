import type { ScanScope } from '../../contracts/drift-scan.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { PerformancePolicy } from '../../core/definitions/monitoring.ts';
import { calibrationBins } from '../../core/performance/calibration-bins.ts';
import { promisedLosses } from '../../core/performance/row-loss.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { performanceCountsSql } from '../../core/sql/performance-counts-sql.ts';
import { performanceMomentsSql } from '../../core/sql/performance-moments-sql.ts';
import { performanceSampleSql } from '../../core/sql/performance-sample-sql.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { judgePerformance } from '../../lambdas/use-cases/performance/judge-performance.ts';
import { performanceLook, performancePrefix } from '../../lambdas/use-cases/performance/performance-queries.ts';
import { UNWATCHED } from '../monitoring.ts';
import { AthenaLab, DATABASE, type LabColumn, type LabRow } from '../property/sql/athena-lab.ts';
import { type LogLine, OUTCOME_TABLE, PREDICTION_TABLE } from '../property/sql/rollout-log.ts';

export const RELEASE = 'c'.repeat(64);
export const BORN_MS = Date.parse('2026-03-01T00:00:00.000Z');
export const HOUR_MS = 3_600_000;

/** Final after a day, judged over four. */
export const POLICY: PerformancePolicy = {
  maturityMs: 24 * HOUR_MS,
  windowMs: 96 * HOUR_MS,
  metrics: [{ metric: 'auc' }, { metric: 'log_loss' }, { metric: 'recall' }],
  minOutcomes: 200,
  loss: 'log_loss',
  margin: 0.1,
  falseAlarms: 0.01,
};

/** A prediction and what became of it. */
export interface Case {
  readonly id: number;
  readonly askedMs: number;
  readonly score: number;
  readonly isPositive: boolean;
  readonly sex: 'female' | 'male' | null;
}

/** Cases evenly over some hours; `truth` is how probable a positive outcome is at a score, which by default is right. */
export function casesOf(props: {
  readonly count: number;
  readonly fromMs: number;
  readonly hours: number;
  readonly seed: number;
  readonly truth?: (score: number) => number;
}): readonly Case[] {
  const { count, fromMs, hours, seed, truth = (score) => score } = props;
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i): Case => {
    const score = Math.round(1000 * (0.02 + 0.96 * random() ** 1.5)) / 1000;
    return {
      id: seed * 1_000_000 + i,
      askedMs: Math.round(fromMs + (i / count) * hours * HOUR_MS),
      score,
      isPositive: random() < truth(score),
      sex: random() < 0.1 ? null : random() < 0.5 ? 'female' : 'male',
    };
  });
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export function predictionLine({ id, askedMs, score, sex }: Case): LogLine {
  return {
    prediction_id: `p${id}`,
    model: 'churn',
    release_id: RELEASE,
    entities: `{"customer_id":${id}}`,
    unit: `[${id}]`,
    features: JSON.stringify({ 'people:sex': { value: sex, status: sex === null ? 'NULL_VALUE' : 'PRESENT' } }),
    score,
    decision: score >= 0.5,
    requested_at_ms: askedMs,
    answered_at_ms: askedMs + 5,
    dt: dayOf(askedMs),
  };
}

/** @param recordedMs when it was told to us; it says to have become true a minute before */
export function outcomeLine({ id, isPositive }: Case, recordedMs: number, occurredMs = recordedMs - 60_000): LogLine {
  return {
    prediction_id: `p${id}`,
    model: 'churn',
    value: Number(isPositive),
    occurred_at_ms: occurredMs,
    recorded_at_ms: recordedMs,
    dt: dayOf(recordedMs),
  };
}

/** The release of these cases: promises what so many test rows of the same kind show. */
function manifestOf(): ReleaseManifest {
  const test = casesOf({ count: 8_000, fromMs: 0, hours: 1, seed: 99 });
  const scored = {
    labels: test.map(({ isPositive }) => Number(isPositive)),
    scores: test.map(({ score }) => score),
    threshold: 0.5,
  };
  const cuts = [0.1, 0.25, 0.5, 0.75];
  const ref = { view: 'people', feature: 'sex' };
  const model = {
    problem: 'binary',
    segments: [{ ...ref, cuts: null }],
    gates: [
      {
        ...{ kind: 'fairness', attribute: 'people:sex', criterion: 'equal_opportunity', measure: 'difference' },
        ...{ limit: 0.2, minGroupSize: 30, onSmall: 'ignore', confidence: 0.95 },
      },
    ],
    serving: { decisionThreshold: 0.5 },
  };
  return {
    createdAt: new Date(BORN_MS).toISOString(),
    model,
    inputs: [{ ...ref, type: 'string', categories: ['female', 'male'], defaultValue: null }],
    evaluation: {
      metrics: {},
      testRows: test.length,
      champion: null,
      scoreCuts: cuts,
      calibration: calibrationBins(cuts, scored.scores, scored.labels),
      losses: promisedLosses('binary', scored) ?? {},
    },
  } as unknown as ReleaseManifest; // what a look at performance reads of one
}

export interface OutcomeLab {
  load(predictions: readonly LogLine[], outcomes: readonly LogLine[]): Promise<void>;
  /** What a scan at this instant finds. */
  scan(atMs: number): ReturnType<typeof judgePerformance>;
  close(): void;
}

/** The logs in DuckDB, counted by the statements and judged by the use case of a drift scan. */
export async function outcomeLab(policy: PerformancePolicy = POLICY): Promise<OutcomeLab> {
  const athena = await AthenaLab.open();
  const manifest = manifestOf();
  const model = { name: 'churn', monitoring: { ...UNWATCHED, performance: policy } };
  const deps = {
    database: DATABASE,
    definitions: { models: [model as Partial<Model>] } as unknown as Definitions, // nothing else of it is read
    releases: { manifest: async () => manifest },
  };
  return {
    async load(predictions, outcomes) {
      await loadTable(athena, 'prediction', PREDICTION_TABLE, predictions);
      await loadTable(athena, 'outcome', OUTCOME_TABLE, outcomes);
    },
    async scan(atMs) {
      const scope: ScanScope = {
        ...{ scanId: 'a'.repeat(32), model: 'churn', releaseId: RELEASE, cause: 'test', actor: 'tests' },
        ...{ atMs, fromMs: atMs - 1, championSinceMs: BORN_MS, prefix: 'drift-scan/a/', definitionsSha256: 'd' },
      };
      const look = await performanceLook(deps, scope, DATABASE);
      if (look === null) return null;
      const answers = new Map([
        [performancePrefix(scope, 'performance-sample'), await athena.run(performanceSampleSql(look.spec))],
        [performancePrefix(scope, 'performance-losses'), await athena.run(performanceMomentsSql(look.spec))],
        [performancePrefix(scope, 'performance-counts'), await athena.run(performanceCountsSql(look.spec))],
      ]);
      return judgePerformance({ ...deps, ...filesOf(answers) }, scope);
    },
    close: () => athena.close(),
  };
}

/** Thousands of rows at once, as JSON; columns that no row has are null. */
async function loadTable(
  athena: AthenaLab,
  name: string,
  columns: readonly LabColumn[],
  rows: readonly LogLine[],
): Promise<void> {
  await athena.table(name, columns, []);
  if (rows.length === 0) return;
  const types = { string: 'VARCHAR', float64: 'DOUBLE', boolean: 'BOOLEAN', int64: 'BIGINT' };
  const given = columns.filter((column) => column.name in rows[0]!);
  const shape = Object.fromEntries(given.map((column) => [column.name, Reflect.get(types, column.type)]));
  await athena.connection.run(
    `INSERT INTO "${name}" BY NAME SELECT unnest(from_json($1::JSON, '${JSON.stringify([shape])}'), recursive := true)`,
    [JSON.stringify(rows)],
  );
}

/** Answers as the files that the queries would have written. */
function filesOf(answers: ReadonlyMap<string, readonly LabRow[]>) {
  const bodies: (readonly LabRow[])[] = [...answers.values()];
  const prefixes = [...answers.keys()];
  return {
    offlineBucket: 'offline',
    objects: {
      list: async (_: string, prefix: string) => [{ key: prefix, sizeBytes: 1, modifiedAt: new Date(0) }],
      get: async ({ key }: { readonly key: string }) => Uint8Array.of(prefixes.indexOf(key)),
    },
    parquet: {
      write: () => Uint8Array.of(), // nothing is written by a judgement
      open: async (body: Uint8Array) => {
        const rows = bodies[body[0]!]!;
        const names = Object.keys(rows[0] ?? {});
        const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
        return {
          columns: names,
          rows: rows.length,
          batches: async function* () {
            yield { firstRow: 0, rows: rows.length, columns };
          },
        };
      },
    },
  };
}
