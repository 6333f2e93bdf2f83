import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FLOWS, type Flow } from '../../contracts/flows.ts';
import { flowId } from '../flows.ts';
import { type FunctionName, functionId } from '../functions.ts';
import { fiveMinuteMetric } from './five-minute-metric.ts';
import { NOTHING_HAPPENED, PlatformAlarm, type PlatformAlarmProps, type RunbookAnchor } from './platform-alarm.ts';

export interface PlatformAlarmsProps {
  readonly stage: string;
  readonly topics: readonly ITopic[];
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly machines: Readonly<Record<Flow, StateMachine>>;
  readonly api: HttpApi;
  readonly scheduleGroup: string;
  /** By the name an alarm has for it. */
  readonly streams: Readonly<Record<string, CfnDeliveryStream>>;
  readonly tables: Readonly<Record<string, WatchedTable>>;
}

export interface WatchedTable {
  readonly table: ITable;
  /** The operation whose failures hurt most, as CloudWatch names it. */
  readonly operation: string;
}

const FIVE_MINUTES = Duration.minutes(5);

/** Functions whose failures no flow and no caller would notice soon enough, or whose callers count every one. */
const WATCHED_FUNCTIONS = [
  'serving/predict',
  'serving/get-online-features',
  'ingestion/push',
  'ingestion/consume-stream',
  'endpoint/own-endpoint',
] as const;

const SLOW_MS = 3000;
const LATE_LOG_SECONDS = 900;
/** Of one asynchronous call, before Lambda gives it up. */
const LAMBDA_TRIES = 3;

/** Flows whose failures mean something of their own. */
const FLOW_RUNBOOKS: Readonly<Partial<Record<string, RunbookAnchor>>> = {
  'drift-scan': 'scans-failing',
  'batch-predict': 'batch-predictions-failing',
};

/** The alarms of everything that is not one model's. */
export class PlatformAlarms extends Construct {
  private readonly topics: readonly ITopic[];

  constructor(scope: Construct, id: string, props: PlatformAlarmsProps) {
    super(scope, id);
    this.topics = props.topics;
    this.watchFlows(props);
    this.watchFunctions(props);
    this.watchAudit(props);
    this.watchApi(props);
    this.watchLogs(props);
    this.watchTables(props);
  }

  private add(id: string, alarm: Omit<PlatformAlarmProps, 'topics' | 'silence'>): void {
    new PlatformAlarm(this, id, { ...alarm, topics: this.topics, silence: NOTHING_HAPPENED });
  }

  private watchFlows({ machines, scheduleGroup }: PlatformAlarmsProps): void {
    for (const flow of FLOWS) {
      this.add(`${flowId(flow)}Failures`, {
        metric: machines[flow].metricFailed({ period: FIVE_MINUTES }),
        limit: 1,
        periods: 1,
        meaning: `An execution of the ${flow} flow failed`,
        runbook: FLOW_RUNBOOKS[flow] ?? 'flow-failures',
      });
    }
    this.add('ScheduleFailures', {
      metric: fiveMinuteMetric('AWS/Scheduler', 'TargetErrorCount', { ScheduleGroup: scheduleGroup }),
      limit: 1,
      periods: 3,
      meaning: 'Schedules cannot start the materialization of feature views',
      runbook: 'schedule-failures',
    });
  }

  private watchFunctions({ functions }: PlatformAlarmsProps): void {
    for (const name of WATCHED_FUNCTIONS) {
      this.add(`${functionId(name)}Errors`, {
        metric: functions[name].metricErrors({ period: FIVE_MINUTES }),
        limit: 1,
        periods: 3,
        meaning: `Function ${name} keeps failing`,
        runbook: 'function-failures',
      });
      this.add(`${functionId(name)}Throttles`, {
        metric: functions[name].metricThrottles({ period: FIVE_MINUTES }),
        limit: 1,
        periods: 3,
        meaning: `Lambda keeps refusing calls of function ${name}: the account has no concurrency left`,
        runbook: 'function-throttles',
      });
    }
  }

  /** It runs once an hour or so, and nobody waits for what comes of it. */
  private watchAudit({ functions, stage }: PlatformAlarmsProps): void {
    this.add('AuditBroken', {
      metric: fiveMinuteMetric('Headgate', 'AuditChainsBroken', { Stage: stage }),
      limit: 1,
      periods: 1,
      meaning: 'The audit chain of a model is not the one that was signed: somebody changed records',
      runbook: 'audit-broken',
    });
    this.add('AuditUnsigned', {
      metric: functions['audit/checkpoint'].metricErrors({ period: Duration.hours(1) }),
      limit: LAMBDA_TRIES,
      periods: 1,
      meaning: 'What has grown of an audit chain is not signed',
      runbook: 'audit-unsigned',
    });
  }

  private watchApi({ api }: PlatformAlarmsProps): void {
    this.add('ApiServerErrors', {
      metric: api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      limit: 5,
      periods: 2,
      meaning: 'The HTTP API answers 5xx',
      runbook: 'api-server-errors',
    });
    this.add('ApiLatency', {
      metric: api.metricLatency({ period: FIVE_MINUTES, statistic: Stats.percentile(99) }),
      limit: SLOW_MS,
      periods: 3,
      meaning: `One request of a hundred takes longer than ${SLOW_MS} ms`,
      runbook: 'api-latency',
    });
  }

  private watchLogs({ streams }: PlatformAlarmsProps): void {
    for (const [id, stream] of Object.entries(streams)) {
      const dimensions = { DeliveryStreamName: stream.ref };
      this.add(`${id}Late`, {
        metric: fiveMinuteMetric('AWS/Firehose', 'DeliveryToS3.DataFreshness', dimensions, Stats.MAXIMUM),
        limit: LATE_LOG_SECONDS,
        periods: 2,
        meaning: `The oldest ${id} record waits longer than ${LATE_LOG_SECONDS} s to be kept`,
        runbook: 'log-delivery',
      });
      this.add(`${id}Unreadable`, {
        metric: fiveMinuteMetric('AWS/Firehose', 'FailedConversion.Records', dimensions),
        limit: 1,
        periods: 1,
        meaning: `A ${id} record could not be turned into a row and lies under error/`,
        runbook: 'log-delivery',
      });
    }
  }

  private watchTables({ tables, stage }: PlatformAlarmsProps): void {
    this.add('OnlineKeysUnanswered', {
      metric: fiveMinuteMetric('Headgate', 'UnansweredOnlineKeys', { Stage: stage }),
      limit: 1,
      periods: 2,
      meaning: 'DynamoDB leaves keys of features unanswered for so long that predictions are refused',
      runbook: 'online-keys-unanswered',
    });
    for (const [id, { table, operation }] of Object.entries(tables)) {
      const dimensions = { TableName: table.tableName };
      for (const kind of ['Read', 'Write']) {
        this.add(`${id}${kind}Throttles`, {
          metric: fiveMinuteMetric('AWS/DynamoDB', `${kind}ThrottleEvents`, dimensions),
          limit: 10,
          periods: 2,
          meaning: `DynamoDB refuses ${kind.toLowerCase()}s of the ${id} table: one partition or the account is at its limit`,
          runbook: 'table-throttles',
        });
      }
      this.add(`${id}SystemErrors`, {
        metric: fiveMinuteMetric('AWS/DynamoDB', 'SystemErrors', { ...dimensions, Operation: operation }),
        limit: 5,
        periods: 2,
        meaning: `DynamoDB fails ${operation} on the ${id} table`,
        runbook: 'table-system-errors',
      });
    }
  }
}
