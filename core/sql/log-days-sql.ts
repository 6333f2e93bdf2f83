import { DAY_MS, HOUR_MS } from '../clock.ts';
import { dayOf } from '../offline/table-layout.ts';
import { type Sql, sql } from './sql.ts';

/**
 * A log lies in folders of the day that the oldest record of a file arrived: what is asked just after midnight may lie
 * with what was asked just before. A file gathers records for a minute; an hour is for a stream that lags, and clocks.
 * Source: Amazon Data Firehose developer guide, custom prefixes for S3 objects, namespace `timestamp`.
 */
const OLDEST_OF_FILE_MS = HOUR_MS;
/** Longest that a record waits until it is written. */
const LATEST_DELIVERY_MS = DAY_MS;

/** The days of the prediction or outcome log with all that was recorded from `fromMs` to `toMs`; it prunes and decides nothing. */
export function logDaysSql(fromMs: number, toMs: number): Sql {
  return sql`"dt" >= ${dayOf(fromMs - OLDEST_OF_FILE_MS)} and "dt" <= ${dayOf(toMs + LATEST_DELIVERY_MS)}`;
}
