import { BugError } from '../errors.ts';
import type { Aggregate, FeatureView } from './feature-view.ts';

/** The aggregate of each feature of an aggregated view, in the view's order. */
export function aggregatesOf(view: FeatureView): readonly Aggregate[] {
  return view.features.map(({ compute }) => {
    if (compute.kind !== 'aggregate') throw mixed(view);
    return compute;
  });
}

/** The expression over the source's columns of each feature of a row-level view, in the view's order. */
export function rowExpressionsOf(view: FeatureView): readonly string[] {
  return view.features.map(({ compute }) => {
    if (compute.kind === 'aggregate') throw mixed(view);
    return compute.kind === 'column' ? compute.column : compute.sql;
  });
}

function mixed(view: FeatureView): BugError {
  return new BugError(`view ${view.name} mixes aggregates and single rows`);
}
