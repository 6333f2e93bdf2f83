/** The newest audit of what the model was served. */
export type SkewEvidence =
  /** Nothing is served yet. */
  | { readonly kind: 'nothing-served' }
  | { readonly kind: 'no-audit' }
  | {
      readonly kind: 'audited';
      readonly auditId: string;
      readonly releaseId: string;
      /** How old the audit was when training ended; at or above 0. */
      readonly ageMs: number;
      readonly vectors: number;
      readonly mismatchedVectors: number;
    };
