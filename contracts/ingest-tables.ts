import * as z from 'zod';
import { WarehouseTable } from './api/table-ingestions.ts';

const IngestTables = z.array(WarehouseTable);

/** How the stack writes the tables that may be ingested from into `INGEST_TABLES`. */
export function ingestTablesText(tables: readonly { readonly database: string; readonly table: string }[]): string {
  return JSON.stringify(tables.map(({ database, table }) => `${database}.${table}`));
}

export function ingestTablesOf(text: string): readonly string[] {
  return IngestTables.parse(JSON.parse(text));
}
