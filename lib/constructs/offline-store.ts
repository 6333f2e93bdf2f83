import { Aws } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { GLUE_TYPES, ROW_TIMES } from '../../core/offline/glue-table.ts';
import { sourceTable, tablePrefix } from '../../core/offline/table-layout.ts';
import { DayTable } from './day-table.ts';
import { EntityRowsTable } from './entity-rows-table.ts';

export interface OfflineStoreProps {
  readonly stage: string;
  readonly definitions: Definitions;
  readonly bucket: IBucket;
  /** A query that would scan more is stopped. */
  readonly scanLimitBytes: number;
}

/** Of a source's rows: when they were served, if they were, too. */
const SOURCE_TIMES = { ...ROW_TIMES, served_at_ms: 'bigint' };

/** The catalogue of every source that the definitions name, and where Athena runs. Tables of views are made with their first rows. */
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
    const { databaseName, database } = this;
    const { bucketName } = props.bucket;
    new EntityRowsTable(this, 'EntityRows', { databaseName, bucketName }).table.addResourceDependency(database);
  }

  private addTables({ definitions, bucket }: OfflineStoreProps): void {
    for (const source of definitions.sources) {
      const values = source.columns.map(({ name, type }) => [name, GLUE_TYPES[type]]);
      const columns = { ...Object.fromEntries(values), ...SOURCE_TIMES };
      this.addTable(sourceTable(source.name), `Rows of source ${source.name}`, columns, bucket);
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
