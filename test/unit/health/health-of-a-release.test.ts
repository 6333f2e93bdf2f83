import { describe, expect, it } from 'vitest';
import type { ScanScope } from '../../../contracts/drift-scan.ts';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { resolveView } from '../../../core/definitions/definitions.ts';
import type { BucketCount } from '../../../core/health/source-buckets.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { hyparquetFiles } from '../../../lambdas/adapters/files/parquet-files.ts';
import type { TableHead } from '../../../lambdas/ports/table-log.ts';
import { judgeHealth } from '../../../lambdas/use-cases/health/judge-health.ts';
import { planHealth } from '../../../lambdas/use-cases/health/plan-health.ts';
import { fixtureDefinitions } from '../../infra/fixture-definitions.ts';
import { memoryObjectStore } from '../../memory/memory-object-store.ts';
import { AT_MS, simulated, weekly } from './simulated-source.ts';

const definitions = fixtureDefinitions();
const scope: ScanScope = {
  scanId: 'a'.repeat(32),
  model: 'churn_1',
  releaseId: 'b'.repeat(64),
  cause: 'schedule',
  actor: 'a',
  atMs: AT_MS,
  fromMs: AT_MS - DAY_MS,
  championSinceMs: 0,
  prefix: 'drift-scan/x/',
  definitionsSha256: 'd',
};
// what the use cases read of a manifest
const manifest = {
  model: definitions.models[0],
  featureViews: definitions.featureViews.map(({ name }) => resolveView(definitions, name)),
} as unknown as ReleaseManifest;

function headOf(table: string, newestEventTimeMs: number): TableHead {
  return {
    table,
    watermarkMs: AT_MS - 1,
    rows: 1,
    newestEventTimeMs,
    oldestEventTimeMs: 0,
    materializedToMs: newestEventTimeMs,
    onlineToMs: AT_MS - 1,
    judgedToMs: 0,
    recent: [],
  };
}

function lab(counts: readonly BucketCount[], deployed: Definitions = definitions, silentForMs = HOUR_MS) {
  const objects = memoryObjectStore();
  const whole = (name: string, of: (count: BucketCount) => number) => ({
    name,
    type: 'int64' as const,
    values: counts.map(of),
  });
  const file = hyparquetFiles.write([
    whole('width_ms', () => DAY_MS),
    whole('bucket', ({ bucket }) => bucket),
    whole('delay', ({ delay }) => delay),
    whole('rows', ({ rows }) => rows),
    whole('oldest_load_ms', ({ oldestLoadMs }) => oldestLoadMs),
    whole('newest_event_ms', ({ newestEventMs }) => newestEventMs),
    ...[0, 1, 2].map((i) => whole(`nulls_${i}`, ({ nulls }) => nulls['amount'] ?? 0)),
  ]);
  const deps = {
    objects,
    parquet: hyparquetFiles,
    offlineBucket: 'offline',
    database: 'db',
    workgroup: 'wg',
    definitions: deployed,
    releases: { manifest: async () => manifest },
    tables: { head: async (table: string) => headOf(table, AT_MS - silentForMs) },
  };
  const judged = async (served: Parameters<typeof judgeHealth>[2] = []) => {
    const key = `${scope.prefix}health/orders/part-0`;
    await objects.put({ bucket: 'offline', key }, file, 'application/octet-stream');
    return judgeHealth(deps, scope, served);
  };
  return { deps, judged };
}

const mean = weekly(1_000, 200);
const well = simulated({ mean }, seededRandom(1)).counts;
const silent = simulated({ mean: (ago) => (ago < 4 ? 0 : mean(ago)) }, seededRandom(1)).counts;

describe('the health of what feeds a release', () => {
  it('is counted by one query for each source, below the prefix of the scan', async () => {
    const queries = await planHealth(lab(well).deps, scope);
    expect(queries.map(({ part }) => part)).toEqual(['health-orders']);
    const [text] = queries.map(({ query }) => query.QueryString);
    expect(text).toContain("TO 's3://offline/drift-scan/x/health/orders/'");
    expect(text).toContain('count(*) - count("s"."amount") as "nulls_0"');
    expect(text).toContain('s."loaded_day" >= ?');
  });

  it('is not counted of a source that never got a row', async () => {
    const { deps } = lab(well);
    const head = async (table: string) => ({ ...headOf(table, 0), watermarkMs: 0 });
    expect(await planHealth({ ...deps, tables: { head } }, scope)).toEqual([]);
  });

  it('is healthy when rows come as ever', async () => {
    const found = await lab(well).judged();
    expect(found.checks.filter(({ outcome }) => outcome === 'unhealthy')).toEqual([]);
    expect(found.outcome).toBe('healthy');
  });

  it('is unhealthy when a source has fallen silent without an error: an outage, nothing to be learned (fault 81)', async () => {
    const found = await lab(silent, definitions, 4 * DAY_MS).judged();
    expect(found.outcome).toBe('unhealthy');
    expect(found.checks[0]?.because).toContain('source orders');
    expect(found.checks.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual(
      expect.arrayContaining(['freshness unhealthy', 'volume unhealthy']),
    );
  });

  it('is unhealthy when a column that the release reads is gone from the definitions', async () => {
    const sources = definitions.sources.map((source) => ({
      ...source,
      columns: source.columns.filter(({ name }) => name !== 'amount'),
    }));
    const found = await lab(well, { ...definitions, sources }).judged();
    expect(found.because).toContain('source orders: column amount is gone');
  });

  it('is unhealthy when predictions are served without what the model learned with', async () => {
    const missing = { column: 'customer_spend:spend_30d', rows: 500, live: 0.9, reference: 0.01 };
    const found = await lab(well).judged([missing]);
    expect(found.outcome).toBe('unhealthy');
    expect(found.checks[0]).toMatchObject({ check: 'served-missing', seen: 0.9 });
    expect(found.checks[0]?.limit).toBeCloseTo(0.21, 9);
  });

  it('is told as not computable when nothing can be looked at', async () => {
    const found = await lab([], definitions).judged();
    expect(found.checks.filter(({ outcome }) => outcome === 'unhealthy')).toEqual([]);
    expect(found.checks.find(({ check }) => check === 'volume')?.outcome).toBe('not-computable');
  });
});
