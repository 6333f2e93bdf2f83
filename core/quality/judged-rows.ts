import type { MaterializationRun } from '../offline/materialization-run.ts';
import { EARLIEST_MS, LATEST_MS } from '../offline/materialization-run.ts';

/**
 * The source rows that expectations of one run are about: loaded after `loadedFromMs` and up to `watermarkMs`, with
 * `fromMs` < event time <= `toMs`. Runs that follow each other judge every row of the source once; a run over a range
 * that was asked for judges the rows whose event times lie in it, whether they were judged before or not.
 */
export type JudgedRows = Pick<MaterializationRun, 'fromMs' | 'toMs' | 'loadedFromMs' | 'watermarkMs'>;

export function judgedRows(
  run: JudgedRows,
  view: { readonly judgedToMs: number; readonly isOfRange: boolean },
): JudgedRows {
  const { fromMs, toMs, watermarkMs } = run;
  if (view.isOfRange) return { fromMs, toMs, loadedFromMs: 0, watermarkMs };
  return {
    fromMs: EARLIEST_MS,
    toMs: LATEST_MS,
    loadedFromMs: view.judgedToMs,
    watermarkMs,
  };
}
