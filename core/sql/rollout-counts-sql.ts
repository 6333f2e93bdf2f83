import type {
  CanaryCountSpec,
  CanaryMeasure,
  CountSpec,
  ShadowCountSpec,
  ShadowMeasure,
} from '../rollout/count-spec.ts';
import { LATENCY_BINS } from '../rollout/observations.ts';
import { logDaysSql } from './log-days-sql.ts';
import { bigintSql, joinSql, listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

/**
 * What the prediction log says about the two releases of a rollout, a few rows however long the log: `release_id`,
 * `measure`, `bin` (of latencies and scores, else 0), `n`, and of the measured numbers their `total` and the sum of their
 * `squares`. A count of nothing has no row. `countsOf` reads them.
 *
 * A line that is in the log twice counts once. Of the instances of one request the first stands for all. Rows of older
 * platforms have no unit and name no rollout, so they count for none.
 *
 * Cost: one pass over the days of the log, one sort of the model's requests in them.
 * Checked by: test/property/sql/rollout-counts.test.ts.
 */
export function rolloutCountsSql(spec: CountSpec): Sql {
  return spec.kind === 'canary' ? canarySql(spec) : shadowSql(spec);
}

function canarySql(spec: CanaryCountSpec): Sql {
  const { releases, challenger } = spec;
  // a request that one arm failed and the other answered is that of the one that failed
  const drawn = sql`coalesce("failed_release_id", "release_id")`;
  const role = sql`case when "failed_release_id" is null then "arm"
    when "arm" = ${'champion'} then ${'challenger'} else ${'champion'} end`;
  const drawnAs = (release: string, as: string) => sql`(${drawn} = ${release} and ${role} = ${as})`;
  const counted =
    challenger === null
      ? sql`"share" is null and ${drawnAs(releases.candidate, 'champion')}`
      : sql`"rollout_id" = ${spec.rolloutId} and "share" = ${challenger.share}
          and (${drawnAs(releases[challenger.is], 'challenger')}
            or ${drawnAs(releases[challenger.is === 'candidate' ? 'baseline' : 'candidate'], 'champion')})`;
  const requests = sql`
    select ${drawn} as "release_id", ${UNIT} as "unit", "prediction_id", "requested_at_ms", "latency_ms", "score",
      ${missingShare('inputs', 'missing_inputs')} as "missing",
      "failed_release_id" is not null or "error" is not null as "is_failed"
    from ${onceSql(spec, counted)} once`;
  const ranked = sql`
    select q.*, ${nth(sql`"release_id", "unit"`)} as "nth",
      case when "is_failed" then 0 else ${nth(sql`"release_id", "unit", "is_failed"`)} end as "nth_answer"
    from (${requests}) q`;
  return longSql<CanaryMeasure>(
    sql`(${ranked}) r left join ${outcomesSql(spec)} o on o."prediction_id" = r."prediction_id"`,
    sql`r."release_id"`,
    {
      units: { where: sql`r."nth" = 1` },
      requests: { where: sql`true` },
      failed: { where: sql`r."is_failed"` },
      latency: {
        where: sql`not r."is_failed" and r."latency_ms" is not null`,
        bin: latencyBinSql(sql`r."latency_ms"`),
      },
      score: { where: sql`r."nth_answer" = 1`, bin: scoreBinSql(sql`r."score"`, spec.cuts) },
      missing: { where: sql`r."nth_answer" = 1 and r."missing" is not null`, number: sql`r."missing"` },
      outcome: { where: sql`r."nth_answer" = 1 and o."value" is not null`, number: sql`o."value"` },
    },
  );
}

function shadowSql(spec: ShadowCountSpec): Sql {
  const { baseline, candidate } = spec.releases;
  const counted = sql`"rollout_id" = ${spec.rolloutId} and "release_id" = ${baseline} and "shadow_release_id" = ${candidate}`;
  const isCandidate = sql`s."release_id" = ${candidate}`;
  const requests = sql`
    select ${UNIT} as "unit", once.*, "error" is null and "shadow_error" is null as "is_pair" from ${onceSql(spec, counted)} once`;
  const ranked = sql`
    select q.*, case when "is_pair" then ${nth(sql`"unit", "is_pair"`)} else 0 end as "nth_pair" from (${requests}) q`;
  const of = (ofCandidate: string, ofBaseline: string) =>
    sql`case when ${isCandidate} then r.${nameSql(ofCandidate)} else r.${nameSql(ofBaseline)} end`;
  const error = of('shadow_error', 'error');
  const latency = of('shadow_latency_ms', 'latency_ms');
  const missing = sql`case when ${isCandidate} then ${missingShare('shadow_inputs', 'shadow_missing_inputs')}
    else ${missingShare('inputs', 'missing_inputs')} end`;
  const difference = sql`abs(r."shadow_score" - r."score")`;
  const sides = sql`(values (${baseline}), (${candidate})) s ("release_id")`;
  const isPair = sql`r."nth_pair" = 1`;
  return longSql<ShadowMeasure>(sql`(${ranked}) r cross join ${sides}`, sql`s."release_id"`, {
    requests: { where: isCandidate },
    failed: { where: sql`${error} is not null and ${error} <> ${'late'}` },
    late: { where: sql`${error} = ${'late'}` },
    latency: {
      where: sql`(${error} is null or ${error} = ${'late'}) and ${latency} is not null`,
      bin: latencyBinSql(latency),
    },
    score: { where: isPair, bin: scoreBinSql(of('shadow_score', 'score'), spec.cuts) },
    missing: { where: sql`${isPair} and ${missing} is not null`, number: missing },
    pairs: { where: sql`${isPair} and ${isCandidate}` },
    flips: { where: sql`${isPair} and ${isCandidate} and r."decision" <> r."shadow_decision"` },
    difference: { where: sql`${isPair} and ${isCandidate}`, number: difference },
  });
}

const UNIT = rawSql('coalesce("unit", "prediction_id")');

/** The model's requests of the window, each once. */
function onceSql({ database, model, fromMs, toMs }: CountSpec, counted: Sql): Sql {
  return sql`(
    select * from (
      select p.*, row_number() over (partition by "prediction_id" order by "requested_at_ms", "answered_at_ms") as "copy"
      from ${nameSql('prediction', database)} p
      where ${logDaysSql(fromMs, toMs)} and "model" = ${model}
        and "requested_at_ms" >= ${fromMs} and "requested_at_ms" < ${toMs}
        and ("entities" is not null or "unit" is null or "unit" = "prediction_id") and ${counted}
    ) copies where "copy" = 1
  )`;
}

/** The latest ground truth of each prediction, as far as it was known at the end of the window. */
function outcomesSql({ database, model, fromMs, toMs }: CountSpec): Sql {
  return sql`(
    select "prediction_id", "value" from (
      select "prediction_id", "value", row_number() over (
        partition by "prediction_id" order by "recorded_at_ms" desc, "occurred_at_ms" desc, "value" desc
      ) as "nth"
      from ${nameSql('outcome', database)}
      where ${logDaysSql(fromMs, toMs)} and "model" = ${model}
        and "recorded_at_ms" < ${toMs}
    ) latest where "nth" = 1
  )`;
}

function nth(within: Sql): Sql {
  return sql`row_number() over (partition by ${within} order by "requested_at_ms", "prediction_id")`;
}

function missingShare(inputs: string, missing: string): Sql {
  return sql`cast(${nameSql(missing)} as double) / nullif(${nameSql(inputs)}, 0)`;
}

/** See `latencyBin`. */
function latencyBinSql(ms: Sql): Sql {
  const { smallestMs, ratio } = LATENCY_BINS;
  return sql`case when ${ms} <= ${smallestMs} then ${bigintSql(0)}
    else cast(ceiling(ln(${ms} / ${smallestMs}) / ln(${ratio})) as bigint) end`;
}

/** How many of the cuts lie below a score. */
function scoreBinSql(score: Sql, cuts: readonly number[]): Sql {
  const above = cuts.map((cut) => sql`case when ${score} > ${cut} then 1 else 0 end`);
  return sql`cast(${joinSql([sql`0`, ...above], ' + ')} as bigint)`;
}

interface Measured {
  readonly where: Sql;
  readonly bin?: Sql;
  /** What is summed up, a double. */
  readonly number?: Sql;
}

/** Each row of `from` once for each measure that it counts for, summed up by release, measure and bin. */
function longSql<Measure extends string>(
  from: Sql,
  releaseId: Sql,
  measures: Readonly<Record<Measure, Measured>>,
): Sql {
  const named = Object.entries<Measured>(measures);
  const is = (name: string) => sql`m."measure" = ${name}`;
  const eachSql = (of: (measured: Measured) => Sql | undefined, otherwise: Sql) => {
    const cases = named.flatMap(([name, measured]) => {
      const value = of(measured);
      return value === undefined ? [] : [sql`when ${is(name)} then ${value}`];
    });
    return cases.length === 0 ? otherwise : sql`case ${joinSql(cases, ' ')} else ${otherwise} end`;
  };
  const names = listSql(named.map(([name]) => sql`(${name})`));
  const counts = joinSql(
    named.map(([name, { where }]) => sql`(${is(name)} and (${where}))`),
    ' or ',
  );
  const bin = eachSql(({ bin }) => bin, bigintSql(0));
  const number = eachSql(({ number }) => number, sql`cast(0 as double)`);
  return sql`
    select "release_id", "measure", "bin", count(*) as "n", sum("x") as "total", sum("x" * "x") as "squares"
    from (
      select ${releaseId} as "release_id", m."measure" as "measure", ${bin} as "bin", ${number} as "x"
      from ${from} cross join (values ${names}) m ("measure")
      where ${counts}
    ) measured
    group by "release_id", "measure", "bin"`;
}
