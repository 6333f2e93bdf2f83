import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { EARLIEST_MS, type SeenRows } from '../../../core/offline/materialization-run.ts';
import { floorTick } from '../../../core/offline/ticks.ts';
import { countedRows } from '../../../core/point-in-time/counted-rows.ts';
import { joinPointInTime } from '../../../core/point-in-time/join-point-in-time.ts';
import { byKey, type KeyValue, type SourceRow, type ViewRow } from '../../../core/point-in-time/offline-row.ts';
import { streamedValuesAt } from '../../../core/point-in-time/streamed-values.ts';
import { servedValues } from '../../../core/serving/served-values.ts';
import { streamBaseSql } from '../../../core/sql/stream-base-sql.ts';
import { viewRowsSql } from '../../../core/sql/view-rows-sql.ts';
import { streamLayout } from '../../../core/streaming/stream-layout.ts';
import { SPAN_MS } from '../../../core/streaming/stream-state.ts';
import { markComplete, writeBases } from '../../../lambdas/use-cases/materialization/write-bases.ts';
import { addToTiles } from '../../../lambdas/use-cases/streaming/add-to-tiles.ts';
import { fixedClock } from '../../memory/memory-clock-and-ids.ts';
import { memoryOnlineStore } from '../../memory/memory-online-store.ts';
import { type AthenaLab, DATABASE, type LabRow } from '../sql/athena-lab.ts';
import { SALES_COLUMNS, salesTable } from '../sql/histories.ts';
import type { Draw, Load, Step } from './timeline.ts';

/** What was served of an entity at an instant. */
export interface Probe {
  readonly key: readonly KeyValue[];
  readonly atMs: number;
  /** Null where nothing is found; undefined where a part of what should be there was made to be missing. */
  readonly served: readonly Value[] | null | undefined;
}

interface Export {
  readonly rows: readonly LabRow[];
  readonly baseToMs: number;
  readonly watermarkMs: number;
  readonly fileRowsCountFromMs: number;
}

/** One streamed view, in all engines: events come, functions crash and are tried again, bases are rebuilt. */
export class StreamLab {
  readonly probes: Probe[] = [];
  readonly #athena: AthenaLab;
  readonly #resolved: ResolvedView;
  readonly #draw: Draw;
  readonly #clock = fixedClock(0);
  readonly #online = memoryOnlineStore();
  readonly #loads: Load[] = [];
  readonly #offline: ViewRow[] = [];
  /** By entity: load times of what was not brought online where it had to be. */
  readonly #missing = new Map<string, Set<number>>();
  /** By load time of a file: the load time of the materialization that saw it first. */
  readonly #seenAtMs = new Map<number, number>();
  #computed = { toMs: EARLIEST_MS, seenToMs: 0, onlineToMs: 0, isFirst: true };
  /** What each materialization but the first was the first to see. */
  readonly #seen: SeenRows[] = [];
  #last: Export | null = null;

  constructor(athena: AthenaLab, resolved: ResolvedView, draw: Draw) {
    this.#athena = athena;
    this.#resolved = resolved;
    this.#draw = draw;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const [i, step] of steps.entries()) {
      this.#clock.advance(step.atMs - this.#clock.now().getTime());
      if (step.kind === 'load') await this.#commit(step.load);
      else if (step.kind === 'retry') await this.#retry();
      else await this.#materialize(step.atMs, steps);
      const untilMs = steps[i + 1]?.atMs ?? step.atMs + 1;
      await this.#probe(step.atMs, untilMs);
    }
  }

  async #commit(load: Load): Promise<void> {
    this.#loads.push(load);
    for (const { id } of this.#entitiesOf(load.rows)) this.#note(id, load.loadedAtMs);
    if (!load.isServed) return;
    await this.#bringOnline(load, () => this.#draw(8) > 0);
    if (this.#draw(3) === 0) await this.#bringOnline(load, () => this.#draw(2) > 0);
  }

  /** Tries again what crashed, and some of what did not. */
  async #retry(): Promise<void> {
    for (const load of this.#loads.filter(({ isServed }) => isServed)) await this.#bringOnline(load, () => true);
    if (this.#last !== null) await this.#writeBases(this.#last, () => this.#draw(3) === 0);
  }

  async #bringOnline(load: Load, isLucky: () => boolean): Promise<void> {
    const inOrder = this.#resolved.source.eventIdColumn !== null;
    const done = this.#entitiesOf(load.rows).filter(({ id }) => {
      const missing = [...(this.#missing.get(id) ?? [])];
      return isLucky() && !(inOrder && missing.some((loadedAtMs) => loadedAtMs < load.loadedAtMs));
    });
    const rows = done.flatMap((entity) => entity.rows);
    await addToTiles({ online: this.#online, clock: this.#clock }, this.#resolved, rows, load.loadedAtMs);
    for (const { id } of done) this.#missing.get(id)?.delete(load.loadedAtMs);
  }

  async #materialize(atMs: number, steps: readonly Step[]): Promise<void> {
    const { view, entity } = this.#resolved;
    const all = steps.flatMap((step) => (step.kind === 'load' ? [step.load] : []));
    const openMs = all
      .filter((load) => load.loadedAtMs <= atMs && load.committedAtMs > atMs)
      .map((load) => load.loadedAtMs);
    const committed = this.#loads.map(({ loadedAtMs }) => loadedAtMs).filter((ms) => ms < Math.min(...openMs));
    const watermarkMs = Math.max(...committed, 0);
    const table = { database: DATABASE, table: 'source_sales', watermarkMs };
    const columns = [...this.#resolved.source.columns, ...SALES_COLUMNS.slice(7)];
    await this.#athena.table('source_sales', columns, salesTable(this.#loads.flatMap(({ rows }) => rows)));

    const { toMs: fromMs, seenToMs, isFirst, onlineToMs } = this.#computed;
    const seenBefore = this.#seen.filter(({ loadedAtMs }) => loadedAtMs > seenToMs);
    const run = { fromMs, toMs: atMs, loadedFromMs: seenToMs, watermarkMs, loadedAtMs: atMs, isFirst, seenBefore };
    const written = await this.#athena.run(viewRowsSql(this.#resolved, table, run));
    this.#offline.push(
      ...written.map((row) => ({
        key: entity.joinKeys.map(({ name }) => row[name] as KeyValue),
        values: view.features.map(({ name }) => row[name] as Value),
        eventTimeMs: Number(row['event_time_ms']),
        knownAtMs: Number(row['known_at_ms']),
        loadedAtMs: Number(row['loaded_at_ms']),
        seq: Number(row['seq']),
      })),
    );
    for (const { isServed, loadedAtMs } of this.#loads) {
      if (loadedAtMs > watermarkMs || this.#seenAtMs.has(loadedAtMs)) continue;
      if (isFirst) this.#seenAtMs.set(loadedAtMs, EARLIEST_MS);
      else if (!isServed) this.#seenAtMs.set(loadedAtMs, atMs);
    }
    if (!isFirst) this.#seen.push({ fromMs: seenToMs, toMs: watermarkMs, loadedAtMs: atMs });
    const baseToMs = floorTick(watermarkMs, SPAN_MS);
    const rows = await this.#athena.run(streamBaseSql(this.#resolved, this.#layout(), table, { onlineToMs, baseToMs }));
    const exported = { rows, baseToMs, watermarkMs, fileRowsCountFromMs: atMs };
    const isWhole = isFirst || this.#draw(4) > 0;
    await this.#writeBases(exported, () => isWhole || this.#draw(2) === 0);
    this.#computed = { toMs: atMs, seenToMs: watermarkMs, onlineToMs: isWhole ? baseToMs : onlineToMs, isFirst: false };
    if (isWhole) await markComplete(this.#online, this.#resolved, baseToMs);
    this.#last = exported;
  }

  async #writeBases({ rows, baseToMs, watermarkMs }: Export, isLucky: () => boolean): Promise<void> {
    const { entity } = this.#resolved;
    const lucky = rows.filter(isLucky);
    const names = [...entity.joinKeys.map(({ name }) => name), 'hg_newest', 'hg_tiles', 'hg_events'];
    const columns = Object.fromEntries(names.map((name) => [name, lucky.map((row) => row[name])]));
    const batch = { firstRow: 0, rows: lucky.length, columns };
    const nowMs = this.#clock.now().getTime();
    await writeBases(
      this.#online,
      this.#resolved,
      this.#layout(),
      { batch, from: 0, to: lucky.length },
      baseToMs,
      nowMs,
    );
    for (const row of lucky) {
      const missing = this.#missing.get(JSON.stringify(entity.joinKeys.map(({ name }) => row[name])));
      for (const loadedAtMs of missing ?? []) if (loadedAtMs <= watermarkMs) missing?.delete(loadedAtMs);
    }
  }

  async #probe(fromMs: number, untilMs: number): Promise<void> {
    const { view, entity, version } = this.#resolved;
    if (this.#computed.isFirst) return;
    const tileMs = view.stream?.tileMs ?? 1;
    const edgeMs = floorTick(fromMs + this.#draw(untilMs - fromMs), tileMs);
    const wanted = [fromMs, edgeMs - 1, edgeMs, fromMs + this.#draw(untilMs - fromMs)];
    for (const atMs of wanted.filter((ms) => ms >= fromMs && ms < untilMs)) {
      const entities = this.#entitiesOf(this.#loads.flatMap(({ rows }) => rows));
      const keys = entities.map(({ key }) => ({ entity: entity.name, key, view: view.name, version }));
      const { items } = await this.#online.read(keys, []);
      for (const [i, { key, id }] of entities.entries()) {
        const served = servedValues(view.features, null, items[i] ?? null, atMs, this.#layout());
        const isMissing = (this.#missing.get(id)?.size ?? 0) > 0;
        const values = served[0]?.status === 'NOT_FOUND' ? null : served.map(({ value }) => value);
        this.probes.push({ key, atMs, served: isMissing ? undefined : values });
      }
    }
  }

  /** What history says that was served, by the rows that the materializations wrote. */
  joined(): readonly (readonly Value[] | null)[] {
    const byEntity = new Map(
      byKey(this.#offline, ({ key }) => key).map(({ key, rows }) => [JSON.stringify(key), rows]),
    );
    return this.probes.map(({ key, atMs }) => {
      const [seen] = joinPointInTime([{ key, timeMs: atMs }], byEntity.get(JSON.stringify(key)) ?? [], null);
      return seen?.row?.values ?? null;
    });
  }

  /** What the meaning of record says. */
  expected(): readonly (readonly Value[] | null)[] {
    const rows = countedRows(
      this.#resolved.source,
      this.#loads.flatMap((load) => load.rows),
    );
    const byEntity = new Map(this.#entitiesOf(rows).map((one) => [one.id, one.rows]));
    const knownFromMs = (row: SourceRow) =>
      Math.max(row.knownAtMs, this.#seenAtMs.get(row.loadedAtMs) ?? row.loadedAtMs);
    return this.probes.map(({ key, atMs }) =>
      streamedValuesAt(this.#resolved, byEntity.get(JSON.stringify(key)) ?? [], atMs, knownFromMs),
    );
  }

  #entitiesOf(rows: readonly SourceRow[]) {
    const { keyColumns } = this.#resolved.view;
    return byKey(rows, (row) => keyColumns.map((column) => row.values[column] ?? null)).map((one) => ({
      ...one,
      id: JSON.stringify(one.key),
    }));
  }

  #note(id: string, loadedAtMs: number): void {
    const missing = this.#missing.get(id) ?? new Set();
    missing.add(loadedAtMs);
    this.#missing.set(id, missing);
  }

  #layout() {
    const layout = streamLayout(this.#resolved);
    if (layout === null) throw new Error('the view is not streamed');
    return layout;
  }
}
