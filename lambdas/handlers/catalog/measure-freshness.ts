import middy from '@middy/core';
import { type MeasureFreshnessDeps, measureFreshness } from '../../use-cases/catalog/measure-freshness.ts';

export function makeMeasureFreshness(deps: MeasureFreshnessDeps) {
  return middy(async () => measureFreshness(deps));
}
