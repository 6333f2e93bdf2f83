/** The customers of the demonstration, in a thread of their own, so that nothing else makes them wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { RecordOutcomesResponse } from '../../../contracts/api/outcomes.ts';
import { makeApiClient } from '../../api/api-client.ts';
import type { Times, Visit } from '../world/visits.ts';
import { makeWorld } from '../world/world.ts';
import type { SentVisit, TrafficNews, TrafficOrder, TrafficStart } from './traffic-message.ts';

const TELL_EVERY_MS = 200;
const RECORD_EVERY_MS = 1_000;
/** Who waits for an answer asks nothing meanwhile: a machine that is busy with other things gets fewer requests. */
const CLIENTS = 8;
const MAX_ROWS_AT_ONCE = 500;

/** A visit that has ended, and the prediction that was made for it. */
interface EndedVisit extends Visit {
  readonly at: string;
  readonly predictionId: string | null;
}

const start = workerData as TrafficStart; // live-traffic.ts gives it
const api = makeApiClient({ url: start.url, env: {}, timeoutMs: 20_000 });
const { visit } = makeWorld(start.seed, new Date(start.nowMs));
const stop = new AbortController();
const ended: EndedVisit[] = [];
const news: SentVisit[] = [];
const problems: string[] = [];
let times: Times = 'usual';
let visitsEnded = 0;
let [rowsStored, outcomesRecorded] = [0, 0];

parentPort?.on('message', (order: TrafficOrder) => {
  if (order.kind === 'times') times = order.times;
  else stop.abort();
});

function tell(hasEnded: boolean): void {
  const told: TrafficNews = {
    visits: news.splice(0),
    rowsStored,
    outcomesRecorded,
    problems: problems.splice(0),
    hasEnded,
  };
  parentPort?.postMessage(told);
}

async function ask(): Promise<void> {
  const made = visit(times);
  const { customerId, device, basket, minutes, bought } = made;
  const sentAtMs = Date.now();
  const from = performance.now();
  const { status, body } = await api.postOnce(`/v1/models/${start.model}/predictions`, {
    entities: { customer_id: customerId },
    context: { basket, minutes, device },
  });
  const answer =
    status === 200 ? (body as { predictionId: string; releaseId: string; prediction: { score: number } }) : null; // PredictResponse for entities
  news.push({
    sentAtMs,
    tookMs: performance.now() - from,
    status,
    releaseId: answer?.releaseId ?? null,
    score: answer?.prediction.score ?? null,
    error: answer === null ? JSON.stringify(body).slice(0, 300) : null,
    basket,
    bought,
  });
  ended.push({ ...made, at: new Date(sentAtMs).toISOString(), predictionId: answer?.predictionId ?? null });
}

/** The shop writes down what became of the visits: rows for the next training, and the truth for each prediction. */
async function record(visits: readonly EndedVisit[]): Promise<void> {
  const column = <T>(of: (one: EndedVisit) => T): readonly T[] => visits.map(of);
  const first = visitsEnded;
  visitsEnded += visits.length;
  const outcomes = visits.flatMap(({ predictionId, bought, at }) =>
    predictionId === null ? [] : [{ predictionId, value: bought, occurredAt: at }],
  );
  const [stored, recorded] = await Promise.all([
    api.post<{ accepted: number }>('/push', {
      push_source_name: 'visits',
      to: 'offline',
      df: {
        visit_id: visits.map((_, i) => `V${first + i + 1}`),
        customer_id: column((one) => one.customerId),
        visited_at: column((one) => one.at),
        device: column((one) => one.device),
        basket: column((one) => one.basket),
        minutes: column((one) => one.minutes),
        bought: column((one) => one.bought),
      },
    }),
    outcomes.length === 0 ? null : api.post<RecordOutcomesResponse>(`/v1/models/${start.model}/outcomes`, { outcomes }),
  ]);
  rowsStored += stored.accepted;
  outcomesRecorded += recorded?.counts['recorded'] ?? 0;
}

async function recordWhatEnded(): Promise<void> {
  while (ended.length > 0) {
    const visits = ended.splice(0, MAX_ROWS_AT_ONCE);
    await record(visits).catch((error: unknown) => {
      problems.push(error instanceof Error ? error.message : String(error));
    });
  }
}

const telling = setInterval(() => tell(false), TELL_EVERY_MS);
const recording = (async () => {
  while (!stop.signal.aborted) {
    await sleep(RECORD_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    await recordWhatEnded();
  }
})();
const client = async (): Promise<void> => {
  while (!stop.signal.aborted) {
    const dueMs = performance.now() + (1_000 * CLIENTS) / start.perSecond;
    await ask();
    await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal: stop.signal }).catch(() => undefined);
  }
};
await Promise.all(Array.from({ length: CLIENTS }, client));
await recording;
await recordWhatEnded();
clearInterval(telling);
tell(true);
parentPort?.close();
