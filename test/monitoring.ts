import type { Monitoring } from '../core/definitions/monitoring.ts';

/** Evidence for a month, and nobody looks. */
export const UNWATCHED: Monitoring = { evidenceRetentionDays: 30, drift: null, performance: null, retraining: null };
