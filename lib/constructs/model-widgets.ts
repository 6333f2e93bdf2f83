import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { Model } from '../../core/definitions/model.ts';
import { endpointName } from '../stage-names.ts';
import { ENDPOINT_ALARM_IDS } from './endpoint-alarms.ts';
import { modelAlarmIds } from './model-alarms.ts';

export interface ModelWidgetsProps {
  readonly stage: string;
  readonly model: Model;
  /** Of which there may be views that the model does not read. */
  readonly views: readonly FeatureView[];
  /** Of on-demand views, by name: the stored views they read. */
  readonly readBy: Readonly<Record<string, readonly string[]>>;
  /** Name of the model's stack, below which its alarms are. */
  readonly stackName: string;
  /** Where the stack's alarms are: `arn:…:alarm:`. */
  readonly alarmArnPrefix: string;
  /** US dollars for one instance of the endpoint and hour; null when the price list has none. */
  readonly instanceHourUsd: number | null;
}

const QUARTER = 6;
const FULL = 24;
const MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);
const MICROSECONDS_PER_MS = 1000;

/** Two lines of a dashboard: whether a model's alarms are quiet, and what it is asked, answers, costs and learns from. */
export function modelWidgets(scope: Construct, props: ModelWidgetsProps): readonly (readonly IWidget[])[] {
  const { model } = props;
  const alarms = [
    'FeaturesSkewed',
    ...ENDPOINT_ALARM_IDS.map((id) => `EndpointAlarms/${id}`),
    ...modelAlarmIds(model).map((id) => `Watch/${id}`),
  ].map((path) =>
    Alarm.fromAlarmArn(
      scope,
      `${model.name}/${path}`.replaceAll('/', '-'),
      `${props.alarmArnPrefix}${props.stackName}/${path}`,
    ),
  );
  const title = (what: string) => `${model.name}: ${what}`;
  const graph = (what: string, left: IMetric[], right: IMetric[] = []) =>
    new GraphWidget({ title: title(what), left, right, width: QUARTER });
  return [
    [new AlarmStatusWidget({ title: `Model ${model.name}`, alarms, width: FULL, height: 2 })],
    [
      graph('predictions and failures', answers(props), [own(props, 'FailedPredictions', Stats.SUM, MINUTES)]),
      graph('latency of the endpoint, ms', latency(props)),
      graph('drifting columns, and inputs that are not well', [
        own(props, 'DriftingColumns', Stats.MAXIMUM, HOUR),
        own(props, 'UnhealthyInputs', Stats.MAXIMUM, HOUR),
      ]),
      graph('loss against the promise', [
        ...['Loss', 'LossPromised', 'LossLimit'].map((name) => own(props, name, Stats.AVERAGE, HOUR)),
      ]),
    ],
    [
      graph('age of what its views serve, ms', ages(props)),
      graph(
        'retrainings and rollouts',
        ['RetrainingStarted', 'RetrainingEscalated', 'RolloutsPromoted', 'RolloutsRejected', 'RolloutsRolledBack'].map(
          (name) => own(props, name, Stats.SUM, HOUR),
        ),
      ),
      graph('batch predictions', [
        own(props, 'BatchPredictions', Stats.SUM, HOUR),
        own(props, 'BatchRefusals', Stats.SUM, HOUR),
      ]),
      graph('endpoint, US$ an hour', [cost(props)]),
    ],
  ];
}

function own({ stage, model }: ModelWidgetsProps, metricName: string, statistic: string, period: Duration): IMetric {
  const dimensionsMap = { Stage: stage, Model: model.name };
  return new Metric({ namespace: 'Headgate', metricName, dimensionsMap, statistic, period, label: metricName });
}

function endpoint(
  { stage, model }: ModelWidgetsProps,
  variant: string,
  metricName: string,
  statistic: string,
  label: string,
): Metric {
  const dimensionsMap = { EndpointName: endpointName(stage, model.name), VariantName: variant };
  return new Metric({ namespace: 'AWS/SageMaker', metricName, dimensionsMap, statistic, period: MINUTES, label });
}

function answers(props: ModelWidgetsProps): IMetric[] {
  return [
    endpoint(props, 'champion', 'Invocations', Stats.SUM, 'champion'),
    endpoint(props, 'challenger', 'Invocations', Stats.SUM, 'challenger'),
    endpoint(props, 'champion', 'Invocation5XXErrors', Stats.SUM, 'champion 5xx'),
  ];
}

/** SageMaker tells microseconds. */
function latency(props: ModelWidgetsProps): IMetric[] {
  return [50, 99].map((percentile) => {
    const id = `p${percentile}`;
    const microseconds = endpoint(props, 'champion', 'ModelLatency', Stats.percentile(percentile), id);
    return new MathExpression({
      expression: `${id} / ${MICROSECONDS_PER_MS}`,
      usingMetrics: { [id]: microseconds },
      label: id,
      period: MINUTES,
    });
  });
}

function ages({ stage, model, views, readBy }: ModelWidgetsProps): IMetric[] {
  const read = new Set(model.features.flatMap(({ view }) => readBy[view] ?? [view]));
  return views
    .filter(({ name }) => read.has(name))
    .map(({ name }) => {
      const dimensionsMap = { Stage: stage, View: name };
      const statistic = Stats.MAXIMUM;
      return new Metric({ namespace: 'Headgate', metricName: 'FeatureAge', dimensionsMap, statistic, label: name });
    });
}

/**
 * Instances as traffic shows them: each request counts one in `Invocations` and one over the number of instances in
 * `InvocationsPerInstance`. Without traffic, the fewest there are.
 * Source: Amazon SageMaker, "Endpoint invocation metrics".
 */
function cost(props: ModelWidgetsProps): IMetric {
  const { instanceHourUsd: usd, model } = props;
  const all = endpoint(props, 'champion', 'Invocations', Stats.SUM, 'all');
  const each = endpoint(props, 'champion', 'InvocationsPerInstance', Stats.SUM, 'each');
  const instances = `IF(FILL(each, 0) > 0, FILL(all, 0) / each, ${model.serving.minInstances})`;
  return new MathExpression({
    expression: usd === null ? instances : `${instances} * ${usd}`,
    usingMetrics: { all, each },
    label: usd === null ? `instances of ${model.serving.instanceType}, whose price is not known` : 'champion',
    period: MINUTES,
  });
}
