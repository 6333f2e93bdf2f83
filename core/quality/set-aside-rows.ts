import type { ResolvedView } from '../definitions/definitions.ts';
import type { SourceRow } from '../point-in-time/offline-row.ts';
import { admission } from './admission.ts';

/** A row that a view sets aside, by its position in its load, and the rules it breaks. */
export interface SetAsideRow {
  readonly seq: number;
  readonly view: string;
  readonly rules: readonly string[];
}

/** Which of the rows break a quarantine rule of which view, in order of view and row. */
export function setAsideRows(
  views: readonly ResolvedView[],
  rows: readonly Pick<SourceRow, 'values' | 'seq'>[],
): readonly SetAsideRow[] {
  return views.flatMap((resolved) => {
    const brokenRules = admission(resolved);
    return rows
      .map(({ values, seq }) => ({ seq, view: resolved.view.name, rules: brokenRules(values) }))
      .filter(({ rules }) => rules.length > 0);
  });
}
