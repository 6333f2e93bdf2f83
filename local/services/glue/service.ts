import * as z from 'zod';
import { AwsError, type Caller, type LocalService, type Operation, type Region } from '../../service.ts';
import { readProperties, templateTags } from '../read-document.ts';
import { type GlueCatalog, type GlueInput, glueCatalog } from './catalog.ts';

type Input = Readonly<Record<string, unknown>>;

const DatabaseProperties = z.strictObject({
  CatalogId: z.string().optional(),
  DatabaseInput: z.looseObject({ Name: z.string().optional() }),
  Tags: templateTags,
});
const TableProperties = z.strictObject({
  CatalogId: z.string().optional(),
  DatabaseName: z.string(),
  TableInput: z.looseObject({ Name: z.string().optional() }),
});

/**
 * The Glue Data Catalog: databases and tables. Partitions are never registered here: tables of an assembly find
 * theirs by partition projection, which Glue does not list either.
 */
export function makeGlueService(region: Region): LocalService {
  const catalog = glueCatalog(region);
  return {
    signingNames: ['glue'],
    operations: { ...databaseOperations(region, catalog), ...tableOperations(region, catalog) },
    resources: {
      'AWS::Glue::Database': {
        provision: async (request) => {
          const { DatabaseInput } = readProperties(DatabaseProperties, request, 'AWS::Glue::Database');
          return { ref: catalog.putDatabase({ Name: request.generatedName, ...DatabaseInput }).Name };
        },
      },
      'AWS::Glue::Table': {
        provision: async (request) => {
          const { DatabaseName, TableInput } = readProperties(TableProperties, request, 'AWS::Glue::Table');
          return { ref: catalog.putTable(DatabaseName, { Name: request.generatedName, ...TableInput }).Name };
        },
        remove: async ({ ref, properties }) => {
          const database = String(properties['DatabaseName']);
          if (catalog.hasTable(database, ref)) catalog.deleteTable(database, ref);
        },
      },
    },
  };
}

function databaseOperations(region: Region, catalog: GlueCatalog): Record<string, Operation> {
  return {
    GetDatabase: async (input, caller) => {
      const name = text(input, 'Name');
      authorize(region, caller, 'glue:GetDatabase', name);
      return { Database: catalog.database(name) };
    },
    GetDatabases: async (_, caller) => {
      authorize(region, caller, 'glue:GetDatabases');
      return { DatabaseList: catalog.databases() };
    },
    CreateDatabase: async (input, caller) => {
      const asked = document(input, 'DatabaseInput');
      const name = text(asked, 'Name');
      authorize(region, caller, 'glue:CreateDatabase', name);
      if (catalog.databases().some((known) => known.Name === name.toLowerCase())) throw exists(`Database ${name}`);
      catalog.putDatabase(asked);
      return {};
    },
    DeleteDatabase: async (input, caller) => {
      const name = text(input, 'Name');
      authorize(region, caller, 'glue:DeleteDatabase', name);
      catalog.database(name);
      catalog.deleteDatabase(name);
      return {};
    },
  };
}

function tableOperations(region: Region, catalog: GlueCatalog): Record<string, Operation> {
  return {
    GetTable: async (input, caller) => {
      const [database, name] = [text(input, 'DatabaseName'), text(input, 'Name')];
      authorize(region, caller, 'glue:GetTable', database, name);
      return { Table: catalog.table(database, name) };
    },
    GetTables: async (input, caller) => {
      const database = text(input, 'DatabaseName');
      authorize(region, caller, 'glue:GetTables', database);
      return { TableList: catalog.tables(database) };
    },
    CreateTable: async (input, caller) => {
      const database = text(input, 'DatabaseName');
      const asked = document(input, 'TableInput');
      const name = text(asked, 'Name');
      authorize(region, caller, 'glue:CreateTable', database, name);
      if (catalog.hasTable(database, name)) throw exists(`Table ${name}`);
      catalog.putTable(database, asked);
      return {};
    },
    UpdateTable: async (input, caller) => {
      const database = text(input, 'DatabaseName');
      const asked = document(input, 'TableInput');
      const name = text(asked, 'Name');
      authorize(region, caller, 'glue:UpdateTable', database, name);
      catalog.table(database, name);
      catalog.putTable(database, asked);
      return {};
    },
    DeleteTable: async (input, caller) => {
      const [database, name] = [text(input, 'DatabaseName'), text(input, 'Name')];
      authorize(region, caller, 'glue:DeleteTable', database, name);
      catalog.deleteTable(database, name);
      return {};
    },
    GetPartitions: async (input, caller) => {
      const [database, name] = [text(input, 'DatabaseName'), text(input, 'TableName')];
      authorize(region, caller, 'glue:GetPartitions', database, name);
      catalog.table(database, name);
      return { Partitions: [] };
    },
  };
}

/** Glue asks for the catalog, the database and the table, each: a policy that names only the table refuses. */
function authorize(region: Region, caller: Caller, action: string, database?: string, table?: string): void {
  const arn = (resource: string) => `arn:aws:glue:${region.regionName}:${region.accountId}:${resource}`;
  region.authorize(caller, action, arn('catalog'));
  if (database === undefined) return;
  region.authorize(caller, action, arn(`database/${database.toLowerCase()}`));
  if (table !== undefined)
    region.authorize(caller, action, arn(`table/${database.toLowerCase()}/${table.toLowerCase()}`));
}

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidInputException', `${name} must be a non-empty string: given ${JSON.stringify(value)}`);
}

function document(input: Input, name: string): GlueInput {
  const value = input[name];
  if (typeof value === 'object' && value !== null) return value as GlueInput; // JSON objects have string keys
  throw new AwsError('InvalidInputException', `${name} must be an object: given ${JSON.stringify(value)}`);
}

function exists(what: string): AwsError {
  return new AwsError('AlreadyExistsException', `${what} already exists.`);
}
