/** Every kind of long-running work: each is a state machine under state-machines/, and the first part of an execution's id. */
export const FLOWS = [
  'ingest',
  'ingest-table',
  'materialize',
  'train',
  'rollout',
  'training-set',
  'reconcile',
  'skew-audit',
  'drift-scan',
  'batch-predict',
] as const;
export type Flow = (typeof FLOWS)[number];
