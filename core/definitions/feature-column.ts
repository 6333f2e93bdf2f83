import type { FeatureRef } from './feature-view.ts';

/** Name of a feature where features of several views stand side by side: in training sets and in on-demand expressions. */
export function featureColumn({ view, feature }: FeatureRef): string {
  return `${view}__${feature}`;
}
