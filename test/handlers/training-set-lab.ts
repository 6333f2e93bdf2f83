import type { Context } from 'aws-lambda';
import { TrainingSetRequest } from '../../contracts/api/training-sets.ts';
import type { StoredTrainingSet, TrainingSetResult } from '../../contracts/training-set-flow.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
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

/** The feature store of the lab, and the `training-set` flow over it. */
export async function trainingSetLab(change?: (definitions: Definitions) => Definitions) {
  const lab = await featureStoreLab(change);
  const deps = { ...lab, readers, database: lab.database };
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

  async function run(request: object, executionName = `execution-${++executions}`): Promise<TrainingSetResult> {
    const task = { request: TrainingSetRequest.parse(request), cause: 'test', actor: 'someone', executionName };
    const planned = JSON.parse(JSON.stringify(await plan(task, context)));
    await lab.refresh();
    await loadEntityRows();
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

  return { ...lab, plan: lab.plan, planSet: plan, sealSet: seal, upload, run, stored, bytesOf, rowsOf };
}

export type TrainingSetLab = Awaited<ReturnType<typeof trainingSetLab>>;
