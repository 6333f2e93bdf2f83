import type { Definitions } from '../definitions/definitions.ts';
import type { Source } from '../definitions/source.ts';

/** Where the join keys of each feature view over a source stand among its columns; views with the same ones once. */
export function keyPlaces(
  { featureViews }: Pick<Definitions, 'featureViews'>,
  source: Source,
): readonly (readonly number[])[] {
  const names = source.columns.map(({ name }) => name);
  const places = featureViews
    .filter((view) => view.source === source.name)
    .map(({ keyColumns }) => keyColumns.map((name) => names.indexOf(name)));
  return [...new Map(places.map((one) => [one.join(), one])).values()];
}
