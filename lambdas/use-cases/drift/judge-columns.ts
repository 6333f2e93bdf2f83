import type { DriftReport, ScanScope } from '../../../contracts/drift-scan.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';

export interface JudgeColumnsDeps extends RowsBelowDeps {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly definitions: Definitions;
  readonly artifactBucket: string;
}

/** Share of each input's values that were missing, live and in the reference. */
export type MissingShares = readonly {
  /** `view:feature`. */
  readonly column: string;
  /** Live rows that tell what they were served. */
  readonly rows: number;
  readonly reference: number;
  readonly live: number;
}[];

export interface JudgedColumns {
  /** Null when the model does not look for drift. */
  readonly findings: DriftReport['drift'];
  readonly missing: MissingShares;
}

/** Judges what the queries of `planColumns` counted. */
export async function judgeColumns(
  _deps: JudgeColumnsDeps,
  _scope: ScanScope,
  _earlier: readonly DriftReport[],
): Promise<JudgedColumns> {
  return { findings: null, missing: [] };
}
