import { AwsError, type Region } from '../../service.ts';

export interface GlueColumn {
  readonly Name: string;
  /** Hive type, such as `bigint` or `array<struct<a:int>>`. */
  readonly Type: string;
  readonly Comment?: string;
}

/** The `StorageDescriptor` members that readers of a table need. */
export interface StorageDescriptor {
  readonly Columns?: readonly GlueColumn[];
  readonly Location?: string;
  readonly InputFormat?: string;
  readonly OutputFormat?: string;
  readonly SerdeInfo?: {
    readonly SerializationLibrary?: string;
    readonly Parameters?: Readonly<Record<string, string>>;
  };
  readonly Parameters?: Readonly<Record<string, string>>;
}

/** A table as `GetTable` answers it. Names are in lower case, as Glue keeps them. */
export interface GlueTable {
  readonly Name: string;
  readonly DatabaseName: string;
  readonly CatalogId: string;
  readonly Description?: string;
  readonly TableType?: string;
  readonly PartitionKeys?: readonly GlueColumn[];
  readonly StorageDescriptor?: StorageDescriptor;
  readonly Parameters?: Readonly<Record<string, string>>;
  /** Epoch seconds. */
  readonly CreateTime: number;
  readonly UpdateTime: number;
}

export interface GlueDatabase {
  readonly Name: string;
  readonly CatalogId: string;
  readonly Description?: string;
  readonly LocationUri?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly CreateTime: number;
}

/** What a `TableInput` or `DatabaseInput` may say; other members are kept as they are. */
export type GlueInput = Readonly<Record<string, unknown>> & { readonly Name?: unknown };

/** The durable catalog: databases and tables by lower-case name. */
export interface GlueCatalog {
  database(name: string): GlueDatabase;
  databases(): readonly GlueDatabase[];
  putDatabase(input: GlueInput): GlueDatabase;
  deleteDatabase(name: string): void;
  table(database: string, name: string): GlueTable;
  hasTable(database: string, name: string): boolean;
  tables(database: string): readonly GlueTable[];
  putTable(database: string, input: GlueInput): GlueTable;
  deleteTable(database: string, name: string): void;
}

export function glueCatalog(region: Region): GlueCatalog {
  const store = region.store('glue');
  const nowSeconds = () => Math.floor(region.clock.now().getTime() / 1000);
  const tableKey = (database: string, name: string) => JSON.stringify([database.toLowerCase(), name.toLowerCase()]);
  const catalog: GlueCatalog = {
    database: (name) => {
      const found = store.get<GlueDatabase>('database', name.toLowerCase());
      if (found === undefined) throw notFound(`Database ${name} not found.`);
      return found;
    },
    databases: () => store.list<GlueDatabase>('database').map(({ value }) => value),
    putDatabase: (input) => {
      const Name = requireName(input, 'database');
      const CreateTime = store.get<GlueDatabase>('database', Name)?.CreateTime ?? nowSeconds();
      const database: GlueDatabase = { ...input, Name, CatalogId: region.accountId, CreateTime };
      store.put('database', Name, database);
      return database;
    },
    deleteDatabase: (name) => {
      for (const table of catalog.tables(name)) store.delete('table', tableKey(name, table.Name));
      store.delete('database', name.toLowerCase());
    },
    table: (database, name) => {
      const found = store.get<GlueTable>('table', tableKey(database, name));
      if (found !== undefined) return found;
      catalog.database(database);
      throw notFound(`Table ${name} not found.`);
    },
    hasTable: (database, name) => store.get('table', tableKey(database, name)) !== undefined,
    tables: (database) => {
      const { Name } = catalog.database(database);
      return store
        .list<GlueTable>('table')
        .map(({ value }) => value)
        .filter((table) => table.DatabaseName === Name);
    },
    putTable: (database, input) => {
      const Name = requireName(input, 'table');
      const DatabaseName = catalog.database(database).Name;
      const known = store.get<GlueTable>('table', tableKey(DatabaseName, Name));
      const UpdateTime = nowSeconds();
      const CreateTime = known?.CreateTime ?? UpdateTime;
      const table: GlueTable = { ...input, Name, DatabaseName, CatalogId: region.accountId, CreateTime, UpdateTime };
      store.put('table', tableKey(DatabaseName, Name), table);
      return table;
    },
    deleteTable: (database, name) => {
      catalog.table(database, name);
      store.delete('table', tableKey(database, name));
    },
  };
  return catalog;
}

function requireName(input: GlueInput, what: string): string {
  const name = input.Name;
  if (typeof name === 'string' && name.length > 0 && name.length <= 255) return name.toLowerCase();
  throw new AwsError(
    'InvalidInputException',
    `a ${what} needs a Name of 1 to 255 characters: given ${JSON.stringify(name)}`,
  );
}

function notFound(message: string): AwsError {
  return new AwsError('EntityNotFoundException', message);
}
