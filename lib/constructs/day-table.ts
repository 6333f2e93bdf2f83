import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { dayTableFormat } from '../../core/offline/glue-table.ts';

export interface DayTableProps {
  readonly catalogId: string;
  readonly databaseName: string;
  readonly tableName: string;
  readonly description: string;
  /** Glue type of each column, in order. */
  readonly columns: Readonly<Record<string, string>>;
  /** Name of the partition column, whose values are days such as 2026-01-31. */
  readonly partitionKey: string;
  /** `s3://bucket/prefix/`: the folder of a day is `<partitionKey>=<day>/` below it. */
  readonly location: string;
}

/**
 * A Glue table over Parquet files in one folder per day. Athena works the days out itself (partition projection), so
 * nothing ever registers a partition. Deleting the table deletes no data.
 */
export class DayTable extends Construct {
  readonly table: CfnTable;

  constructor(scope: Construct, id: string, props: DayTableProps) {
    super(scope, id);
    const { partitionKey, location } = props;
    const format = dayTableFormat(location, partitionKey);
    this.table = new CfnTable(this, 'Table', {
      catalogId: props.catalogId,
      databaseName: props.databaseName,
      tableInput: {
        name: props.tableName,
        description: props.description,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: partitionKey, type: 'string' }],
        parameters: { ...format.parameters },
        storageDescriptor: {
          location,
          columns: Object.entries(props.columns).map(([name, type]) => ({ name, type })),
          inputFormat: format.inputFormat,
          outputFormat: format.outputFormat,
          serdeInfo: { serializationLibrary: format.serializationLibrary },
        },
      },
    });
  }
}
