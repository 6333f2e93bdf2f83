import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrainingSetRequest } from '../../contracts/api/training-sets.ts';
import type { AthenaQuery } from '../../contracts/athena-query.ts';
import { HOUR_MS } from '../../core/clock.ts';
import type { ResolvedView } from '../../core/definitions/definitions.ts';
import { EARLIEST_MS, LATEST_MS } from '../../core/offline/materialization-run.ts';
import { latestRowsSql } from '../../core/sql/latest-rows-sql.ts';
import { rolloutCountsSql } from '../../core/sql/rollout-counts-sql.ts';
import { sampledPredictionsSql } from '../../core/sql/sampled-predictions-sql.ts';
import { athenaLiterals, type Sql } from '../../core/sql/sql.ts';
import { streamBaseSql } from '../../core/sql/stream-base-sql.ts';
import { unloadQuery } from '../../core/sql/unload-query.ts';
import { viewRowsSql } from '../../core/sql/view-rows-sql.ts';
import { streamLayout } from '../../core/streaming/stream-layout.ts';
import { bindParameters } from '../../local/services/athena/parameters.ts';
import { readStatement } from '../../local/services/athena/statement.ts';
import { type FeatureStoreLab, featureStoreLab, materialize, NOW, type Order } from '../handlers/feature-store-lab.ts';
import { tripDefinitions } from '../handlers/training-set-definitions.ts';
import { type TrainingSetLab, trainingSetLab } from '../handlers/training-set-lab.ts';
import { DATABASE } from '../property/sql/athena-lab.ts';
import { aggregatedView, SEED, viewOf } from '../property/sql/histories.ts';

/** Trino's functions that statements call; each is in Trino's documentation, and Athena's engine 3 has it. */
const FUNCTIONS = new Set(
  `abs array_agg array_join array_max array_min array_sort avg cardinality ceiling coalesce concat concat_ws contains count count_if
  date_diff date_format day day_of_week element_at exp filter flatten floor format from_unixtime greatest hour if is_finite
  is_infinite is_nan json_extract_scalar json_parse lag last_value lead least length ln log10 lower ltrim max max_by min
  min_by mod month nullif power rank regexp_like replace reverse round row row_number rtrim sequence sign sqrt strpos to_hex to_utf8
  substr substring sum transform trim truncate try_cast typeof unnest upper width_bucket year zip
  map map_agg reduce slice bitwise_and bitwise_or bitwise_left_shift bitwise_right_shift to_unixtime`.split(/\s+/),
);
/** Words that stand before a parenthesis and are no functions. */
const WORDS = new Set(
  `all and array as between bigint by case cast distinct else exists filter from group in is join lateral not on or order
  over partition select then timestamp try union using values varchar when where with decimal double row interval
  boolean except intersect unload`.split(/\s+/),
);
/** What other dialects have and Athena has not. */
const FOREIGN = [
  /::/,
  /\basof\b/i,
  /\bjoin\s+nearest\b/i,
  /\bqualify\b/i,
  /\bilike\b/i,
  /\bdistinct\s+on\b/i,
  /\bpivot\b/i,
  /\*\s*(exclude|replace)\b/i,
  /\bgroup\s+by\s+all\b/i,
  /\blimit\s+\d+\s*,/i,
  /\bgenerate_series\b/i,
  /\blist_\w+\s*\(/i,
  /\barg_m(in|ax)\b/i,
  /\bmaterialized\b/i,
  /[`#$@\\]/,
];
/** Source: Athena, service quotas; StartQueryExecution. */
const MAX_QUERY_BYTES = 262_144;

/** The text between quoted names and literals. */
const bare = (text: string) => text.replace(/'(?:[^']|'')*'|"[^"]*"/g, ' "q" ');

function problems({ QueryString: text, ExecutionParameters: parameters = [] }: AthenaQuery): readonly string[] {
  const code = bare(text);
  const found: string[] = [];
  if (readStatement(bindParameters(text, parameters)).kind !== 'unload') found.push('is no UNLOAD of a query');
  if ((code.match(/\?/g) ?? []).length !== parameters.length) found.push('has another number of parameters');
  if (new TextEncoder().encode(text).byteLength > MAX_QUERY_BYTES) found.push('is longer than Athena takes');
  for (const foreign of FOREIGN) if (foreign.test(code)) found.push(`has ${foreign.exec(code)?.[0]}`);
  for (const [, before, name = ''] of code.matchAll(/(\)\s*|\bas\s+)?\b([a-z_][a-z0-9_]*)\s*\(/gi)) {
    const word = name.toLowerCase();
    const isAlias = before !== undefined; // of a table, with its columns
    if (!isAlias && !FUNCTIONS.has(word) && !WORDS.has(word)) found.push(`calls ${word}`);
  }
  return [...new Set(found)];
}

const place = { database: DATABASE, workgroup: 'headgate-test', offlineBucket: 'bucket-1' };
const problemsOf = (statement: Sql) => problems(unloadQuery(place, statement, 'somewhere/', 'a test'));

const ORDERS: readonly Order[] = Array.from({ length: 20 }, (_, i) =>
  Array.from({ length: 10 }, (__, n) => ({
    customer: i,
    daysAgo: 120.3 - n * (i % 3 === 0 ? 4 : 10),
    amount: n,
    country: n % 2 === 0 ? 'FR' : null,
  })),
).flat();

describe('the text of statements of views', () => {
  const views = fc.sample(aggregatedView, { seed: SEED, numRuns: 40 });
  const runs = [true, false].map((isFirst) => ({
    fromMs: 0,
    toMs: 48 * HOUR_MS,
    loadedFromMs: isFirst ? 0 : 1_000,
    watermarkMs: 3_000,
    loadedAtMs: 4_000,
    isFirst,
  }));
  const source = { database: DATABASE, table: 'source_sales', watermarkMs: 3_000 };
  const table = { database: DATABASE, table: 'view_visits', watermarkMs: 3_000 };
  const everyProblem = (resolved: ResolvedView) => [
    ...runs.flatMap((run) => problemsOf(viewRowsSql(resolved, source, run))),
    ...problemsOf(latestRowsSql(resolved, table, 1_000)),
  ];

  it('of scheduled aggregates is what Athena takes', () => {
    expect(views.flatMap(everyProblem)).toEqual([]);
  });

  it('of streamed aggregates and their tiles is what Athena takes', () => {
    const streamed = views.map((resolved): ResolvedView => {
      const features = resolved.view.features.flatMap((feature) => {
        const { compute } = feature;
        if (compute.kind !== 'aggregate' || compute.aggregation === 'count_distinct') return [];
        return [{ ...feature, compute: { ...compute, windowMs: Math.ceil(compute.windowMs / HOUR_MS) * HOUR_MS } }];
      });
      return { ...resolved, view: { ...resolved.view, features, ttlMs: null, stream: { tileMs: HOUR_MS } } };
    });
    const some = streamed.filter(({ view }) => view.features.length > 0);
    expect(some.length).toBeGreaterThan(30);
    expect(some.flatMap(everyProblem)).toEqual([]);
    const bases = some.map((one) =>
      streamBaseSql(one, streamLayout(one)!, source, { onlineToMs: 0, baseToMs: 900_000 }),
    );
    expect(bases.flatMap(problemsOf)).toEqual([]);
  });

  it('of single rows is what Athena takes, whatever their expressions call', () => {
    const expressions = [
      'amount / items + 1.5',
      "case when product = 'tea' then lower(product) else upper(product) end",
      "coalesce(product, 'none')",
      'round(amount) > 2 and not returned or items is null',
      'abs(items) % 3',
    ];
    const single = viewOf(
      expressions.map((text, i) => ({
        name: `f${i}`,
        type: ['float64', 'string', 'string', 'boolean', 'int64'][i] as 'float64',
        compute: { kind: 'expression', sql: text },
        description: '',
      })),
      HOUR_MS,
      null,
    );
    const run = { ...runs[0]!, fromMs: EARLIEST_MS, toMs: LATEST_MS };
    expect(problemsOf(viewRowsSql(single, source, run))).toEqual([]);
  });
});

describe('the text of statements of flows', () => {
  let lab: FeatureStoreLab;
  let sets: TrainingSetLab;
  beforeAll(async () => {
    lab = await featureStoreLab((definitions) => ({
      ...definitions,
      featureViews: definitions.featureViews.map((view) => ({
        ...view,
        expectations: [
          { kind: 'row', name: 'charged', condition: 'amount >= 3', severity: 'quarantine', maxShare: 0 },
          { kind: 'unique', name: 'once', columns: ['customer_id', 'ordered_at'], severity: 'warn' },
        ],
      })),
    }));
    sets = await trainingSetLab(tripDefinitions);
  });
  afterAll(async () => {
    lab.close();
    sets.close();
  });

  it('that materialize, check, set aside and train is what Athena takes', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const queries: AthenaQuery[] = [];
    for (const view of ['customer_spend', 'last_order']) {
      const { plan, checked, committed } = await materialize(lab, view, `of-${view}`);
      queries.push(plan.query, plan.check.query, committed.online.query);
      if (checked?.setAside.action === 'export') queries.push(checked.setAside.query);
    }
    const training = await lab.planTraining({ model: 'churn_1', cause: 'test', actor: 'tests', executionName: 'one' });
    queries.push(training.query);
    expect(queries).toHaveLength(9);
    expect(queries.flatMap(problems)).toEqual([]);
  });

  it('that sample predictions is what Athena takes, with any name as a parameter', () => {
    const releaseId = 'a'.repeat(64);
    const sample = { database: DATABASE, model: "o'churn", releaseId, fromMs: NOW - HOUR_MS, toMs: NOW, size: 100 };
    const statement = sampledPredictionsSql(sample);
    expect(problemsOf(statement)).toEqual([]);
    expect(athenaLiterals(statement.params)).toContain("'o''churn'");
  });

  it.each([
    { kind: 'canary', challenger: { is: 'candidate', share: 0.05 } },
    { kind: 'canary', challenger: null },
    { kind: 'shadow' },
  ] as const)('that count a rollout is what Athena takes: %o', (of) => {
    const releases = { baseline: 'a'.repeat(64), candidate: 'b'.repeat(64) };
    const rows = { database: DATABASE, model: 'churn', rolloutId: 'r', releases, fromMs: NOW - HOUR_MS, toMs: NOW };
    const statement = rolloutCountsSql({ ...rows, cuts: [0.25, 0.5], ...of });
    expect(problemsOf(statement)).toEqual([]);
  });

  it('that join training sets is what Athena takes', async () => {
    await sets.give('zone_load', [{ values: { zone_id: 'z', trips: 1, fare: 1 }, at: '2026-02-01T06:00:00Z' }]);
    const entities = await sets.upload('zone_id,event_timestamp\nz,2026-02-01T12:00:00Z');
    const request = TrainingSetRequest.parse({ features: ['zone_load:trips', 'zone_load:fare'], entities });
    const task = { request, cause: 'test', actor: 'tests', executionName: 'one' };
    const { query } = await sets.planSet(task, {} as Context); // the handler does not look at it
    expect(problems(query)).toEqual([]);
  });
});

describe('the check', () => {
  it.each([
    ['select * from a asof join b on a.t >= b.t', 'has asof'],
    ['select a::bigint from t', 'has ::'],
    ['select list_sum(x) from t', 'calls list_sum'],
    ['select distinct on (a) a from t', 'has distinct on'],
    ['select strftime(a) from t', 'calls strftime'],
  ])('knows what is not of Athena: %s', (text, problem) => {
    const query = { QueryString: `UNLOAD (${text}) TO 's3://b/c/' WITH (format = 'PARQUET')`, ExecutionParameters: [] };
    expect(problems(query as unknown as AthenaQuery)).toContain(problem);
  });
});
