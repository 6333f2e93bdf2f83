import { Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { API_ROUTES } from '../../contracts/api/routes.ts';
import type { EnvName } from '../../contracts/environment.ts';
import type { Flow } from '../../contracts/flows.ts';
import { ingestTablesText } from '../../contracts/ingest-tables.ts';
import { digestOf } from '../../core/canonical-json.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { FunctionBundles } from '../bundling/function-bundle.ts';
import type { Environment } from '../config/environment.ts';
import { AuditCheckpoints } from '../constructs/audit-checkpoints.ts';
import { FlowMachines } from '../constructs/flow-machines.ts';
import { FreshnessWatch } from '../constructs/freshness-watch.ts';
import { FrontDoor } from '../constructs/front-door.ts';
import { Notices } from '../constructs/notices.ts';
import { PlatformAlarms } from '../constructs/platform-alarms.ts';
import { PlatformDashboard } from '../constructs/platform-dashboard.ts';
import { PlatformFunctions } from '../constructs/platform-functions.ts';
import { QualityAlarms } from '../constructs/quality-alarms.ts';
import { RetrainingTriggers } from '../constructs/retraining-triggers.ts';
import { RolloutNotices } from '../constructs/rollout-notices.ts';
import { StreamAlarms } from '../constructs/stream-alarms.ts';
import { StreamConsumer } from '../constructs/stream-consumer.ts';
import { VersionSchedules } from '../constructs/version-schedules.ts';
import { ViewSchedules } from '../constructs/view-schedules.ts';
import type { PlatformResources } from '../permissions/resources.ts';
import { parameterName, stagePrefix } from '../stage-names.ts';
import type { DataStack } from './data-stack.ts';
import { platformResources } from './platform-resources.ts';

export interface PlatformStackProps extends StackProps {
  readonly environment: Environment;
  readonly definitions: Definitions;
  readonly bundles: FunctionBundles;
  readonly data: DataStack;
  /** Version of the platform's code. */
  readonly version: string;
}

/** Everything that runs: functions, state machines, the HTTP API, schedules, events, alarms. Holds nothing to be lost. */
export class PlatformStack extends Stack {
  /** Answers for the endpoints of the model stacks. */
  readonly endpointOwner: IFunction;
  readonly alarmTopics: readonly ITopic[];
  readonly machines: Readonly<Record<Flow, IStateMachine>>;
  readonly scheduleGroup: string;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { environment, data, definitions } = props;
    const { stage, logRetentionDays: logRetention } = environment;
    const bus = new EventBus(this, 'Events', { eventBusName: stagePrefix(stage) });
    const resources = platformResources(this, environment, data, bus.eventBusArn);

    const { byName: functions } = new PlatformFunctions(this, 'Functions', {
      bundles: props.bundles,
      resources,
      environment: functionEnvironment(props, resources, bus.eventBusName),
      logRetention,
    });
    const { byFlow: machines } = new FlowMachines(this, 'Flows', {
      stage,
      functions,
      resources,
      endpointPollSeconds: environment.endpointPollSeconds,
      logRetention,
    });
    const { api, url } = new FrontDoor(this, 'FrontDoor', {
      stage,
      routes: API_ROUTES,
      functionOf: (route) => functionNamed(functions, route.functionName),
      requestsPerSecond: environment.apiRequestsPerSecond,
      burstRequests: environment.apiBurstRequests,
      logRetention,
    });
    const schedules = new ViewSchedules(this, 'Schedules', {
      stage,
      views: definitions.featureViews,
      machine: machines.materialize,
    });
    new VersionSchedules(this, 'VersionSchedules', {
      groupName: schedules.groupName,
      startDue: functions['versions/start-due'],
      reconcile: machines.reconcile,
    }).node.addDependency(schedules);
    const { mapping } = new StreamConsumer(this, 'StreamConsumer', {
      consumer: functions['ingestion/consume-stream'],
      streamArn: data.eventStream.attrArn,
      failureBucketArn: data.offlineBucket.bucketArn,
    });
    new AuditCheckpoints(this, 'AuditCheckpoints', {
      bus,
      groupName: schedules.groupName,
      sign: functions['audit/checkpoint'],
    }).node.addDependency(schedules);
    const notices = new Notices(this, 'Notices', {
      email: environment.alarmEmail,
      alsoTopicArn: environment.alarmTopicArn,
    });
    new RolloutNotices(this, 'RolloutNotices', {
      bus,
      stage,
      notices: notices.topic,
      alarmTopics: notices.alarmTopics,
    });
    new RetrainingTriggers(this, 'RetrainingTriggers', {
      bus,
      groupName: schedules.groupName,
      train: machines.train,
      advance: functions['retraining/advance'],
      reconcile: functions['retraining/reconcile'],
      alarmTopics: notices.alarmTopics,
    }).node.addDependency(schedules);
    const tables = {
      Online: { table: data.onlineTable, operation: 'BatchGetItem' },
      Registry: { table: data.registryTable, operation: 'TransactWriteItems' },
      Prediction: { table: data.predictionTable, operation: 'PutItem' },
    };
    new PlatformAlarms(this, 'Alarms', {
      stage,
      topics: notices.alarmTopics,
      functions,
      machines,
      api,
      scheduleGroup: schedules.groupName,
      streams: { Prediction: data.predictionStream, Outcome: data.outcomeStream },
      tables,
    });
    new FreshnessWatch(this, 'Freshness', {
      stage,
      views: definitions.featureViews,
      groupName: schedules.groupName,
      measure: functions['catalog/measure-freshness'],
      topics: notices.alarmTopics,
    }).node.addDependency(schedules);
    new QualityAlarms(this, 'QualityAlarms', { topics: notices.alarmTopics, stage });
    new StreamAlarms(this, 'StreamAlarms', {
      topics: notices.alarmTopics,
      stage,
      consumer: functions['ingestion/consume-stream'],
      mappingId: mapping.ref,
    });
    new PlatformDashboard(this, 'Dashboard', {
      stage,
      region: environment.region,
      definitions,
      api,
      functions,
      machines,
      tables,
    });
    this.publishParameters(props, { url, busName: bus.eventBusName });

    this.endpointOwner = functions['endpoint/own-endpoint'];
    this.alarmTopics = notices.alarmTopics;
    this.machines = machines;
    this.scheduleGroup = schedules.groupName;
  }

  /** What the CLI and other people's programs look up by name. */
  private publishParameters(
    { environment, data }: PlatformStackProps,
    { url, busName }: { readonly url: string; readonly busName: string },
  ): void {
    const values = {
      'api-url': url,
      'event-bus': busName,
      'event-stream': data.eventStream.ref,
      'online-table': data.onlineTable.tableName,
      'registry-table': data.registryTable.tableName,
      'prediction-table': data.predictionTable.tableName,
      'offline-bucket': data.offlineBucket.bucketName,
      'artifact-bucket': data.artifactBucket.bucketName,
      'audit-bucket': data.audit.bucket.bucketName,
      'audit-key': data.audit.keyArn,
      'prediction-log-bucket': data.predictionLogBucket.bucketName,
      'glue-database': data.offlineStore.databaseName,
      'athena-workgroup': data.offlineStore.workgroupName,
    };
    for (const [what, stringValue] of Object.entries(values)) {
      new StringParameter(this, `Parameter-${what}`, {
        parameterName: parameterName(environment.stage, what),
        stringValue,
      });
    }
  }
}

function functionEnvironment(
  { environment, data, version, bundles }: PlatformStackProps,
  { machines }: PlatformResources,
  busName: string,
): Readonly<Record<EnvName, string>> {
  return {
    HEADGATE_STAGE: environment.stage,
    HEADGATE_VERSION: version,
    HEADGATE_CODE_SHA256: codeDigest(bundles),
    HEADGATE_ACCOUNT: environment.account,
    HEADGATE_REGION: environment.region,
    ONLINE_TABLE: data.onlineTable.tableName,
    REGISTRY_TABLE: data.registryTable.tableName,
    PREDICTION_TABLE: data.predictionTable.tableName,
    OFFLINE_BUCKET: data.offlineBucket.bucketName,
    ARTIFACT_BUCKET: data.artifactBucket.bucketName,
    PREDICTION_STREAM: data.predictionStream.ref,
    OUTCOME_STREAM: data.outcomeStream.ref,
    AUDIT_BUCKET: data.audit.bucket.bucketName,
    AUDIT_KEY_ARN: data.audit.keyArn,
    EVENT_BUS: busName,
    GLUE_DATABASE: data.offlineStore.databaseName,
    ATHENA_WORKGROUP: data.offlineStore.workgroupName,
    INGEST_MACHINE_ARN: machines.ingest,
    INGEST_TABLE_MACHINE_ARN: machines['ingest-table'],
    INGEST_TABLES: ingestTablesText(environment.ingestTables),
    MATERIALIZE_MACHINE_ARN: machines.materialize,
    TRAIN_MACHINE_ARN: machines.train,
    ROLLOUT_MACHINE_ARN: machines.rollout,
    TRAINING_SET_MACHINE_ARN: machines['training-set'],
    SKEW_AUDIT_MACHINE_ARN: machines['skew-audit'],
    DRIFT_SCAN_MACHINE_ARN: machines['drift-scan'],
    BATCH_PREDICT_MACHINE_ARN: machines['batch-predict'],
    RECONCILE_MACHINE_ARN: machines.reconcile,
    ENDPOINT_POLL_SECONDS: String(environment.endpointPollSeconds),
    ROLLBACK_RELEASES: String(environment.rollbackReleases),
    VERSION_GRACE_HOURS: String(environment.versionGraceHours),
  };
}

/** Digest of what every function runs: equal code and definitions, equal digest. */
function codeDigest(bundles: FunctionBundles): string {
  return digestOf(Object.fromEntries(Object.entries(bundles).map(([name, { hash }]) => [name, hash])));
}

function functionNamed(functions: Readonly<Record<string, IFunction>>, name: string): IFunction {
  const fn = functions[name];
  if (fn === undefined)
    throw new Error(`contracts/api/routes.ts names function "${name}", which lib/functions.ts lacks`);
  return fn;
}
