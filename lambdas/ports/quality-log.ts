import type { QualityReport } from '../../contracts/quality.ts';

/** The newest quality report of each view's table, of blocked runs too. */
export interface QualityLog {
  /** Keeps the report unless a later run has been reported. Safe to repeat. */
  keep(table: string, report: QualityReport): Promise<void>;
  /** Null before the first run that was judged. */
  newest(table: string): Promise<QualityReport | null>;
}
