import type { ValueType } from '../definitions/value-type.ts';
import { SQL_TYPES } from './offline-table-sql.ts';
import { column, type SpanInput, type SpanLayout } from './span-plan.ts';
import { joinSql, listSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';

/** Numbers beyond count as missing for sum and mean; see `MAX_SUMMAND`. */
const MAX_SUMMAND = rawSql('1E12');

/**
 * `hg_rows`: the rows that are inside some span at a tick that is wanted, with key `hg_k`, spans `hg_b` to `hg_e`
 * (`hg_b` null when empty) and inputs `hg_x`; `hg_o` numbers an entity's rows from oldest to latest.
 */
export function spanRowsSql({ plan, inputs }: SpanLayout): Sql {
  const first = wholeSql(plan.firstTickMs);
  const needsOrder = inputs.some((input) => input.uses.has('last'));
  const order = sql`row_number() over (
    partition by ${listSql(plan.keys)} order by r."event_time_ms", r."known_at_ms", r."loaded_at_ms", r."seq"
  ) as "hg_o"`;
  const read = listSql([
    ...plan.keys.map((key, i) => sql`${key} as ${column('k', i)}`),
    ...plan.spans.flatMap((span, i) => [
      sql`${span.begin} as ${column('b', i)}`,
      sql`${span.end} as ${column('e', i)}`,
    ]),
    ...inputs.map(({ input }, i) => sql`${input} as ${column('x', i)}`),
    ...(needsOrder ? [order] : []),
  ]);
  const kept = listSql([
    ...plan.keys.map((_, i) => column('k', i)),
    ...plan.spans.flatMap((_, i) => {
      const [begin, end] = [column('b', i), column('e', i)];
      return [sql`case when ${begin} < ${end} then greatest(${begin}, ${first}) end as ${begin}`, end];
    }),
    ...inputs.map((_, i) => column('x', i)),
    ...(needsOrder ? [rawSql('"hg_o"')] : []),
  ]);
  const last = wholeSql(plan.lastTickMs);
  const isWanted = plan.spans.map((_, i) => {
    const [begin, end] = [column('b', i), column('e', i)];
    return sql`(${begin} < ${end} and ${begin} <= ${last} and ${end} >= ${first})`;
  });
  return sql`"hg_rows" as (
    select ${kept}
    from (select ${read} from ${plan.rows}) s
    where ${joinSql(isWanted, ' or ')}
  )`;
}

/** `hg_tiles`: rows of one entity that are inside the same ticks of every span, taken together. */
export function spanTilesSql({ plan, inputs, keyColumns }: SpanLayout): Sql {
  const spans = listSql(plan.spans.flatMap((_, i) => [column('b', i), column('e', i)]));
  const partials = inputs.flatMap((input, i) => partialsOf(input, i));
  return sql`"hg_tiles" as (
    select ${listSql([keyColumns, spans, sql`count(*) as "hg_n"`, ...partials])}
    from "hg_rows"
    group by ${keyColumns}, ${spans}
  )`;
}

function partialsOf(input: SpanInput, i: number): readonly Sql[] {
  const x = column('x', i);
  const partials: Sql[] = [];
  const isSummed = input.uses.has('sum') || input.uses.has('mean');
  if (isSummed) {
    partials.push(sql`sum(${summandSql(input.type, x)}) as ${column('s', i)}`);
    partials.push(sql`count(${summandSql(input.type, x)}) as ${column('t', i)}`);
  }
  if (input.uses.has('count')) partials.push(sql`count(${x}) as ${column('c', i)}`);
  if (input.uses.has('min')) partials.push(sql`min(${x}) as ${column('min', i)}`);
  if (input.uses.has('max')) partials.push(sql`max(${x}) as ${column('max', i)}`);
  if (input.uses.has('last')) {
    const order = sql`case when ${x} is not null then "hg_o" end`;
    partials.push(sql`max_by(${x}, ${order}) as ${column('v', i)}`, sql`max(${order}) as ${column('o', i)}`);
  }
  return partials;
}

/** As `summandOf`: a whole number of millionths, rounded half away from zero, so that sums are exact; whole numbers stay themselves. */
export function summandSql(type: ValueType, x: Sql): Sql {
  if (type === 'int64') return sql`cast(${x} as decimal(38, 0))`;
  return sql`case when abs(${x}) <= ${MAX_SUMMAND} then cast(cast(round(${x} * 1E6) as bigint) as decimal(38, 0)) end`;
}

/** The SQL type of each column `partialsOf` can make, for a null of that type. */
export function partialType(kind: string, input: SpanInput): Sql {
  if (kind === 's') return rawSql('decimal(38, 0)');
  if (kind === 'v') return rawSql(SQL_TYPES[input.type]);
  return rawSql('bigint');
}
