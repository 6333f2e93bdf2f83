import type { Row, Value } from '../definitions/value-type.ts';
import type { AuditInstant } from './audit-instants.ts';

/** A served vector and what the offline store says it should have been. */
export interface AuditedVector {
  readonly predictionId: string;
  /** Join key values by name. */
  readonly entities: Readonly<Record<string, string | number>>;
  /** Served values by `view:feature`, as evidence tells them. */
  readonly served: Row;
  /** What was rebuilt at each instant, in their order. */
  readonly rebuilt: readonly { readonly instant: AuditInstant; readonly values: Row }[];
}

export interface FeatureAgreement {
  /** `view:feature`. */
  readonly ref: string;
  readonly compared: number;
  /** Equal to what serving could have known when it read. */
  readonly exact: number;
  /** Equal to what could have been known up to ten minutes earlier. */
  readonly late: number;
  /** The largest lag among the late; 0 when there is none. */
  readonly maxLagMs: number;
  readonly mismatched: number;
}

export interface Mismatch {
  readonly predictionId: string;
  readonly entities: AuditedVector['entities'];
  readonly ref: string;
  readonly served: Value;
  /** At the instant at which the features were read. */
  readonly rebuilt: Value;
}

export interface VectorComparison {
  readonly vectors: number;
  /** Vectors with at least one mismatched feature. */
  readonly mismatchedVectors: number;
  /** In the order of `refs`. */
  readonly features: readonly FeatureAgreement[];
  /** The first ones, at most `MAX_EXAMPLES`. */
  readonly mismatches: readonly Mismatch[];
}

const MAX_EXAMPLES = 100;

/** Compares value by value; numbers are equal when they are the same double (0 and -0 are one number). */
export function compareVectors(refs: readonly string[], vectors: readonly AuditedVector[]): VectorComparison {
  const mismatches: Mismatch[] = [];
  const bad = new Set<string>();
  const features = refs.map((ref): FeatureAgreement => {
    let [exact, late, maxLagMs] = [0, 0, 0];
    for (const { predictionId, entities, served, rebuilt } of vectors) {
      const value = served[ref] ?? null;
      const lags = rebuilt.filter(({ values }) => (values[ref] ?? null) === value).map(({ instant }) => instant.lagMs);
      const lagMs = Math.min(...lags); // Infinity when nothing agrees
      if (lagMs === 0) exact++;
      else if (lags.length > 0) {
        late++;
        maxLagMs = Math.max(maxLagMs, lagMs);
      } else {
        bad.add(predictionId);
        const shown = rebuilt[0]?.values[ref] ?? null;
        if (mismatches.length < MAX_EXAMPLES) {
          mismatches.push({ predictionId, entities, ref, served: value, rebuilt: shown });
        }
      }
    }
    const mismatched = vectors.length - exact - late;
    return { ref, compared: vectors.length, exact, late, maxLagMs, mismatched };
  });
  return { vectors: vectors.length, mismatchedVectors: bad.size, features, mismatches };
}
