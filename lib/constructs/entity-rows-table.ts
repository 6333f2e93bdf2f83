import { Aws } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { dayTableFormat } from '../../core/offline/glue-table.ts';
import { ENTITY_ROWS_COLUMNS, ENTITY_ROWS_TABLE, ENTITY_TABLE_KEY } from '../../core/training-set/row-slots.ts';

export interface EntityRowsTableProps {
  readonly databaseName: string;
  readonly bucketName: string;
}

/**
 * The Glue table over the rows of every entity table, one partition each. A query names its partition (injected
 * projection), so that nothing registers one and no query reads another's rows.
 */
export class EntityRowsTable extends Construct {
  readonly table: CfnTable;

  constructor(scope: Construct, id: string, { databaseName, bucketName }: EntityRowsTableProps) {
    super(scope, id);
    const location = `s3://${bucketName}/entity-rows/`;
    const { inputFormat, outputFormat, serializationLibrary } = dayTableFormat(location, ENTITY_TABLE_KEY);
    this.table = new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName,
      tableInput: {
        name: ENTITY_ROWS_TABLE,
        description: 'Rows of entity tables that training sets are made of, while they are joined',
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: ENTITY_TABLE_KEY, type: 'string' }],
        parameters: {
          classification: 'parquet',
          EXTERNAL: 'TRUE',
          'projection.enabled': 'true',
          [`projection.${ENTITY_TABLE_KEY}.type`]: 'injected',
          'storage.location.template': `${location}${ENTITY_TABLE_KEY}=\${${ENTITY_TABLE_KEY}}/`,
        },
        storageDescriptor: {
          location,
          columns: Object.entries(ENTITY_ROWS_COLUMNS).map(([name, type]) => ({ name, type })),
          inputFormat,
          outputFormat,
          serdeInfo: { serializationLibrary },
        },
      },
    });
  }
}
