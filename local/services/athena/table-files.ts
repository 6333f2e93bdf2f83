import type { Region } from '../../service.ts';
import type { GlueTable } from '../glue/catalog.ts';
import { type ListedFile, listFiles } from '../s3/listing.ts';
import { parseS3Uri } from '../s3/object-files.ts';
import { projectionOf } from './partition-projection.ts';
import { QueryError } from './sql-tree.ts';

/** The files a table consists of, and how a file's path tells its partition. */
export interface TableFiles {
  readonly files: readonly ListedFile[];
  /** Regular expression with one group for each partition key, in the order of `partitionKeys`. */
  readonly pathPattern: string;
  readonly partitionKeys: readonly string[];
}

/**
 * Finds the files of a table. Athena leaves out names that begin with `_` or `.`, and so does this; empty files hold
 * no rows in any format.
 *
 * A table with partition keys and no projection has the partitions that were registered with Glue; the laptop's Glue
 * registers none, so it is empty, as on AWS before MSCK REPAIR TABLE.
 */
export function tableFiles(region: Region, table: GlueTable): TableFiles {
  const location = table.StorageDescriptor?.Location;
  if (location === undefined || location === '') {
    throw new QueryError(`HIVE_INVALID_METADATA: table ${table.DatabaseName}.${table.Name} has no location`);
  }
  const { bucket } = parseS3Uri(location);
  const partitionKeys = (table.PartitionKeys ?? []).map(({ Name }) => Name.toLowerCase());
  const { prefix, pattern } = layout(table, location, partitionKeys);
  const projected = partitionKeys.map((key) => projectionOf(table, key, region.clock));
  const matcher = new RegExp(`^${pattern}`);
  const files = [...listFiles(region, bucket, prefix)].filter(({ key, sizeBytes }) => {
    const name = key.slice(key.lastIndexOf('/') + 1);
    if (sizeBytes === 0 || name.startsWith('_') || name.startsWith('.')) return false;
    const match = matcher.exec(key);
    return match !== null && projected.every((accepts, index) => accepts?.(decoded(match[index + 1]!)) ?? false);
  });
  return { files, pathPattern: `/${bucket}/${pattern}`, partitionKeys };
}

/** The part of the keys before the first partition value, and the pattern of the whole folder part. */
function layout(table: GlueTable, location: string, keys: readonly string[]): { prefix: string; pattern: string } {
  const root = location.endsWith('/') ? location : `${location}/`;
  const template =
    table.Parameters?.['storage.location.template'] ?? root + keys.map((key) => `${key}=\${${key}}/`).join('');
  const { key: path } = parseS3Uri(template.endsWith('/') ? template : `${template}/`);
  const pieces = path.split(/(\$\{[^}]+\})/);
  const named = pieces.filter((piece) => piece.startsWith('${')).map((piece) => piece.slice(2, -1).toLowerCase());
  if (keys.some((key) => !named.includes(key))) {
    throw new QueryError(
      `INVALID_TABLE_PROPERTY: storage.location.template "${template}" does not name every partition key (${keys.join(', ')})`,
    );
  }
  if (named.join() !== keys.join()) {
    throw new QueryError(
      "NOT_SUPPORTED: the laptop's Athena takes partition keys once each, in order, in storage.location.template",
    );
  }
  // a date format such as yyyy/MM/dd has slashes inside one value
  const depth = (key: string) => (table.Parameters?.[`projection.${key}.format`] ?? '').split('/').length;
  const pattern = pieces.map((piece) => {
    if (!piece.startsWith('${')) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const slashes = depth(piece.slice(2, -1)) - 1;
    return `([^/]*${'/[^/]*'.repeat(slashes)})`;
  });
  return { prefix: pieces[0] ?? '', pattern: pattern.join('') };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // a percent sign that encodes nothing
  }
}
