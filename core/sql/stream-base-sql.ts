import type { ResolvedView } from '../definitions/definitions.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { admissionSql } from '../quality/admission.ts';
import type { StreamLayout, StreamSlot } from '../streaming/stream-layout.ts';
import { REMEMBERED_EVENTS } from '../streaming/stream-state.ts';
import { countedRowsSql } from './counted-rows-sql.ts';
import { aggregateInputSql, completeKeySql, entityKeysSql, type TableSnapshot } from './offline-table-sql.ts';
import { column } from './span-plan.ts';
import { summandSql } from './span-rows-sql.ts';
import { joinSql, listSql, nameSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';
import { ceilTickSql } from './tick-sql.ts';

export interface BaseScope {
  /** Entities without a row that was loaded later are left out: their base is online already. */
  readonly onlineToMs: number;
  /** Rows loaded by then are taken together; those loaded later by run. */
  readonly baseToMs: number;
}

/**
 * The tiles of a streamed view by entity, as of the table's watermark: join keys, `hg_newest` (when the newest row came
 * that counts by then), `hg_tiles` and `hg_events`, which `readBase` reads.
 *
 * A tile is `run,tile,from,slot,slot…` with empty fields for what it lacks, tiles are separated by `;`. `run` is 0 for
 * rows in the base. Text is `x` and its UTF-8 in hexadecimal, so that no separator is in it and no text is empty.
 */
export function streamBaseSql(
  resolved: ResolvedView,
  layout: StreamLayout,
  table: TableSnapshot,
  { onlineToMs, baseToMs }: BaseScope,
): Sql {
  const { view, entity, source } = resolved;
  const keys = entityKeysSql(view.keyColumns, 'r');
  const keyColumns = rawSql(keys.map((_, i) => column('k', i).text).join(', '));
  const times = rawSql('r."event_time_ms", r."known_at_ms", r."loaded_at_ms", r."seq"');
  const begin = rawSql('greatest(r."event_time_ms", r."known_at_ms")');
  const atMs = wholeSql(table.watermarkMs);
  const id = source.eventIdColumn === null ? null : nameSql(source.eventIdColumn, 'r');
  const read = listSql([
    ...keys.map((key, i) => sql`${key} as ${column('k', i)}`),
    times,
    sql`case when r."loaded_at_ms" > ${wholeSql(baseToMs)} then r."loaded_at_ms" else 0 end as "hg_run"`,
    sql`${ceilTickSql(rawSql('r."event_time_ms"'), layout.tileMs)} as "hg_tile"`,
    sql`${begin} as "hg_begin", case when ${begin} > ${atMs} then ${begin} end as "hg_from"`,
    sql`row_number() over (partition by ${listSql(keys)} order by ${times}) as "hg_o"`,
    sql`max(r."loaded_at_ms") over (partition by ${listSql(keys)}) as "hg_loaded"`,
    ...(id === null ? [] : [sql`substr(to_hex(sha256(to_utf8(cast(${id} as varchar)))), 1, 16) as "hg_event"`]),
    ...layout.inputs.map((input, i) => sql`${aggregateInputSql(source, input, 'r')} as ${column('x', i)}`),
  ]);
  const counted = countedRowsSql(source, table, 'r', (of) => admissionSql({ view, source }, of));
  const rows = sql`"hg_rows" as (
    select * from (select ${read} from ${counted} where ${completeKeySql(keys)}) s where "hg_loaded" > ${onlineToMs}
  )`;
  const cell = joinSql(
    [
      rawSql('cast("hg_run" as varchar), cast("hg_tile" as varchar)'),
      sql`coalesce(cast("hg_from" as varchar), ${''})`,
      ...layout.slots.map((slot) => sql`coalesce(${slotSql(slot)}, ${''})`),
    ],
    ', ',
  );
  const isLiving = sql`("hg_from" is not null or "hg_tile" + ${wholeSql(layout.longestMs)} > ${atMs})`;
  const tiles = sql`"hg_tiles" as (
    select ${keyColumns}, max(case when "hg_from" is null then "hg_begin" end) as "hg_newest",
      case when ${isLiving} then array_join(array[${cell}], ${','}) end as "hg_text"
    from "hg_rows" group by ${keyColumns}, "hg_run", "hg_tile", "hg_from"
  )`;
  const entities = sql`"hg_entities" as (
    select ${keyColumns}, max("hg_newest") as "hg_newest", array_join(array_agg("hg_text"), ${';'}) as "hg_tiles"
    from "hg_tiles" group by ${keyColumns}
  )`;
  const onKeys = keys.map((_, i) => sql`v.${column('k', i)} = e.${column('k', i)}`);
  const named = entity.joinKeys.map(({ name }, i) => sql`e.${column('k', i)} as ${nameSql(name)}`);
  const columns = [...named, rawSql('e."hg_newest", e."hg_tiles"')];
  if (id === null) {
    return sql`with ${listSql([rows, tiles, entities])} select ${listSql([...columns, sql`${''} as "hg_events"`])} from "hg_entities" e`;
  }
  const events = sql`"hg_named" as (
    select ${keyColumns}, array_join(array_agg("hg_event" order by "loaded_at_ms", "seq"), ${','}) as "hg_events"
    from (
      select ${keyColumns}, "hg_event", "loaded_at_ms", "seq",
        row_number() over (partition by ${keyColumns} order by "loaded_at_ms" desc, "seq" desc) as "hg_rank"
      from "hg_rows" where "hg_event" is not null
    ) n
    where "hg_rank" <= ${wholeSql(REMEMBERED_EVENTS)} group by ${keyColumns}
  )`;
  return sql`with ${listSql([rows, tiles, entities, events])}
    select ${listSql([...columns, sql`coalesce(v."hg_events", ${''}) as "hg_events"`])}
    from "hg_entities" e left join "hg_named" v on ${joinSql(onKeys, ' and ')}`;
}

/** What a tile holds for a slot, as text; null when no row takes part. */
function slotSql({ kind, input, type }: StreamSlot): Sql {
  const x = column('x', input);
  const text = (value: Sql) => sql`cast(${value} as varchar)`;
  switch (kind) {
    case 'counted':
      return sql`case when count(${x}) > 0 then ${text(sql`count(${x})`)} end`;
    case 'added': {
      const summand = summandSql(type, x);
      return sql`case when count(${summand}) > 0 then ${text(sql`count(${summand})`)} || ${':'} || ${text(sql`sum(${summand})`)} end`;
    }
    case 'least':
      return valueSql(type, sql`min(${x})`);
    case 'greatest':
      return valueSql(type, sql`max(${x})`);
    case 'newest': {
      const order = sql`case when ${x} is not null then "hg_o" end`;
      const newest = (of: Sql) => sql`max_by(${of}, ${order})`;
      const times = ['event_time_ms', 'known_at_ms', 'loaded_at_ms', 'seq'].map((name) => text(newest(nameSql(name))));
      return times.reduce((all, one) => sql`${all} || ${':'} || ${one}`, valueSql(type, newest(x)));
    }
  }
}

function valueSql(type: ValueType, value: Sql): Sql {
  return type === 'string' ? sql`${'x'} || to_hex(to_utf8(${value}))` : sql`cast(${value} as varchar)`;
}
