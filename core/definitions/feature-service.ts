import type { FeatureRef } from './feature-view.ts';

/** A named list of features that are read together. */
export interface FeatureService {
  readonly kind: 'featureService';
  readonly name: string;
  /** In the order they are answered. `view` is a feature view, an on-demand feature view or one of the `aliases`. */
  readonly features: readonly FeatureRef[];
  /** Feature views that are read under another name, by other join keys: origin and destination of one trip. */
  readonly aliases: readonly ViewAlias[];
  readonly description: string;
  readonly owner: string;
}

export interface ViewAlias {
  readonly name: string;
  readonly view: string;
  /** Name that stands for each join key of the view's entity, in the entity's order. */
  readonly joinKeys: readonly string[];
}
