import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Dashboard, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Flow } from '../../contracts/flows.ts';
import type { FunctionName } from '../functions.ts';

export interface PlatformDashboardProps {
  readonly stage: string;
  readonly api: HttpApi;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly machines: Readonly<Record<Flow, StateMachine>>;
  readonly onlineTable: ITable;
}

const HALF = 12;

/** One page: what callers see, how predictions fare, what the flows did. */
export class PlatformDashboard extends Construct {
  constructor(scope: Construct, id: string, props: PlatformDashboardProps) {
    super(scope, id);
    const { api, machines, onlineTable } = props;
    const predict = props.functions['serving/predict'];
    const flows = Object.entries(machines);
    new Dashboard(this, 'Page', {
      dashboardName: `headgate-${props.stage}`,
      defaultInterval: Duration.hours(6),
      widgets: [
        [
          graph('Requests', [
            api.metricCount({ statistic: Stats.SUM }),
            api.metricClientError(),
            api.metricServerError(),
          ]),
          graph('Latency of the API, ms', [
            api.metricLatency({ statistic: Stats.percentile(50), label: 'p50' }),
            api.metricLatency({ statistic: Stats.percentile(99), label: 'p99' }),
          ]),
        ],
        [
          graph('Predictions', [predict.metricInvocations(), predict.metricErrors(), predict.metricThrottles()]),
          graph('Prediction function, ms', [
            predict.metricDuration({ statistic: Stats.percentile(50), label: 'p50' }),
            predict.metricDuration({ statistic: Stats.percentile(99), label: 'p99' }),
          ]),
        ],
        [
          graph(
            'Flows that succeeded',
            flows.map(([flow, machine]) => machine.metricSucceeded({ label: flow })),
          ),
          graph(
            'Flows that failed',
            flows.map(([flow, machine]) => machine.metricFailed({ label: flow })),
          ),
        ],
        [graph('Online table, read units', [onlineTable.metricConsumedReadCapacityUnits()])],
      ],
    });
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: HALF });
}
