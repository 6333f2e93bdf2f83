import type { ResolvedView } from '../definitions/definitions.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { tablePrefix, viewTable } from './table-layout.ts';

/** How the types of the definitions are written in Parquet; instants are epoch milliseconds. */
export const GLUE_TYPES: Readonly<Record<ValueType, string>> = {
  string: 'string',
  int64: 'bigint',
  float64: 'double',
  boolean: 'boolean',
  timestamp: 'bigint',
};

/** Columns of time that every row of an offline table carries. */
export const ROW_TIMES = { event_time_ms: 'bigint', known_at_ms: 'bigint', loaded_at_ms: 'bigint', seq: 'bigint' };

/** Before the first row of any table. */
const FIRST_DAY = '2020-01-01';

export interface DayTableFormat {
  /** Parameters by which Athena works the days out itself (partition projection): nothing registers a partition. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serializationLibrary: string;
}

/**
 * Parquet files in one folder per day.
 *
 * @param location `s3://bucket/prefix/`: the folder of a day is `<partitionKey>=<day>/` below it
 */
export function dayTableFormat(location: string, partitionKey: string): DayTableFormat {
  const projection = `projection.${partitionKey}`;
  return {
    parameters: {
      classification: 'parquet',
      EXTERNAL: 'TRUE',
      'projection.enabled': 'true',
      [`${projection}.type`]: 'date',
      [`${projection}.format`]: 'yyyy-MM-dd',
      [`${projection}.range`]: `${FIRST_DAY},NOW+1DAYS`,
      [`${projection}.interval`]: '1',
      [`${projection}.interval.unit`]: 'DAYS',
      'storage.location.template': `${location}${partitionKey}=\${${partitionKey}}/`,
    },
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  };
}

/** Glue type of each column of a view's table, in order, but for the day it is partitioned by. */
export function viewColumns({ view, entity }: ResolvedView): Readonly<Record<string, string>> {
  const columns = [...entity.joinKeys, ...view.features].map(({ name, type }) => [name, GLUE_TYPES[type]]);
  return { ...Object.fromEntries(columns), ...ROW_TIMES };
}

/**
 * The request that makes the table of one version of a view. It is made at run time and by no template, so that a
 * deployment of changed definitions never takes away the table of a version that a release still needs.
 */
export function createViewTable(
  resolved: ResolvedView,
  place: { readonly database: string; readonly offlineBucket: string },
) {
  const { view, version } = resolved;
  const table = viewTable(view.name, version);
  const Location = `s3://${place.offlineBucket}/${tablePrefix(table)}`;
  const { parameters, inputFormat, outputFormat, serializationLibrary } = dayTableFormat(Location, 'loaded_day');
  return {
    DatabaseName: place.database,
    TableInput: {
      Name: table,
      Description: `Values of feature view ${view.name}, version ${version}`,
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'loaded_day', Type: 'string' }],
      Parameters: parameters,
      StorageDescriptor: {
        Columns: Object.entries(viewColumns(resolved)).map(([Name, Type]) => ({ Name, Type })),
        Location,
        InputFormat: inputFormat,
        OutputFormat: outputFormat,
        SerdeInfo: { SerializationLibrary: serializationLibrary },
      },
    },
  };
}
