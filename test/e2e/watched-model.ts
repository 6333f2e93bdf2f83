import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PushResponse } from '../../contracts/api/feast.ts';
import type { OpenIngestionResponse } from '../../contracts/api/ingestions.ts';
import type { DriftScanListResponse, ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { RecordOutcomesResponse } from '../../contracts/api/outcomes.ts';
import type { RetrainingResponse } from '../../contracts/api/retraining.ts';
import type { RolloutResponse } from '../../contracts/api/rollouts.ts';
import type { DriftReport } from '../../contracts/drift-scan.ts';
import type { RegisteredRelease } from '../../contracts/training-flow.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import { type Answer, ask } from './api.ts';
import { auditChain } from './audit-chain.ts';
import { checksOf, csvOf, readingsOf, type World } from './machine-readings.ts';
import type { EntityAnswer } from './release-model.ts';

const POLL_MS = 250;
/** Of a machine with other things to do. */
const TIMEOUT_MS = 600_000;
const OUTCOMES_PER_CALL = 100;
const ROWS_PER_PUSH = 1_000;
const CLIENTS = 4;

/** Looks until there is something. @throws Error with what was seen last when it does not come */
export async function until<T, U extends T>(
  what: string,
  look: () => Promise<T>,
  isThere: (seen: T) => seen is U,
): Promise<U>;
export async function until<T>(what: string, look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T>;
export async function until<T>(what: string, look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  const endMs = performance.now() + TIMEOUT_MS;
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    if (performance.now() > endMs) throw new Error(`${what} did not come; seen last: ${JSON.stringify(seen)}`);
    await sleep(POLL_MS);
  }
}

const BUSY = [429, 502, 503, 504];
/** Bringing readings online keeps the emulator of the online store busy: several at once would time out. */
let lastRead: Promise<void> = Promise.resolve();

/** One request that must succeed, sent again while the platform is too busy to answer it. */
async function asked<T>(url: string, path: string, body?: unknown): Promise<T> {
  const answer = await until(
    `an answer of ${path}`,
    () => ask<T>(url, path, body),
    ({ status }) => !BUSY.includes(status),
  );
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function started(url: string, path: string, body: unknown = {}): Promise<string> {
  return (await asked<ExecutionStartedResponse>(url, path, body)).executionId;
}

/** A model as its clients, its data and the people who look after it meet it: over HTTP. */
export class WatchedModel {
  readonly name: string;
  readonly #url: string;
  readonly #path: string;
  readonly #view: string;

  constructor(url: string, name: string) {
    this.name = name;
    this.#url = url;
    this.#path = `/v1/models/${name}`;
    this.#view = `/v1/feature-views/${name}_newest`;
  }

  /** A reading of each machine comes and goes online; then the machines are checked. One model's after the other's. */
  read(machines: number, seed: number, world: World = {}): Promise<void> {
    const turn = lastRead.then(() => this.#read(machines, seed, world));
    lastRead = turn.catch(() => {}); // whoever comes next does not fail with it
    return turn;
  }

  async #read(machines: number, seed: number, world: World): Promise<void> {
    const readings = readingsOf(machines, seed, world);
    await this.#load(csvOf(readings, world));
    await this.#materialize();
    for (let from = 0; from < machines; from += ROWS_PER_PUSH) {
      const df = checksOf(readings.slice(from, from + ROWS_PER_PUSH));
      const push = { push_source_name: `${this.name}_checks`, df, to: 'offline' };
      const { rejected } = await asked<PushResponse>(this.#url, '/push', push);
      if (rejected.length > 0) throw new Error(`checks were rejected: ${rejected[0]!.reason}`);
    }
  }

  /** Again when the online store was too busy: what is online already is not written twice. */
  async #materialize(): Promise<void> {
    const run = async () => this.ended(await started(this.#url, `${this.#view}/materializations`));
    await run().catch((error: unknown) => {
      if (!String(error).includes('UnavailableError')) throw error;
      return run();
    });
  }

  async #load(content: string): Promise<void> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const facts = { fileName: `${this.name}.csv`, sizeBytes: Buffer.byteLength(content), sha256 };
    const opened = await asked<OpenIngestionResponse>(this.#url, `${this.#view}/ingestions`, facts);
    const { url, method, headers } = opened.upload!; // no file comes twice
    const { status } = await fetch(url, { method, headers, body: content });
    if (status !== 200) throw new Error(`the upload was answered with ${status}`);
    await this.ended(await started(this.#url, `${this.#view}/ingestions/${opened.ingestionId}`, facts));
  }

  /** What an execution ends with. @throws Error when it fails */
  async ended<T>(executionId: string): Promise<T> {
    const path = `/v1/executions/${encodeURIComponent(executionId)}`;
    const { body } = await until(
      executionId,
      () => ask<{ status: string; output: T; error: { name: string; message: string } | null }>(this.#url, path),
      // busy, or started by another flow and not there yet
      ({ status, body: seen }) => status === 200 && seen.status !== 'RUNNING',
    );
    if (body.status !== 'SUCCEEDED') throw new Error(`${executionId}: ${body.error?.name}: ${body.error?.message}`);
    return body.output;
  }

  /** Trains the first release and sees it promoted. */
  async firstRelease(): Promise<string> {
    const { releaseId, rolloutId, because } = await this.ended<RegisteredRelease>(await this.train());
    const { outcome } = await this.rollout(rolloutId);
    if (outcome !== 'promoted') throw new Error(`the first release of ${this.name} was ${outcome}: ${because}`);
    await until(
      'the end of the first training',
      () => this.retraining(),
      ({ retrainings }) => retrainings[0]?.status === 'promoted',
    );
    return releaseId;
  }

  train(): Promise<string> {
    return started(this.#url, `${this.#path}/trainings`);
  }

  /** A rollout that has ended. */
  async rollout(rolloutId: string): Promise<RolloutResponse> {
    const { body } = await until(
      `the end of rollout ${rolloutId}`,
      () => ask<RolloutResponse>(this.#url, `/v1/rollouts/${rolloutId}`),
      ({ status, body: seen }) => status === 200 && seen.outcome !== null,
    );
    return body;
  }

  /** Asks about machines `from` to `to`, each once. */
  async predictEach(from: number, to: number): Promise<readonly EntityAnswer[]> {
    const answers: EntityAnswer[] = [];
    let next = from;
    const client = async () => {
      while (next <= to) answers.push(await asked<EntityAnswer>(this.#url, ...this.#question(next++)));
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return answers;
  }

  /** One request, whatever its answer. */
  predict(machine: number): Promise<Answer<EntityAnswer>> {
    return ask<EntityAnswer>(this.#url, ...this.#question(machine));
  }

  #question(machine: number): readonly [string, object] {
    return [`${this.#path}/predictions`, { entities: { machine_id: machine } }];
  }

  /** Tells what became of machines that were asked about. */
  async tell(answers: readonly EntityAnswer[], truth: (answer: EntityAnswer) => boolean): Promise<void> {
    const occurredAt = new Date().toISOString();
    const outcomes = answers.map((answer) => ({
      predictionId: answer.predictionId,
      value: truth(answer),
      occurredAt,
    }));
    for (let from = 0; from < outcomes.length; from += OUTCOMES_PER_CALL) {
      const some = outcomes.slice(from, from + OUTCOMES_PER_CALL);
      const { counts } = await asked<RecordOutcomesResponse>(this.#url, `${this.#path}/outcomes`, { outcomes: some });
      const taken = (counts['recorded'] ?? 0) + (counts['duplicate'] ?? 0); // a busy platform may be told again
      if (taken !== some.length) throw new Error(`outcomes were ${JSON.stringify(counts)}`);
    }
  }

  async scan(): Promise<DriftReport> {
    return this.ended(await this.startScan());
  }

  startScan(): Promise<string> {
    return started(this.#url, `${this.#path}/drift-scans`);
  }

  /** Scans until one has seen what it should have: predictions and outcomes take a moment to be in their logs. */
  scanSeeing(what: string, hasSeen: (report: DriftReport) => boolean): Promise<DriftReport> {
    return until(`a scan of ${this.name} that sees ${what}`, () => this.scan(), hasSeen);
  }

  async scans(): Promise<readonly DriftReport[]> {
    return (await asked<DriftScanListResponse>(this.#url, `${this.#path}/drift`)).scans;
  }

  retraining(): Promise<RetrainingResponse> {
    return asked(this.#url, `${this.#path}/retraining`);
  }

  /** How the newest retraining ended. */
  async concluded(count: number): Promise<RetrainingResponse['retrainings'][number]> {
    const state = await until(
      `the end of retraining ${count} of ${this.name}`,
      () => this.retraining(),
      ({ retrainings }) => retrainings.length === count && retrainings[0]!.endedAt !== null,
    );
    return state.retrainings[0]!;
  }

  acknowledge(because: string): Promise<RetrainingResponse> {
    return asked(this.#url, `${this.#path}/retraining/acknowledgements`, { because });
  }

  hold(isHeld: boolean): Promise<unknown> {
    return asked(this.#url, `${this.#path}/holds`, { hold: isHeld, because: 'somebody wants to look' });
  }

  audit(): Promise<readonly AuditRecord[]> {
    return auditChain(this.#url, this.name);
  }

  async isAnsweredBy(releaseId: string): Promise<boolean> {
    const { status, body } = await this.predict(1);
    return status === 200 && body.releaseId === releaseId;
  }
}
