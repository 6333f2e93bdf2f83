/** Whether and how a column differs from the reference. */
export interface ColumnDrift {
  /** `view:feature`, `score` or `decision`. */
  readonly column: string;
  readonly role: 'input' | 'prediction';
  /** Null for all rows. */
  readonly segment: string | null;
  readonly outcome: 'stable' | 'drifting' | 'not-computable';
  readonly because: string;
  readonly rows: { readonly reference: number; readonly live: number; readonly effectiveLive: number };
  readonly tests: readonly DriftTest[];
  /** The histogram behind it. */
  readonly bins: readonly DriftBin[];
  /** By name; all of them finite. */
  readonly numbers: Readonly<Record<string, number>>;
}

export type DriftTestName = 'psi' | 'ks' | 'chi_square' | 'new_categories' | 'missing';

/** One way in which a column may differ: it drifts when the difference is large enough and is no chance. */
export interface DriftTest {
  readonly test: DriftTestName;
  /** Size of the difference, in the unit of its limit; null when not computable. */
  readonly effect: number | null;
  readonly effectLimit: number;
  readonly pValue: number | null;
  /** What the scan leaves this test of the error budget. */
  readonly alpha: number;
  readonly isDrifting: boolean;
}

/** Shares of all rows, those without a value included: 0 to 1. */
export interface DriftBin {
  /** `below 3`, `[3, 7.5)`, `7.5 and above`, a category, `other`, `new` or `missing`. */
  readonly label: string;
  readonly reference: number;
  readonly live: number;
}

/** What follows for the model from all its columns. */
export interface DriftJudgement {
  readonly outcome: ColumnDrift['outcome'];
  readonly because: string;
  /** Of the window. */
  readonly rows: number;
  readonly effectiveRows: number;
  readonly referenceRows: number;
  /** Drifting ones first, then those that were not computable; by the size of the difference over its limit. */
  readonly columns: readonly ColumnDrift[];
}
