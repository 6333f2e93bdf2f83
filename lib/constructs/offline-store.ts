import { Aws } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';
import { sourceTable, tablePrefix, viewTable } from '../../core/offline/table-layout.ts';
import { DayTable } from './day-table.ts';

export interface OfflineStoreProps {
  readonly stage: string;
  readonly definitions: Definitions;
  readonly bucket: IBucket;
  /** A query that would scan more is stopped. */
  readonly scanLimitBytes: number;
}

/** How the types of the definitions are written in Parquet; instants are epoch milliseconds. */
const GLUE_TYPES: Readonly<Record<ValueType, string>> = {
  string: 'string',
  int64: 'bigint',
  float64: 'double',
  boolean: 'boolean',
  timestamp: 'bigint',
};

const ROW_TIMES = { event_time_ms: 'bigint', known_at_ms: 'bigint', loaded_at_ms: 'bigint', seq: 'bigint' };
const SOURCE_TIMES = { ...ROW_TIMES, served_at_ms: 'bigint' };

/** The catalogue of every source and every version of a view that the definitions name, and where Athena runs. */
export class OfflineStore extends Construct {
  readonly database: CfnDatabase;
  readonly workgroup: CfnWorkGroup;
  readonly databaseName: string;
  readonly workgroupName: string;

  constructor(scope: Construct, id: string, props: OfflineStoreProps) {
    super(scope, id);
    // queries, which are made at run time and kept in releases, name the database and the workgroup
    this.databaseName = `headgate_${props.stage}`;
    this.workgroupName = `headgate-${props.stage}`;
    this.database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName, description: 'Sources, feature views, predictions and outcomes' },
    });
    this.workgroup = new CfnWorkGroup(this, 'Workgroup', {
      name: this.workgroupName,
      description: 'Queries of the platform: materialization, exports, training sets',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: props.scanLimitBytes,
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${props.bucket.bucketName}/athena-results/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    this.addTables(props);
  }

  private addTables({ definitions, bucket }: OfflineStoreProps): void {
    for (const source of definitions.sources) {
      const values = source.columns.map(({ name, type }) => [name, GLUE_TYPES[type]]);
      const columns = { ...Object.fromEntries(values), ...SOURCE_TIMES };
      this.addTable(sourceTable(source.name), `Rows of source ${source.name}`, columns, bucket);
    }
    for (const { name } of definitions.featureViews) {
      const { view, entity, version } = resolveView(definitions, name);
      const values = [...entity.joinKeys, ...view.features].map((column) => [column.name, GLUE_TYPES[column.type]]);
      const columns = { ...Object.fromEntries(values), ...ROW_TIMES };
      const description = `Values of feature view ${name}, version ${version}`;
      this.addTable(viewTable(name, version), description, columns, bucket);
    }
  }

  private addTable(
    tableName: string,
    description: string,
    columns: Readonly<Record<string, string>>,
    bucket: IBucket,
  ): void {
    const { table } = new DayTable(this, tableName, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.databaseName,
      tableName,
      description,
      columns,
      partitionKey: 'loaded_day',
      location: `s3://${bucket.bucketName}/${tablePrefix(tableName)}`,
    });
    table.addResourceDependency(this.database);
  }
}
