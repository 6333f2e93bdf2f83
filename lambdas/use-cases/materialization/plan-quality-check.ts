import type { QualityCheckPlan } from '../../../contracts/quality.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { tablePrefix, viewTable } from '../../../core/offline/table-layout.ts';
import { type JudgedRows, judgedRows } from '../../../core/quality/judged-rows.ts';
import { measureSql } from '../../../core/quality/measure-sql.ts';
import type { TableSnapshot } from '../../../core/sql/offline-table-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { TableHead } from '../../ports/table-log.ts';

export interface QualityCheckAsk {
  readonly runId: string;
  readonly loadedAtMs: number;
  readonly run: JudgedRows;
  /** Whether somebody asked for a range: such a run does not follow the one before. */
  readonly isOfRange: boolean;
  readonly source: TableHead;
  readonly head: TableHead;
  readonly plannedAtMs: number;
}

/** What is measured about a run between its computation and its commit; nothing for a view that expects nothing. */
export function planQualityCheck(place: QueryPlace, resolved: ResolvedView, ask: QualityCheckAsk): QualityCheckPlan {
  if (resolved.view.expectations.length === 0) return { action: 'nothing' };
  const { name } = resolved.view;
  const judged = judgedRows(ask.run, { judgedToMs: ask.head.judgedToMs, isOfRange: ask.isOfRange });
  const written = { ...place, table: viewTable(name, resolved.version), loadedAtMs: ask.loadedAtMs };
  const prefix = measuresPrefix(ask.runId);
  const statement = measureSql(resolved, sourceSnapshot(place, ask.source.table, judged), judged, written);
  return {
    action: 'measure',
    prefix,
    query: unloadQuery(place, statement, prefix, `the expectations of feature view ${name}`),
    expectations: digestOf(resolved.view.expectations),
    judged,
    plannedAtMs: ask.plannedAtMs,
    newestEventTimeMs: ask.source.newestEventTimeMs,
    volumesBefore: ask.head.recent.flatMap(({ volume }) => volume ?? []),
  };
}

export function sourceSnapshot(place: QueryPlace, table: string, judged: JudgedRows): TableSnapshot {
  return { database: place.database, table, watermarkMs: judged.watermarkMs };
}

/** Where the measures of a run lie; they expire. */
export function measuresPrefix(runId: string): string {
  return `quality/${runId}/`;
}

/** Where the source rows lie that a run set aside. */
export function setAsidePrefix(table: string, runId: string): string {
  return `quarantine/${tablePrefix(table)}${runId}/`;
}
