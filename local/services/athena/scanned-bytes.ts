import type { DuckDBConnection } from '@duckdb/node-api';
import type { Relation } from './relation.ts';

interface PlanNode {
  readonly extra_info?: Readonly<Record<string, unknown>>;
  readonly children?: readonly PlanNode[];
}

/**
 * Bytes of the files that a query opens, after partitions are pruned. For Parquet this is more than Athena counts,
 * which bills only the columns it reads.
 */
export async function scannedBytes(
  connection: DuckDBConnection,
  sql: string,
  relations: readonly Relation[],
): Promise<number> {
  if (relations.length === 0) return 0;
  const explained = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
  const scans = prunedScans(JSON.parse(String(explained.getRows()[0]?.[1])) as readonly PlanNode[]); // DuckDB's plan document
  return Math.round(
    relations.reduce((sum, { sizeBytes, fileCount }) => {
      const own = scans.filter(({ total }) => total === fileCount);
      // tables with equally many files can not be told apart in the plan, so they share the mean
      const share =
        own.length === 0 ? 1 : own.reduce((shares, { opened, total }) => shares + opened / total, 0) / own.length;
      return sum + sizeBytes * share;
    }, 0),
  );
}

function prunedScans(nodes: readonly PlanNode[]): { opened: number; total: number }[] {
  return nodes.flatMap(({ extra_info = {}, children = [] }) => {
    const [, opened, total] = /^(\d+)\/(\d+)$/.exec(String(extra_info['Scanning Files'] ?? '')) ?? [];
    const own = total === undefined ? [] : [{ opened: Number(opened), total: Number(total) }];
    return [...own, ...prunedScans(children)];
  });
}
