import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import { durationText } from '../../core/duration-text.ts';
import { NOTHING_HAPPENED, PlatformAlarm, type PlatformAlarmProps } from './platform-alarm.ts';

export interface ModelAlarmsProps {
  readonly stage: string;
  readonly model: Model;
  readonly topics: readonly ITopic[];
}

type ModelAlarm = Omit<PlatformAlarmProps, 'topics' | 'metric' | 'limit'> & {
  readonly metricName: string;
  readonly statistic: string;
  readonly periodMs: number;
  /** @default 1 */
  readonly limit?: number;
};

/** Scans that may be missed before silence is a breach. */
const MISSED_SCANS = 3;
const SOON = { statistic: Stats.SUM, periodMs: 5 * MINUTE_MS, periods: 1, silence: NOTHING_HAPPENED } as const;
const JUDGED = { isFine: true, because: 'the metric is written only when a scan could judge' } as const;

/** What is watched of a model while it answers: its inputs, its answers, the truth about them, and what trains it again. */
export class ModelAlarms extends Construct {
  constructor(scope: Construct, id: string, { stage, model, topics }: ModelAlarmsProps) {
    super(scope, id);
    for (const [name, alarm] of Object.entries(alarmsOf(model))) {
      const { metricName, statistic, periodMs, limit = 1, ...rest } = alarm;
      const dimensionsMap = { Stage: stage, Model: model.name };
      const period = Duration.millis(periodMs);
      const metric = new Metric({ namespace: 'Headgate', metricName, dimensionsMap, statistic, period });
      new PlatformAlarm(this, name, { ...rest, metric, limit, topics });
    }
  }
}

/** Ids of the alarms of a model, for pages that show them. */
export function modelAlarmIds(model: Model): readonly string[] {
  return Object.keys(alarmsOf(model));
}

function alarmsOf(model: Model): Readonly<Record<string, ModelAlarm>> {
  const { drift, performance, retraining } = model.monitoring;
  return {
    PredictionsFailing: {
      ...SOON,
      metricName: 'FailedPredictions',
      limit: 5,
      periods: 2,
      meaning: `Callers of model ${model.name} get errors, or are refused for inputs without a value`,
      runbook: 'predictions-failing',
    },
    ...(drift === null && performance === null ? {} : scanAlarms(model, drift?.everyMs ?? HOUR_MS)),
    ...(retraining === null ? {} : retrainingAlarms(model)),
    ...(model.serving.precomputed === null ? {} : batchAlarms(model)),
  };
}

function scanAlarms({ name, monitoring }: Model, everyMs: number): Readonly<Record<string, ModelAlarm>> {
  // long enough to hold a scan, so that what it found stands until the next one has looked
  const found = { statistic: Stats.MAXIMUM, periodMs: everyMs, periods: 1, silence: JUDGED };
  const drifting: ModelAlarm = {
    ...found,
    metricName: 'PersistentDrift',
    meaning: `What model ${name} is asked, or answers, is not what it learned from, scan after scan`,
    runbook: 'model-drifting',
  };
  const degraded: ModelAlarm = {
    ...found,
    metricName: 'PerformanceDegraded',
    meaning: `Model ${name} answers worse than its own evaluation promised`,
    runbook: 'performance-degraded',
  };
  const silent: ModelAlarm = {
    metricName: 'DriftScans',
    statistic: Stats.SAMPLE_COUNT,
    periodMs: everyMs,
    periods: MISSED_SCANS,
    isFloor: true,
    meaning: `Nobody has looked at model ${name} for three times the ${durationText(everyMs)} between two scans`,
    runbook: 'scans-silent',
    silence: { isFine: false, because: 'every scan writes the metric, whatever it finds' },
  };
  return {
    InputsUnhealthy: {
      ...found,
      metricName: 'UnhealthyInputs',
      meaning: `What feeds model ${name} does not come as it always came`,
      runbook: 'pipeline-unhealthy',
    },
    ...(monitoring.drift === null ? {} : { Drifting: drifting }),
    ...(monitoring.performance === null ? {} : { Degraded: degraded }),
    ScansSilent: silent,
  };
}

function retrainingAlarms({ name }: Model): Readonly<Record<string, ModelAlarm>> {
  return {
    RetrainingEscalated: {
      ...SOON,
      metricName: 'RetrainingEscalated',
      meaning: `Model ${name} is not trained again by itself any more: a person has to look`,
      runbook: 'retraining-escalated',
    },
    RetrainingFailing: {
      ...SOON,
      metricName: 'RetrainingFailed',
      meaning: `A retraining of model ${name} ended without a release`,
      runbook: 'retraining-failing',
    },
  };
}

function batchAlarms({ name }: Model): Readonly<Record<string, ModelAlarm>> {
  return {
    BatchRefusals: {
      ...SOON,
      metricName: 'BatchRefusals',
      meaning: `A batch prediction of model ${name} had no answer for some of its entities`,
      runbook: 'batch-predictions-failing',
    },
  };
}
