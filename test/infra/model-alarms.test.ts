import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import { ModelAlarms, modelAlarmIds } from '../../lib/constructs/model-alarms.ts';
import { fixtureDefinitions } from './fixture-definitions.ts';
import { resourcesOf } from './synth.ts';
import { watchedModel } from './watched-model.ts';

type Properties = Readonly<Record<string, unknown>>;

function alarmsOf(model: Model): Readonly<Record<string, Properties>> {
  const stack = new Stack(new App(), 'stack');
  new ModelAlarms(stack, 'Watch', { stage: 'dev', model, topics: [new Topic(stack, 'Topic')] });
  return Object.fromEntries(
    resourcesOf(Template.fromStack(stack), 'AWS::CloudWatch::Alarm').map(([, { Properties: properties }]) => [
      String(properties['AlarmName']).split('/').at(-1),
      properties,
    ]),
  );
}

describe('the alarms of a model', () => {
  it('watch inputs, answers, the truth, silence and retraining, by the metrics of that model', () => {
    const alarms = alarmsOf(watchedModel());
    expect(Object.fromEntries(Object.entries(alarms).map(([id, alarm]) => [id, alarm['MetricName']]))).toEqual({
      PredictionsFailing: 'FailedPredictions',
      InputsUnhealthy: 'UnhealthyInputs',
      Drifting: 'PersistentDrift',
      Degraded: 'PerformanceDegraded',
      ScansSilent: 'DriftScans',
      RetrainingEscalated: 'RetrainingEscalated',
      RetrainingFailing: 'RetrainingFailed',
      BatchRefusals: 'BatchRefusals',
    });
    const dimensions = [
      { Name: 'Model', Value: 'churn_1' },
      { Name: 'Stage', Value: 'dev' },
    ];
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({ Namespace: 'Headgate', Dimensions: dimensions, AlarmActions: [{}] });
    }
    expect(Object.keys(alarms).sort()).toEqual([...modelAlarmIds(watchedModel())].sort());
  });

  it('go off when no scan was seen for three intervals: silence is a breach', () => {
    expect(alarmsOf(watchedModel(null, HOUR_MS))['ScansSilent']).toMatchObject({
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 3600,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
    expect(alarmsOf(watchedModel(null, MINUTE_MS))['ScansSilent']).toMatchObject({ Period: 60, EvaluationPeriods: 3 });
    expect(alarmsOf(watchedModel(null, DAY_MS))['ScansSilent']).toMatchObject({
      Period: 86_400,
      EvaluationPeriods: 3,
    });
  });

  it.each([MINUTE_MS, 4 * MINUTE_MS, HOUR_MS, DAY_MS])(
    'keep to what CloudWatch looks back, for scans every %i ms',
    (everyMs) => {
      for (const alarm of Object.values(alarmsOf(watchedModel(null, everyMs)))) {
        const [period, periods] = [Number(alarm['Period']), Number(alarm['EvaluationPeriods'])];
        expect(period % 60).toBe(0);
        expect(period * periods).toBeLessThanOrEqual(period < 3600 ? 86_400 : 7 * 86_400);
      }
    },
  );

  it('are few for a model that nobody watches', () => {
    expect(Object.keys(alarmsOf(fixtureDefinitions().models[0]!))).toEqual(['PredictionsFailing']);
  });
});
