import type { AthenaQuery } from '../../contracts/athena-query.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import type { ObjectStore } from '../../lambdas/ports/object-store.ts';
import { bindParameters } from '../../local/services/athena/parameters.ts';
import { readStatement } from '../../local/services/athena/statement.ts';
import { translateQuery } from '../../local/services/athena/translate.ts';
import { type AthenaLab, DATABASE, type LabColumn, type LabRow } from '../property/sql/athena-lab.ts';

const BUCKET_PATTERN = /^s3:\/\/([^/]+)\/(.+)$/;

/** The part of Athena that the flows use, over an object store in memory: tables are read from it, UNLOAD writes to it. */
export class AthenaOfObjects {
  readonly lab: AthenaLab;
  readonly #objects: ObjectStore;

  constructor(lab: AthenaLab, objects: ObjectStore) {
    this.lab = lab;
    this.#objects = objects;
  }

  /** Makes the files under a prefix a table, as Glue's partition projection would. */
  async load(name: string, columns: readonly LabColumn[], bucket: string, prefix: string): Promise<void> {
    const rows: LabRow[] = [];
    for (const { key } of await this.#objects.list(bucket, prefix)) {
      const loadedDay = /loaded_day=([\d-]+)\//.exec(key)?.[1];
      const file = await hyparquetFiles.open(await this.#objects.get({ bucket, key }));
      for await (const batch of file.batches()) {
        for (let row = 0; row < batch.rows; row++) {
          const values = Object.entries(batch.columns).map(([column, all]) => [column, all[row]]);
          rows.push({ ...Object.fromEntries(values), loaded_day: loadedDay });
        }
      }
    }
    await this.lab.table(name, columns, rows);
  }

  /** Runs an UNLOAD as the state machine would. Two files a folder, in no order, as Athena writes them. */
  async unload(query: AthenaQuery): Promise<void> {
    const statement = readStatement(bindParameters(query.QueryString, query.ExecutionParameters));
    if (statement.kind !== 'unload') throw new Error(`not an UNLOAD: ${query.QueryString}`);
    const [, bucket = '', prefix = ''] = BUCKET_PATTERN.exec(statement.target) ?? [];
    const there = await this.#objects.list(bucket, prefix);
    if (there.length > 0) throw new Error(`HIVE_PATH_ALREADY_EXISTS: ${statement.target}`);
    const { sql, tables } = translateQuery(statement.query, DATABASE);
    for (const { view, table } of tables) {
      await this.lab.connection.run(`CREATE OR REPLACE VIEW "${view}" AS SELECT * FROM "${table}"`);
    }
    const reader = await this.lab.connection.runAndReadAll(sql);
    const rows = reader.getRowObjects().reverse();
    const types = reader.columnTypes().map(String);
    const [folderColumn] = statement.options.partitionedBy;
    const names = reader.columnNames().filter((name) => name !== folderColumn);
    const folderOf = (row: (typeof rows)[number]) =>
      folderColumn === undefined ? '' : `${folderColumn}=${row[folderColumn]}/`;
    const parts = [...new Set(rows.map(folderOf))].flatMap((folder) => {
      const own = rows.filter((row) => folderOf(row) === folder);
      return [own.slice(0, own.length >> 1), own.slice(own.length >> 1)]
        .filter((half) => half.length > 0)
        .map((half) => [folder, half] as const);
    });
    for (const [i, [folder, half]] of parts.entries()) {
      const columns = names.map((name, c) => ({
        name,
        type: typeOf(types[c]!),
        values: half.map((row) => {
          const value = row[name];
          return typeof value === 'bigint' ? Number(value) : (value as string | number | boolean | null);
        }),
      }));
      const body = hyparquetFiles.write(columns);
      await this.#objects.put({ bucket, key: `${prefix}${folder}20260301_${i}_abc` }, body, 'application/octet-stream');
    }
  }
}

function typeOf(duckdb: string): ValueType {
  if (duckdb === 'VARCHAR') return 'string';
  if (duckdb === 'BOOLEAN') return 'boolean';
  return duckdb === 'BIGINT' ? 'int64' : 'float64';
}
