import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api';
import type { ValueType } from '../../../core/definitions/value-type.ts';
import { SQL_TYPES } from '../../../core/sql/offline-table-sql.ts';
import { athenaLiterals, type Sql } from '../../../core/sql/sql.ts';
import { MACROS } from '../../../local/services/athena/macros.ts';
import { bindParameters } from '../../../local/services/athena/parameters.ts';
import { parseStatement } from '../../../local/services/athena/sql-tree.ts';
import { translateQuery } from '../../../local/services/athena/translate.ts';

export const DATABASE = 'headgate_test';

/** A column of a table of the lab. */
export interface LabColumn {
  readonly name: string;
  readonly type: ValueType | 'float64[]' | 'string[]';
}

export type LabRow = Readonly<Record<string, unknown>>;

/** DuckDB that runs statements of Athena through the laptop region's translation, over tables of its own. */
export class AthenaLab {
  readonly connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.connection = connection;
  }

  static async open(): Promise<AthenaLab> {
    const database = await DuckDBInstance.create(':memory:', { threads: '2' });
    const connection = await database.connect();
    for (const macro of MACROS) await connection.run(`CREATE MACRO ${macro}`);
    return new AthenaLab(connection);
  }

  async table(name: string, columns: readonly LabColumn[], rows: readonly LabRow[]): Promise<void> {
    const declared = columns.map((column) => `"${column.name}" ${typeSql(column.type)}`).join(', ');
    await this.connection.run(`CREATE OR REPLACE TABLE "${name}" (${declared})`);
    // far faster than a statement that spells the rows
    const appender = await this.connection.createAppender(name);
    for (const row of rows) {
      for (const { name: column, type } of columns) {
        const value = row[column] ?? null;
        if (value === null) appender.appendNull();
        else APPEND[type](appender, value);
      }
      appender.endRow();
    }
    appender.closeSync();
  }

  /** DuckDB's text of a statement, over the tables of the lab. */
  async translated(statement: Sql): Promise<string> {
    const bound = bindParameters(statement.text, athenaLiterals(statement.params));
    const { sql, tables } = translateQuery(parseStatement(bound), DATABASE);
    for (const { view, table } of tables) {
      await this.connection.run(`CREATE OR REPLACE VIEW "${view}" AS SELECT * FROM "${table}"`);
    }
    return sql;
  }

  async run(statement: Sql): Promise<readonly LabRow[]> {
    const reader = await this.connection.runAndReadAll(await this.translated(statement));
    return reader.getRowObjects().map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)])));
  }

  /** Keeps the answer as a table; for statements whose rows are not looked at one by one. */
  async keep(name: string, statement: Sql): Promise<void> {
    await this.connection.run(`CREATE OR REPLACE TABLE "${name}" AS ${await this.translated(statement)}`);
  }

  close(): void {
    this.connection.closeSync();
  }
}

function typeSql(type: LabColumn['type']): string {
  if (type === 'float64[]') return 'double[]';
  return type === 'string[]' ? 'varchar[]' : SQL_TYPES[type];
}

const whole = (appender: DuckDBAppender, value: unknown) => appender.appendBigInt(BigInt(String(value)));

const APPEND: Readonly<Record<LabColumn['type'], (appender: DuckDBAppender, value: unknown) => void>> = {
  string: (appender, value) => appender.appendVarchar(String(value)),
  float64: (appender, value) => appender.appendDouble(Number(value) + 0), // 0 and -0 are one number
  boolean: (appender, value) => appender.appendBoolean(value === true),
  int64: whole,
  timestamp: whole,
  'float64[]': (appender, value) => appender.appendList(value as readonly (number | null)[], LIST(DOUBLE)),
  'string[]': (appender, value) => appender.appendList(value as readonly (string | null)[], LIST(VARCHAR)),
};

/** Numbers as JavaScript's; 0 and -0 are one number. */
function plain(value: DuckDBValue): unknown {
  return typeof value === 'bigint' ? Number(value) : value === 0 ? 0 : value;
}
