/**
 * What Trino means and DuckDB does not, as DuckDB macros. Macros with `typeof` see constants: DuckDB folds the test
 * away before it reads a row. `cast_to_type(x, y)` gives `x` the type of `y`, which keeps one macro right for every
 * type.
 *
 * Checked by: test/local/athena-functions.test.ts, one line for each function with its value from Trino's pages.
 *
 * Known differences that remain, by kind:
 * - division of two decimals, and AVG of decimals: Trino gives a decimal, DuckDB a double; division is refused, AVG
 *   is a double
 * - comparison with NaN: Trino's `<`, `>` and `=` are false, DuckDB orders NaN above every number and equal to itself
 * - an index outside an array: Trino fails, DuckDB gives NULL (`element_at` is NULL in both)
 * - DATE ± INTERVAL: a timestamp in DuckDB, a date in Trino (`date_add` keeps the date)
 * - CAST of a double to VARCHAR: `1.0E10` in Trino, `10000000000.0` in DuckDB
 * - `AT TIME ZONE` changes an instant into local time in DuckDB and keeps the instant in Trino
 * - `approx_percentile` is exact here, and `approx_distinct` uses another sketch than Trino's
 * - `from_big_endian_64(xxhash64(x))` is another hash than Trino's, as well spread and never negative
 * - timestamps have microseconds; Athena's have milliseconds
 * - regular expressions are RE2's in both, but for look-around, which Trino's Joni has
 */
export const MACROS: readonly string[] = [
  // int / int is an int, rounded to zero; a zero divisor fails for ints and is ±Infinity or NaN for doubles
  `trino_divide(a, b) AS ${division("error('DIVISION_BY_ZERO: Division by zero')", "error('NOT_SUPPORTED: the laptop''s Athena does not divide decimals, whose result Trino rounds; cast one side to DOUBLE')")}`,
  `trino_try_divide(a, b) AS ${division('NULL', 'NULL')}`,
  `trino_mod(a, b) AS ${remainder("error('DIVISION_BY_ZERO: Division by zero')")}`,
  `trino_try_mod(a, b) AS ${remainder('NULL')}`,
  ...['BIGINT', 'INTEGER', 'SMALLINT', 'TINYINT'].flatMap(integerCasts),
  `trino_to_varchar(a) AS CASE
     WHEN typeof(a) = 'TIMESTAMP' THEN strftime(TRY_CAST(a AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
     ELSE CAST(a AS VARCHAR) END`,
  // numbers
  `trino_ceil(a) AS CASE WHEN ${isWhole('a')} THEN a ELSE cast_to_type(ceil(a), a) END`,
  `trino_floor(a) AS CASE WHEN ${isWhole('a')} THEN a ELSE cast_to_type(floor(a), a) END`,
  `trino_sign(a) AS cast_to_type(sign(a), a)`,
  `trino_power(a, b) AS power(CAST(a AS DOUBLE), CAST(b AS DOUBLE))`,
  `trino_ln(a) AS ${logarithm('ln')}`,
  `trino_log2(a) AS ${logarithm('log2')}`,
  `trino_log10(a) AS ${logarithm('log10')}`,
  `trino_log(b, a) AS ${logarithm('ln')} / ln(CAST(b AS DOUBLE))`,
  `trino_sqrt(a) AS CASE WHEN a < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt(CAST(a AS DOUBLE)) END`,
  `trino_e() AS exp(1)`,
  `trino_nan() AS CAST('NaN' AS DOUBLE)`,
  `trino_infinity() AS CAST('Infinity' AS DOUBLE)`,
  `trino_width_bucket(x, bins) AS CAST(len(list_filter(bins, lambda bin: bin <= x)) AS BIGINT),
     (x, lo, hi, n) AS CASE
       WHEN x IS NULL OR lo IS NULL OR hi IS NULL OR n IS NULL THEN NULL
       WHEN lo < hi AND x < lo THEN 0 WHEN lo < hi AND x >= hi THEN CAST(n AS BIGINT) + 1
       WHEN lo > hi AND x > lo THEN 0 WHEN lo > hi AND x <= hi THEN CAST(n AS BIGINT) + 1
       ELSE CAST(floor(CAST(n AS DOUBLE) * (CAST(x AS DOUBLE) - lo) / (CAST(hi AS DOUBLE) - lo)) AS BIGINT) + 1 END`,
  ...['greatest', 'least'].map(
    (name) =>
      `trino_${name}${variadic(2, 8, (args) => `CASE WHEN ${args.map((a) => `${a} IS NULL`).join(' OR ')} THEN NULL ELSE ${name}(${args.join(', ')}) END`)}`,
  ),
  `trino_bitwise_and(a, b) AS CAST(a AS BIGINT) & CAST(b AS BIGINT)`,
  `trino_bitwise_or(a, b) AS CAST(a AS BIGINT) | CAST(b AS BIGINT)`,
  `trino_bitwise_not(a) AS ~CAST(a AS BIGINT)`,
  `trino_bitwise_left_shift(a, n) AS CAST(a AS BIGINT) << n`,
  `trino_bitwise_right_shift(a, n) AS CAST(a AS BIGINT) >> n`,
  `trino_from_base(s, radix) AS CASE radix WHEN 16 THEN CAST(concat('0x', s) AS BIGINT) WHEN 10 THEN CAST(s AS BIGINT)
     ELSE error('NOT_SUPPORTED: the laptop''s Athena knows from_base for 10 and 16') END`,
  // text
  // ß has no capital in Trino, which maps code point by code point
  `trino_upper(s) AS array_to_string(list_transform(string_split(s, 'ß'), lambda part: upper(part)), 'ß')`,
  `trino_concat${variadic(2, 12, (args) => args.join(' || '))}`,
  `trino_replace(s, a) AS replace(s, a, ''), (s, a, b) AS replace(s, a, b)`,
  `trino_codepoint(s) AS unicode(s)`,
  `trino_levenshtein_distance(a, b) AS levenshtein(a, b)`,
  // $1 names a group in Trino's replacement, \\1 in DuckDB's
  `trino_regexp_replace(s, p) AS regexp_replace(s, p, '', 'g'),
     (s, p, r) AS regexp_replace(s, p, regexp_replace(r, '\\$(\\d)', '\\\\\\1', 'g'), 'g')`,
  `trino_to_hex(b) AS hex(b)`,
  `trino_md5(b) AS unhex(md5(b))`,
  `trino_sha1(b) AS unhex(sha1(b))`,
  `trino_sha256(b) AS unhex(sha256(b))`,
  `trino_hash_64(b) AS CASE WHEN b IS NOT NULL THEN CAST(hash(b) >> 1 AS BIGINT) END`,
  // time
  `trino_date(x) AS CAST(x AS DATE)`,
  `trino_date_add(unit, n, x) AS cast_to_type(${byUnit('x + ', {
    millisecond: 'to_milliseconds(CAST(n AS BIGINT))',
    second: 'to_seconds(CAST(n AS BIGINT))',
    minute: 'to_minutes(CAST(n AS BIGINT))',
    hour: 'to_hours(CAST(n AS BIGINT))',
    day: 'to_days(CAST(n AS INTEGER))',
    week: 'to_weeks(CAST(n AS INTEGER))',
    month: 'to_months(CAST(n AS INTEGER))',
    quarter: 'to_months(CAST(3 * n AS INTEGER))',
    year: 'to_years(CAST(n AS INTEGER))',
  })}, x)`,
  // whole units that have passed, not boundaries crossed
  `trino_date_diff(unit, a, b) AS date_sub(lower(unit), a, b)`,
  `trino_date_trunc(unit, x) AS cast_to_type(date_trunc(lower(unit), x), x)`,
  `trino_from_iso8601_timestamp(s) AS CAST(s AS TIMESTAMPTZ)`,
  `trino_millisecond(x) AS millisecond(x) % 1000`,
  // lists, maps, JSON
  `trino_element_at(c, k) AS c[k]`,
  // histogram(width_bucket(x, bins)) in one go: DuckDB's bins are closed on the right, so that it counts -x; NaN, which Trino refuses, is
  // counted last
  `trino_bucket_histogram(x, bins) AS map_from_entries(list_reverse(list_filter(list_zip(range(len(bins), -1, -1), map_values(
     histogram(-CAST(x AS DOUBLE), list_reverse(list_transform(bins, lambda edge: -CAST(edge AS DOUBLE)))))), lambda bin: bin[2] > 0)))`,
  `trino_map_agg(k, v) AS map(list(k ORDER BY k), list(v ORDER BY k))`,
  `trino_geometric_mean(x) AS exp(avg(ln(x)))`,
  `trino_sequence(a, b) AS generate_series(a, b), (a, b, step) AS generate_series(a, b, step)`,
  `trino_array_join(a, d) AS array_to_string(a, d),
     (a, d, n) AS array_to_string(list_transform(a, lambda one: coalesce(CAST(one AS VARCHAR), n)), d)`,
  `trino_array_position(a, x) AS CASE WHEN a IS NULL OR x IS NULL THEN NULL ELSE CAST(coalesce(list_position(a, x), 0) AS BIGINT) END`,
  `trino_array_sort(a) AS list_sort(a, 'ASC', 'NULLS LAST')`,
  `trino_flatten(a) AS flatten(a)`,
  `trino_json_extract_scalar(j, p) AS CASE WHEN json_type(j, p) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE j ->> p END`,
  `trino_json_parse(s) AS CAST(s AS JSON)`,
];

function division(byZero: string, ofDecimals: string): string {
  return `CASE
    WHEN typeof(a // b) = 'DOUBLE' AND typeof(a) NOT IN ('DOUBLE', 'FLOAT') AND typeof(b) NOT IN ('DOUBLE', 'FLOAT')
      AND a IS NOT NULL AND b IS NOT NULL THEN ${ofDecimals}
    WHEN b = 0 AND a IS NOT NULL THEN CASE
      WHEN typeof(a // b) NOT IN ('DOUBLE', 'FLOAT') THEN ${byZero}
      WHEN a = 0 OR isnan(a) THEN cast_to_type('NaN', a // b)
      WHEN a > 0 THEN cast_to_type('Infinity', a // b)
      ELSE cast_to_type('-Infinity', a // b) END
    ELSE a // b END`;
}

function remainder(byZero: string): string {
  return `CASE
    WHEN b = 0 AND a IS NOT NULL AND typeof(a % b) NOT IN ('DOUBLE', 'FLOAT') THEN ${byZero}
    ELSE a % b END`;
}

function isWhole(a: string): string {
  return `typeof(${a}) IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT')`;
}

function logarithm(name: string): string {
  return `CASE WHEN a = 0 THEN CAST('-Infinity' AS DOUBLE) WHEN a < 0 THEN CAST('NaN' AS DOUBLE) ELSE ${name}(CAST(a AS DOUBLE)) END`;
}

/** CAST and TRY_CAST to a whole type: doubles round half away from zero, text must be digits. */
function integerCasts(type: string): string[] {
  const cast = (isTry: boolean) => {
    const [CAST, bad] = isTry
      ? ['TRY_CAST', 'NULL']
      : ['CAST', `error('INVALID_CAST_ARGUMENT: Cannot cast ''' || CAST(a AS VARCHAR) || ''' to ${type}')`];
    return `CASE
      WHEN typeof(a) IN ('DOUBLE', 'FLOAT') THEN ${CAST}(round(TRY_CAST(a AS DOUBLE)) AS ${type})
      WHEN typeof(a) = 'VARCHAR' AND NOT regexp_full_match(CAST(a AS VARCHAR), '\\s*[+-]?[0-9]+\\s*') THEN ${bad}
      ELSE ${CAST}(a AS ${type}) END`;
  };
  const name = type.toLowerCase();
  return [`trino_to_${name}(a) AS ${cast(false)}`, `trino_try_to_${name}(a) AS ${cast(true)}`];
}

function variadic(from: number, to: number, body: (args: readonly string[]) => string): string {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const args = Array.from({ length: from + i }, (__, n) => `a${n}`);
    return `(${args.join(', ')}) AS ${body(args)}`;
  }).join(', ');
}

function byUnit(before: string, units: Readonly<Record<string, string>>): string {
  const cases = Object.entries(units).map(([unit, text]) => `WHEN '${unit}' THEN ${before}${text}`);
  return `CASE lower(unit) ${cases.join(' ')} ELSE error('INVALID_FUNCTION_ARGUMENT: ''' || unit || ''' is not a valid time unit') END`;
}
