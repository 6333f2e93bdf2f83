import * as z from 'zod';
import { templateBoolean, templateNumber, templateTags } from '../read-document.ts';
import { parseAlarmRule } from './alarm-rule.ts';
import { checkQueries, Dimensions, MetricQuery, Period } from './metric-queries.ts';
import { checkStatistic } from './statistics.ts';

const action = z.string().regex(/^arn:aws[a-z-]*:(sns|lambda):/, {
  error: 'the laptop region takes SNS topics and Lambda functions as alarm actions',
});
const actions = {
  ActionsEnabled: templateBoolean.default(true),
  AlarmActions: z.array(action).max(5).default([]),
  OKActions: z.array(action).max(5).default([]),
  InsufficientDataActions: z.array(action).max(5).default([]),
  AlarmDescription: z.string().optional(),
  Tags: templateTags,
};

/** A metric alarm as the API and the template write it. */
export const MetricAlarm = z.strictObject({
  AlarmName: z.string().min(1).max(255),
  ...actions,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: Period.optional(),
  Unit: z.string().optional(),
  Metrics: z.array(MetricQuery).optional(),
  Threshold: templateNumber,
  ComparisonOperator: z.enum([
    'GreaterThanOrEqualToThreshold',
    'GreaterThanThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  EvaluationPeriods: templateNumber.pipe(z.int().min(1)),
  DatapointsToAlarm: templateNumber.pipe(z.int().min(1)).optional(),
  TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
  EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).optional(),
});
export type MetricAlarm = z.infer<typeof MetricAlarm>;

export const CompositeAlarm = z.strictObject({
  AlarmName: z.string().min(1).max(255),
  ...actions,
  AlarmRule: z.string(),
});
export type CompositeAlarm = z.infer<typeof CompositeAlarm>;

/** What the alarm looks at: the query whose values it compares, and those that one is made of. */
export function queriesOf(alarm: MetricAlarm): {
  readonly queries: readonly MetricQuery[];
  readonly watched: MetricQuery;
} {
  if (alarm.Metrics !== undefined) {
    const watched = alarm.Metrics.filter(({ ReturnData }) => ReturnData);
    if (watched.length !== 1) throw new Error('exactly one of Metrics must have ReturnData true');
    return { queries: alarm.Metrics, watched: watched[0]! }; // just counted
  }
  const { Namespace, MetricName, Period: period, Statistic, ExtendedStatistic } = alarm;
  const Stat = ExtendedStatistic ?? Statistic;
  if (Namespace === undefined || MetricName === undefined || period === undefined || Stat === undefined) {
    throw new Error('Namespace, MetricName, Period and a statistic are needed when there are no Metrics');
  }
  const watched: MetricQuery = {
    Id: 'm1',
    ReturnData: true,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions: alarm.Dimensions }, Period: period, Stat },
  };
  return { queries: [watched], watched };
}

/** @throws Error that says what CloudWatch or the laptop would refuse */
export function checkMetricAlarm(alarm: MetricAlarm): void {
  const { queries } = queriesOf(alarm);
  checkQueries(queries);
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic;
  if (statistic !== undefined) checkStatistic(statistic);
  if ((alarm.DatapointsToAlarm ?? 1) > alarm.EvaluationPeriods) {
    throw new Error(
      `DatapointsToAlarm ${alarm.DatapointsToAlarm} is over EvaluationPeriods ${alarm.EvaluationPeriods}`,
    );
  }
}

/** @throws Error for a rule that does not parse */
export function checkCompositeAlarm(alarm: CompositeAlarm): void {
  parseAlarmRule(alarm.AlarmRule);
}
