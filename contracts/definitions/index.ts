/** What definition files import as `#headgate`. */
export { entity } from './entity.ts';
export {
  expectFresh,
  expectNotNull,
  expectNullShare,
  expectRange,
  expectRow,
  expectSet,
  expectUnique,
  expectVolume,
} from './expectation.ts';
export { greatest, least, sqlText, value, when } from './expression-functions.ts';
export { column, count, countDistinct, expression, feature, last, max, mean, min, sum } from './feature.ts';
export { alias, featureService } from './feature-service.ts';
export { featureView } from './feature-view.ts';
export {
  attributionGate,
  costGate,
  dataQualityGate,
  latencyGate,
  metricGate,
  regressionGate,
  skewGate,
} from './gate.ts';
export { futureLabel, observedLabel } from './label.ts';
export { model } from './model.ts';
export { onDemandFeatureView } from './on-demand-feature-view.ts';
export { segment } from './segment.ts';
export { fairnessGate, sliceGate } from './segment-gates.ts';
export { source } from './source.ts';
