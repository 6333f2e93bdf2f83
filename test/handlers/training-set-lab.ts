import type { Context } from 'aws-lambda';
import { TrainingSetRequest } from '../../contracts/api/training-sets.ts';
import type { StoredTrainingSet, TrainingSetResult } from '../../contracts/training-set-flow.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import { HOUR_MS } from '../../core/clock.ts';
import { type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import type { Value } from '../../core/definitions/value-type.ts';
import { runPrefix, viewTable } from '../../core/offline/table-layout.ts';
import { ENTITY_ROWS_COLUMNS, ENTITY_ROWS_TABLE, ENTITY_TABLE_KEY } from '../../core/training-set/row-slots.ts';
import { csvRowReader } from '../../lambdas/adapters/files/csv-row-reader.ts';
import { jsonLinesRowReader } from '../../lambdas/adapters/files/json-lines-row-reader.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { parquetRowReader } from '../../lambdas/adapters/files/parquet-row-reader.ts';
import { makePlanTrainingSet } from '../../lambdas/handlers/training-sets/plan.ts';
import { makeSealParts } from '../../lambdas/handlers/training-sets/seal.ts';
import { entityTableKey } from '../../lambdas/use-cases/training-sets/entity-table.ts';
import { ARTIFACTS, featureStoreLab, OFFLINE } from './feature-store-lab.ts';

const LAB_TYPES = { string: 'string', bigint: 'int64', double: 'float64', boolean: 'boolean' } as const;

export const readers = { csv: csvRowReader, jsonl: jsonLinesRowReader, parquet: parquetRowReader(hyparquetFiles) };

export interface GivenRow {
  /** Join keys and features by name. */
  readonly values: Readonly<Record<string, Value>>;
  readonly at: string;
  /** @default at */
  readonly knownAt?: string;
}

/** The feature store of the lab, and the `training-set` flow over it. */
export async function trainingSetLab(change?: (definitions: Definitions) => Definitions, partRows?: number) {
  const lab = await featureStoreLab(change);
  const deps = { ...lab, readers, ...(partRows !== undefined && { partRows }) };
  const context = {} as Context; // the handlers do not look at it
  const [plan, seal] = [makePlanTrainingSet(deps), makeSealParts(deps)];
  let executions = 0;

  /** Puts a file where an upload would, and answers how a request names it. */
  async function upload(body: string | Uint8Array, format: 'csv' | 'jsonl' | 'parquet' = 'csv') {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const sha256 = sha256Hex(bytes);
    await lab.objects.put({ bucket: OFFLINE, key: entityTableKey(sha256) }, bytes, 'application/octet-stream');
    return { sha256, format };
  }

  /** Puts rows into the table of a view, as one run of it. */
  async function give(view: string, rows: readonly GivenRow[], runId = `given-${view}`): Promise<void> {
    const { entity, view: definition, version } = resolveView(lab.definitions, view);
    const table = viewTable(view, version);
    const opened = await lab.tables.open(table, runId, HOUR_MS, 'alone');
    if (opened.state !== 'open') throw new Error(`run ${runId} is committed`);
    const { loadedAtMs } = opened;
    const named = [...entity.joinKeys, ...definition.features].map(({ name, type }) => ({
      name,
      type,
      values: rows.map(({ values }) => values[name] ?? null),
    }));
    const time = (name: string, of: (row: GivenRow, i: number) => number) =>
      ({ name, type: 'int64', values: rows.map(of) }) as const;
    const body = hyparquetFiles.write([
      ...named,
      time('event_time_ms', ({ at }) => Date.parse(at)),
      time('known_at_ms', ({ at, knownAt }) => Date.parse(knownAt ?? at)),
      time('loaded_at_ms', () => loadedAtMs),
      time('seq', (_, i) => i),
    ]);
    const key = `${runPrefix(table, { runId, loadedAtMs })}0.parquet`;
    await lab.objects.put({ bucket: OFFLINE, key }, body, 'application/octet-stream');
    const times = rows.map(({ at }) => Date.parse(at));
    const [oldestEventTimeMs, newestEventTimeMs] = [Math.min(...times), Math.max(...times)];
    const facts = { rows: rows.length, oldestEventTimeMs, newestEventTimeMs, materializedToMs: null, report: {} };
    await lab.tables.commit(table, runId, facts);
  }

  /** Makes every entity table that was written readable. */
  async function loadEntityRows(): Promise<void> {
    const rows: Record<string, unknown>[] = [];
    for (const { key } of await lab.objects.list(OFFLINE, 'entity-rows/')) {
      const [, id] = new RegExp(`${ENTITY_TABLE_KEY}=(\\w+)/`).exec(key) ?? [];
      const file = await hyparquetFiles.open(await lab.objects.get({ bucket: OFFLINE, key }));
      for await (const { rows: count, columns } of file.batches()) {
        for (let row = 0; row < count; row++) {
          const values = Object.entries(columns).map(([name, all]) => [name, all[row]]);
          rows.push({ ...Object.fromEntries(values), [ENTITY_TABLE_KEY]: id });
        }
      }
    }
    const columns = Object.entries(ENTITY_ROWS_COLUMNS).map(([name, type]) => ({
      name,
      type: LAB_TYPES[type as keyof typeof LAB_TYPES], // the Glue table has these types alone
    }));
    await lab.athena.lab.table(ENTITY_ROWS_TABLE, [...columns, { name: ENTITY_TABLE_KEY, type: 'string' }], rows);
  }

  /** Makes every table what its files say now. */
  async function readable(): Promise<void> {
    await lab.refresh();
    await loadEntityRows();
  }

  async function run(request: object, executionName = `execution-${++executions}`): Promise<TrainingSetResult> {
    const task = { request: TrainingSetRequest.parse(request), cause: 'test', actor: 'someone', executionName };
    const planned = JSON.parse(JSON.stringify(await plan(task, context)));
    await readable();
    await lab.athena.unload(planned.query);
    for (let cursor = 0; ; ) {
      const sealed = await seal({ plan: planned, cursor }, context);
      if (sealed.result !== null) return sealed.result;
      cursor = sealed.cursor;
    }
  }

  async function stored({ trainingSetId }: TrainingSetResult): Promise<StoredTrainingSet> {
    const key = `training-set/${trainingSetId}/training-set.json`;
    return JSON.parse(new TextDecoder().decode(await lab.objects.get({ bucket: ARTIFACTS, key })));
  }

  const bytesOf = (result: TrainingSetResult, name = 'part-00000.parquet') =>
    lab.objects.get({ bucket: ARTIFACTS, key: `training-set/${result.trainingSetId}/${name}` });

  /** Every row of a training set, in order, as its files spell it. */
  async function rowsOf(result: TrainingSetResult): Promise<readonly (readonly unknown[])[]> {
    const rows: unknown[][] = [];
    for (const { name } of (await stored(result)).files) {
      const file = await hyparquetFiles.open(await bytesOf(result, name));
      for await (const batch of file.batches()) {
        for (let row = 0; row < batch.rows; row++) rows.push(file.columns.map((column) => batch.columns[column]![row]));
      }
    }
    return rows;
  }

  return { ...lab, planSet: plan, sealSet: seal, loadEntityRows, readable, upload, give, run, stored, bytesOf, rowsOf };
}

export type TrainingSetLab = Awaited<ReturnType<typeof trainingSetLab>>;
