import { InvalidInputError } from '../errors.ts';

/** Where offline tables keep their rows: one prefix per table, day of loading, and run. */

const VIEW_TABLE = /^view_([a-z][a-z0-9_]*)_([0-9a-f]{12})$/;
const SOURCE_TABLE = /^source_([a-z][a-z0-9_]*)$/;

/** Glue table of a source's rows. */
export function sourceTable(source: string): string {
  return `source_${source}`;
}

/** Glue table of one version of a feature view. */
export function viewTable(view: string, version: string): string {
  return `view_${view}_${version}`;
}

/** Prefix of everything a table holds, with the slash at its end. @throws InvalidInputError for a name that is no offline table */
export function tablePrefix(table: string): string {
  const view = VIEW_TABLE.exec(table);
  if (view !== null) return `view/${view[1]}/${view[2]}/`;
  const source = SOURCE_TABLE.exec(table);
  if (source !== null) return `source/${source[1]}/`;
  throw new InvalidInputError(`"${table}" is no offline table; allowed: source_<source>, view_<view>_<12 hex digits>`, {
    table,
  });
}

/**
 * Prefix of the rows one run wrote: every row of a run has the run's load time, so a run lies in one day. A run that is
 * given up and opened anew gets another load time, and with it another prefix: rows that are deleted are never its new ones.
 */
export function runPrefix(table: string, run: { readonly runId: string; readonly loadedAtMs: number }): string {
  return `${tablePrefix(table)}loaded_day=${dayOf(run.loadedAtMs)}/${run.runId}-${run.loadedAtMs}/`;
}

/** The UTC day of an instant as `YYYY-MM-DD`. */
export function dayOf(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10);
}
