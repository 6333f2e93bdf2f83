import type { ValueType } from './value-type.ts';

/**
 * Features computed when they are asked for, from stored features and from values that come with the request: by a
 * closure in serving, by SQL over the same names in training.
 */
export interface OnDemandFeatureView {
  readonly kind: 'onDemandFeatureView';
  readonly name: string;
  /** Values that the caller gives with a request; a training set takes them from its entity table or label source. */
  readonly request: readonly RequestField[];
  /** At least one. */
  readonly features: readonly OnDemandFeature[];
  readonly description: string;
  readonly owner: string;
}

export interface RequestField {
  readonly name: string;
  readonly type: ValueType;
}

export interface OnDemandFeature {
  readonly name: string;
  readonly type: ValueType;
  /**
   * Expression in the grammar of core/expression over `view__feature` (a stored feature), the names of `request`, and
   * `request_time` (a timestamp: the instant of the request, or of the row of a training set).
   */
  readonly sql: string;
  readonly description: string;
}

/** Name under which an on-demand expression reads the instant it is computed for. */
export const REQUEST_TIME = 'request_time';
