import type { AthenaQuery } from '../../contracts/athena-query.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import { type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import type { Value } from '../../core/definitions/value-type.ts';
import { sourceTable, viewTable } from '../../core/offline/table-layout.ts';
import type { TableBusyError } from '../../core/offline/table-runs.ts';
import { servedValues } from '../../core/serving/served-values.ts';
import { streamLayout } from '../../core/streaming/stream-layout.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { consumeRecords } from '../../lambdas/use-cases/ingestion/consume-records.ts';
import { abandonRun } from '../../lambdas/use-cases/tables/abandon-run.ts';
import { type FeatureStoreLab, featureStoreLab, OFFLINE, type Order } from '../handlers/feature-store-lab.ts';
import { type Put, SHARD, sequenceNumber } from '../handlers/stream-event.ts';
import type { AthenaLab } from '../property/sql/athena-lab.ts';
import { Crash, type Crashing, crashing } from './crashing.ts';

/**
 * How work goes on that was killed. `retry`: the function is called again with its request, and a query that was killed
 * ends the execution, which gives its run up. `next-execution`: whatever was killed ends the execution. `lease`: and
 * nobody gives the run up, so that its lease has to pass.
 */
export type Resumed = 'retry' | 'next-execution' | 'lease';

const PROBED_DAYS = [0, 1, 5, 26, 40];
const CUSTOMERS = [1, 2, 3];

const LOAD_TIMES: ReadonlySet<string> = new Set(['known_at_ms', 'loaded_at_ms', 'seq']);

interface FoundRow {
  readonly row: string;
  readonly untimed: string;
  readonly isSeen: boolean;
}

interface FileOfQuery {
  readonly key: string;
  readonly body: Uint8Array;
}

/** What a query wrote, by its text and the files it read: it writes the same whenever it is asked. */
const answered = new Map<string, readonly FileOfQuery[]>();

/** One view of the feature store, whose flow and consumer are killed once and resumed as their callers would. */
export class CrashLab {
  readonly #lab: FeatureStoreLab;
  readonly #killer: Crashing;
  readonly #how: Resumed;
  #isDisturbed = true;
  #isHeld = false;

  private constructor(lab: FeatureStoreLab, killer: Crashing, how: Resumed) {
    this.#lab = lab;
    this.#killer = killer;
    this.#how = how;
  }

  /** @param duckdb that all labs of a test use, one after the other */
  static async open(
    duckdb: AthenaLab,
    change: (definitions: Definitions) => Definitions,
    at: number,
    moment: 'before' | 'after',
    how: Resumed,
  ): Promise<CrashLab> {
    const killer = crashing(at, moment);
    return new CrashLab(await featureStoreLab(change, killer.around, duckdb), killer, how);
  }

  calls(): number {
    return this.#killer.calls();
  }

  /** Whether an execution died that had a run open which nobody gave up: later ones waited until its lease had passed. */
  isHeld(): boolean {
    return this.#isHeld;
  }

  advance(ms: number): void {
    this.#lab.clock.advance(ms);
  }

  async undisturbed(work: () => Promise<unknown>): Promise<void> {
    this.#isDisturbed = false;
    await work();
    this.#isDisturbed = true;
  }

  load(runId: string, orders: readonly Order[]): Promise<void> {
    return this.#lab.ingest(orders, runId);
  }

  /** Lambda gives records again until the function has taken them all. */
  async consume(puts: readonly Put[]): Promise<void> {
    const records = puts.map(({ at, data }) => ({
      streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
      shardId: SHARD,
      sequenceNumber: sequenceNumber(at),
      partitionKey: 'k',
      arrivedAtMs: this.#lab.clock.now().getTime(),
      data: new TextEncoder().encode(JSON.stringify(data)),
    }));
    const deps = { ...this.#lab, pause: async () => {}, onFailure: () => {} };
    for (let left: readonly unknown[] = records; left.length > 0; ) {
      // the function ends with the process: what it would have answered is not heard
      left = await this.#during(() => consumeRecords(deps, records)).catch(resumedAfterCrash(records));
      if (left.length > 0) this.#killer.restart();
    }
  }

  /** One execution of the flow; the schedule starts another when one has died. */
  async materialize(executionName: string): Promise<void> {
    for (const name of [executionName, `${executionName}-again`]) {
      try {
        await this.#execute(name);
        return;
      } catch (error) {
        if ((error as TableBusyError).name === 'TableBusyError') {
          this.#isHeld = true;
          return;
        }
        if (!(error instanceof Crash)) throw error;
        this.#killer.restart();
        if (this.#how !== 'lease') continue;
        this.#isHeld = true;
        return;
      }
    }
  }

  async #execute(executionName: string): Promise<void> {
    const view = this.#lab.definitions.featureViews[0]!.name; // the lab has one
    const plan = await this.#task(() => this.#lab.plan({ view, cause: 'test', executionName }));
    if (plan.action === 'nothing') return;
    let { online } = plan;
    if (plan.action === 'compute') {
      try {
        await this.#query(plan.query);
        await this.#query(plan.check.query);
        const { quality, setAside } = await this.#task(() => this.#lab.check({ plan }));
        if (setAside.action === 'export') await this.#query(setAside.query);
        online = (await this.#task(() => this.#lab.commit({ plan, quality }))).online;
      } catch (error) {
        if (this.#how === 'lease') throw error;
        this.#killer.restart();
        const { table, runId, prefixes } = plan;
        await abandonRun(this.#lab, { table, runId, prefixes, reason: String(error) });
        throw error;
      }
    }
    if (online.action === 'nothing') return;
    await this.#query(online.query);
    await this.#task(() => this.#lab.writeOnline({ online, cursor: null }));
  }

  /** A function of the flow. */
  async #task<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#during(work);
    } catch (error) {
      if (!(error instanceof Crash) || this.#how !== 'retry') throw error;
      this.#killer.restart();
      return this.#during(work);
    }
  }

  /** A query, which is never asked again: it may have written a part of its files. */
  async #query(query: AthenaQuery): Promise<void> {
    const { objects } = this.#lab;
    const files = await Promise.all(
      (await objects.list(OFFLINE, '')).map(async ({ key }) => [
        key,
        sha256Hex(await objects.get({ bucket: OFFLINE, key })),
      ]),
    );
    const read = files.filter(([key]) => /^(source|view)\//.test(key!));
    const id = JSON.stringify([query.QueryString, query.ExecutionParameters, read]);
    const answer = answered.get(id) ?? (await this.#answer(query));
    answered.set(id, answer);
    await this.#during(async () => {
      for (const { key, body } of answer) await objects.put({ bucket: OFFLINE, key }, body, 'application/octet-stream');
    });
  }

  /** What a query writes; it is taken away again, so that it is written file by file like any other time. */
  async #answer(query: AthenaQuery): Promise<readonly FileOfQuery[]> {
    const { objects } = this.#lab;
    const before = new Set((await objects.list(OFFLINE, '')).map(({ key }) => key));
    await this.#lab.refresh();
    await this.#lab.athena.unload(query);
    const files: FileOfQuery[] = [];
    for (const { key } of await objects.list(OFFLINE, '')) {
      if (before.has(key)) continue;
      files.push({ key, body: await objects.get({ bucket: OFFLINE, key }) });
      await objects.deleteAll(OFFLINE, key);
    }
    return files;
  }

  #during<T>(work: () => Promise<T>): Promise<T> {
    return this.#isDisturbed ? this.#killer.during(work) : work();
  }

  /** What readers find in both stores, times to the second: a run that was given up is loaded a millisecond later. */
  async state() {
    const [view] = this.#lab.definitions.featureViews;
    const resolved = resolveView(this.#lab.definitions, view!.name);
    const tables = [sourceTable(resolved.source.name), viewTable(view!.name, resolved.version)];
    const rows = (await Promise.all(tables.map((table) => this.#rowsOf(table)))).flat();
    const nowMs = this.#lab.clock.now().getTime();
    const keys = CUSTOMERS.map((id) => ({
      entity: 'customer',
      key: [id],
      view: view!.name,
      version: resolved.version,
    }));
    const { items } = await this.#lab.online.read(keys, []);
    const online = items.flatMap((item) =>
      PROBED_DAYS.flatMap((days) =>
        servedValues(view!.features, view!.ttlMs, item, nowMs + days * 86_400_000, streamLayout(resolved)),
      ),
    );
    const seen = rows.filter(({ isSeen }) => isSeen);
    return {
      offline: seen.map(({ row }) => row).sort(),
      /** Without the times of the load that brought them. */
      untimed: seen.map(({ untimed }) => untimed).sort(),
      /** Rows that lie in a table and were never committed. */
      orphans: rows.filter(({ isSeen }) => !isSeen).map(({ row }) => row),
      online: online.map(({ eventTimeMs, ...value }) => ({
        ...value,
        at: eventTimeMs === null ? null : toSecond(eventTimeMs),
      })),
    };
  }

  async #rowsOf(table: string): Promise<readonly FoundRow[]> {
    const { watermarkMs } = await this.#lab.tables.head(table);
    const rows: FoundRow[] = [];
    const prefix = table.startsWith('source') ? 'source/' : 'view/';
    for (const { key } of await this.#lab.objects.list(OFFLINE, prefix)) {
      const file = await hyparquetFiles.open(await this.#lab.objects.get({ bucket: OFFLINE, key }));
      for await (const { rows: count, columns } of file.batches()) {
        for (let i = 0; i < count; i++) {
          const cells = Object.entries(columns).map(([name, values]) => {
            const value = typeof values[i] === 'bigint' ? Number(values[i]) : (values[i] as Value); // a column of the table
            return [name, name.endsWith('_ms') && typeof value === 'number' ? toSecond(value) : value];
          });
          const loadedAtMs = Number(columns['loaded_at_ms']?.[i]);
          const bare = cells.filter(([name]) => !LOAD_TIMES.has(String(name)));
          const [row, untimed] = [cells, bare].map((some) => JSON.stringify([table, ...some.sort()]));
          rows.push({ row: row!, untimed: untimed!, isSeen: loadedAtMs <= watermarkMs });
        }
      }
    }
    return rows;
  }
}

/** What the killed consumer did not take: everything. */
function resumedAfterCrash<T>(records: readonly T[]): (error: unknown) => readonly T[] {
  return (error) => {
    if (error instanceof Crash) return records;
    throw error;
  };
}

function toSecond(ms: number): number {
  return Math.floor(ms / 1_000);
}
