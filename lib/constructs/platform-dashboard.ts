import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Flow } from '../../contracts/flows.ts';
import { pricesIn } from '../../core/cost/price-list.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { parseExpression } from '../../core/expression/parse-expression.ts';
import { onDemandColumns, onDemandReads } from '../../core/on-demand/on-demand-columns.ts';
import type { FunctionName } from '../functions.ts';
import { modelStackName } from '../stage-names.ts';
import { fiveMinuteMetric } from './five-minute-metric.ts';
import { modelWidgets } from './model-widgets.ts';
import type { WatchedTable } from './platform-alarms.ts';

export interface PlatformDashboardProps {
  readonly stage: string;
  readonly region: string;
  readonly definitions: Definitions;
  readonly api: HttpApi;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly machines: Readonly<Record<Flow, StateMachine>>;
  readonly tables: Readonly<Record<string, WatchedTable>>;
}

const QUARTER = 6;
const FULL = 24;
/** Source: CloudWatch quotas, "Dashboards" and "Metrics on dashboards". */
const MAX_WIDGETS = 500;
const MAX_METRICS = 2_500;
const MAX_ALARMS_OF_WIDGET = 100;

/** One page: what is wrong, what callers see, what flows and tables do, and for each model what it is asked, answers and costs. */
export class PlatformDashboard extends Construct {
  constructor(scope: Construct, id: string, props: PlatformDashboardProps) {
    super(scope, id);
    // everything that the stack has made before its dashboard
    const alarms = Stack.of(this)
      .node.findAll()
      .filter((one) => one instanceof Alarm);
    const widgets = [alarmWidgets(alarms), callers(props), flowsAndTables(props), ...this.models(props)];
    checkLimits(props.stage, widgets.flat());
    new Dashboard(this, 'Page', {
      dashboardName: `headgate-${props.stage}`,
      defaultInterval: Duration.hours(6),
      widgets: widgets.map((line) => [...line]),
    });
  }

  private models({ stage, region, definitions }: PlatformDashboardProps): readonly (readonly IWidget[])[] {
    const { featureViews: views, onDemandFeatureViews } = definitions;
    const readBy = Object.fromEntries(
      onDemandFeatureViews.map((view) => {
        const columns = onDemandColumns(view, views);
        const reads = view.features.flatMap(({ sql }) => onDemandReads(parseExpression(sql), columns).stored);
        return [view.name, reads.map((ref) => ref.view)];
      }),
    );
    const alarmArnPrefix = Stack.of(this).formatArn({ service: 'cloudwatch', resource: 'alarm:' }).replace(/\/$/, '');
    return definitions.models.flatMap((model) =>
      modelWidgets(this, {
        stage,
        model,
        views,
        readBy,
        stackName: modelStackName(stage, model.name),
        alarmArnPrefix,
        instanceHourUsd: pricesIn(region)?.hostingPerHour[model.serving.instanceType] ?? null,
      }),
    );
  }
}

function alarmWidgets(alarms: readonly IAlarm[]): readonly IWidget[] {
  const parts = Array.from({ length: Math.ceil(alarms.length / MAX_ALARMS_OF_WIDGET) }, (_, i) =>
    alarms.slice(i * MAX_ALARMS_OF_WIDGET, (i + 1) * MAX_ALARMS_OF_WIDGET),
  );
  return parts.map((part) => new AlarmStatusWidget({ title: 'Platform', alarms: [...part], width: FULL, height: 4 }));
}

function callers({ api, functions }: PlatformDashboardProps): readonly IWidget[] {
  const predict = functions['serving/predict'];
  return [
    graph('Requests', [api.metricCount({ statistic: Stats.SUM }), api.metricClientError(), api.metricServerError()]),
    graph('Latency of the API, ms', [
      api.metricLatency({ statistic: Stats.percentile(50), label: 'p50' }),
      api.metricLatency({ statistic: Stats.percentile(99), label: 'p99' }),
    ]),
    graph('Predictions', [predict.metricInvocations(), predict.metricErrors(), predict.metricThrottles()]),
    graph('Prediction function, ms', [
      predict.metricDuration({ statistic: Stats.percentile(50), label: 'p50' }),
      predict.metricDuration({ statistic: Stats.percentile(99), label: 'p99' }),
    ]),
  ];
}

function flowsAndTables({ machines, tables, stage }: PlatformDashboardProps): readonly IWidget[] {
  const flows = Object.entries(machines);
  const units = (kind: 'Read' | 'Write') =>
    Object.entries(tables).map(([name, { table }]) =>
      table[`metricConsumed${kind}CapacityUnits`]({ label: name, statistic: Stats.SUM }),
    );
  const throttles = Object.entries(tables).flatMap(([name, { table }]) =>
    ['Read', 'Write'].map(
      (kind) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: `${kind}ThrottleEvents`,
          dimensionsMap: { TableName: table.tableName },
          statistic: Stats.SUM,
          label: `${name}, ${kind.toLowerCase()}s`,
        }),
    ),
  );
  const unanswered = fiveMinuteMetric('Headgate', 'UnansweredOnlineKeys', { Stage: stage });
  return [
    graph(
      'Flows that succeeded',
      flows.map(([flow, machine]) => machine.metricSucceeded({ label: flow })),
    ),
    graph(
      'Flows that failed',
      flows.map(([flow, machine]) => machine.metricFailed({ label: flow })),
    ),
    graph('Tables, units read and written', units('Read'), units('Write')),
    graph('Tables, what was refused or left unanswered', throttles, [unanswered]),
  ];
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: QUARTER });
}

function checkLimits(stage: string, widgets: readonly IWidget[]): void {
  const metrics = widgets.reduce((sum, widget) => (widget instanceof GraphWidget ? sum + metricsOf(widget) : sum), 0);
  for (const [what, count, most] of [
    ['widgets', widgets.length, MAX_WIDGETS],
    ['metrics', metrics, MAX_METRICS],
  ] as const) {
    if (count <= most) continue;
    throw new Error(
      `the dashboard headgate-${stage} would have ${count} ${what}; CloudWatch allows ${most}: an environment has too many models or feature views for one page, deploy some of them as another stage`,
    );
  }
}

/** Of the widget's JSON; an expression counts, and so does what it is computed from. */
function metricsOf(widget: GraphWidget): number {
  return widget.toJson().reduce((sum, { properties }) => sum + (properties?.metrics?.length ?? 0), 0);
}
