import type { LatencyReplay, ReplayRequest } from '../../../contracts/rollout.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { ConflictError, NotFoundError, PlatformError } from '../../../core/errors.ts';
import { judgeLatency, type LatencyGate, type LatencySummary } from '../../../core/gates/latency-gate.ts';
import { arrivals } from '../../../core/rollout/arrivals.ts';
import { type LatencyCount, latencyBin } from '../../../core/rollout/observations.ts';
import { ModelFailedError } from '../../../core/serving/serving-errors.ts';
import { sampledRows } from '../../../core/stats/sampled-rows.ts';
import type { Clock, Random } from '../../ports/clock-and-ids.ts';
import type { ModelInvoker } from '../../ports/model-invoker.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import { type ObjectLocation, ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';
import type { Timer } from '../../ports/timer.ts';
import { encodedRows } from '../training/encoded-rows.ts';
import { within } from '../training/sealed-training-set.ts';
import { type SentRequests, sendOpenLoop } from './send-open-loop.ts';

export interface ReplayRequestsDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly objects: Pick<ObjectStore, 'get' | 'putIfAbsent'>;
  readonly invoker: ModelInvoker;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly artifactBucket: string;
}

/** What is kept of a replay. */
export interface ReplayReport extends LatencyReplay, ReplayRequest {
  readonly schema: 'headgate.latency-replay/v1';
  /** ISO 8601: when it ended. */
  readonly at: string;
  readonly gate: LatencyGate;
  /** `s3://…` of the rows that were sent, and how many different ones. */
  readonly rows: { readonly uri: string; readonly count: number };
  /** By name of the error. */
  readonly failures: Readonly<Record<string, number>>;
  /** Longest time by which the sender was late by itself. */
  readonly lateMs: number;
  /** Answered requests by bin (`latencyBin`); only bins that have any, in order. */
  readonly bins: readonly LatencyCount[];
}

const MOST_ROWS = 10_000;
const MOST_IN_FLIGHT = 256;
/** Longer than an answer may take, so that at the end every request has been answered or has failed. */
const DRAIN_MS = 15 * SECOND_MS;
const WARM_UP_REQUESTS = 20;
const WARM_UP_MS = 30 * SECOND_MS;

/**
 * Sends rows of the release's own test part, which are encoded for its inputs, to its variant at the rate and for the
 * time of the model's latency gate, and judges the gate. Evidence of live predictions is not used: it is encoded for
 * the inputs of the release that answered them. The first report of a rollout is kept, and repeated calls answer it.
 *
 * @throws ConflictError when the model has no latency gate, UnavailableError when the variant does not answer at all
 */
export async function replayRequests(deps: ReplayRequestsDeps, ask: ReplayRequest): Promise<LatencyReplay> {
  const kept = { bucket: deps.artifactBucket, key: `rollout/${ask.model}/${ask.rolloutId}/latency.json` };
  const before = await readReport(deps.objects, kept);
  if (before !== null) return answerOf(before);

  const { model: definition, trainingSet } = await deps.releases.manifest(ask.releaseId);
  const gate = definition.gates.find((one) => one.kind === 'latency');
  if (gate === undefined) {
    throw new ConflictError(`model ${ask.model} has no latency gate, so there is nothing to replay`, { ...ask });
  }
  const { endpointName } = await deps.registry.model(ask.model);
  const file = within(trainingSet.uri, 'test/features.csv');
  const uri = `s3://${file.bucket}/${file.key}`;
  const rows = encodedRows(await deps.objects.get(file));
  if (rows.count === 0) throw new NotFoundError('row in', uri, null, 'the test part of the training set is empty');
  const sample = sampledRows(rows.count, MOST_ROWS, deps.random);
  const send = (request: number, id: string) =>
    deps.invoker.score(endpointName, ask.variant, [rows.row(sample[request % sample.length]!)], id);

  await warmUp(deps.timer, (i) => send(i, `replay-warm-up-${i}`));
  const sent = await sendOpenLoop(deps.timer, {
    arrivalsMs: arrivals(gate.requestsPerSecond, gate.forMs, deps.random),
    maxInFlight: MOST_IN_FLIGHT,
    drainMs: DRAIN_MS,
    send: (i) => send(i, `replay-${i}`),
  });
  const report = reportOf(ask, gate, sent, {
    at: deps.clock.now().toISOString(),
    rows: { uri, count: sample.length },
    reportUri: `s3://${kept.bucket}/${kept.key}`,
  });
  const isFirst = await deps.objects.putIfAbsent(
    kept,
    new TextEncoder().encode(JSON.stringify(report)),
    'application/json',
  );
  return answerOf(isFirst ? report : ((await readReport(deps.objects, kept)) ?? report));
}

/**
 * A container that has answered nobody yet is slow for reasons that are over by the time it gets traffic. A variant
 * that cannot be reached says nothing about the release, so it is not measured.
 */
async function warmUp(timer: Timer, send: (request: number) => Promise<unknown>): Promise<void> {
  const endMs = timer.nowMs() + WARM_UP_MS;
  let unreachable: unknown = null;
  for (let i = 0; i < WARM_UP_REQUESTS && timer.nowMs() < endMs; i++) {
    try {
      await send(i);
      unreachable = null;
    } catch (error) {
      unreachable = isAboutRelease(error) ? null : error;
    }
  }
  if (unreachable !== null) throw unreachable;
}

/** The container refused, or did not answer in time; anything else is about the way there. */
function isAboutRelease(error: unknown): boolean {
  return (
    error instanceof ModelFailedError || (error instanceof PlatformError && error.details['cause'] === 'TimeoutError')
  );
}

function reportOf(
  ask: ReplayRequest,
  gate: LatencyGate,
  { latenciesMs, promptMs, failures, lateMs }: SentRequests,
  facts: Pick<ReplayReport, 'at' | 'rows' | 'reportUri'>,
): ReplayReport {
  const failed = Object.values(failures).reduce((sum, n) => sum + n, 0);
  return {
    schema: 'headgate.latency-replay/v1',
    ...ask,
    ...facts,
    gate,
    verdict: { gate: gate.kind, verdict: judgeLatency(gate, { latenciesMs, promptMs, failed }) },
    requests: latenciesMs.length + failed,
    failed,
    failures,
    lateMs,
    latency: summaryOf(latenciesMs),
    bins: binsOf(latenciesMs),
  };
}

function answerOf({ verdict, requests, failed, latency, reportUri }: ReplayReport): LatencyReplay {
  return { verdict, requests, failed, latency, reportUri };
}

function summaryOf(latenciesMs: Float64Array): LatencySummary {
  const at = (quantile: number) => latenciesMs[Math.max(0, Math.ceil(latenciesMs.length * quantile) - 1)] ?? null;
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) };
}

function binsOf(ascending: Float64Array): readonly LatencyCount[] {
  const bins: { bin: number; n: number }[] = [];
  for (const ms of ascending) {
    const bin = latencyBin(ms);
    const last = bins.at(-1);
    if (last?.bin === bin) last.n++;
    else bins.push({ bin, n: 1 });
  }
  return bins;
}

async function readReport(objects: Pick<ObjectStore, 'get'>, location: ObjectLocation): Promise<ReplayReport | null> {
  try {
    return JSON.parse(new TextDecoder().decode(await objects.get(location))) as ReplayReport; // written whole by replayRequests
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}
