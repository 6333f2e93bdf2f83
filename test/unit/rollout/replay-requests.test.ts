import { beforeEach, describe, expect, it } from 'vitest';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import { UnavailableError } from '../../../core/errors.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { ModelFailedError } from '../../../core/serving/serving-errors.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { makeReplay } from '../../../lambdas/handlers/rollout/replay.ts';
import type { ModelInvoker } from '../../../lambdas/ports/model-invoker.ts';
import { type ReplayReport, replayRequests } from '../../../lambdas/use-cases/rollout/replay-requests.ts';
import { virtualTimer } from '../../memory/virtual-timer.ts';
import { DEFINITION, ENDPOINT, MODEL, rolloutLab } from './rollout-lab.ts';

const GATE: GateDefinition = {
  kind: 'latency',
  quantile: 0.95,
  atMostMs: 100,
  requestsPerSecond: 50,
  forMs: 10_000,
  minRequests: 100,
};
const REPORT = { bucket: 'artifacts', key: `rollout/${MODEL}/r-1/latency.json` };
type Score = ModelInvoker['score'];

let lab: ReturnType<typeof rolloutLab>;
let releaseId: string;
let asked: Parameters<Score>[];

async function releaseWith(gates: readonly GateDefinition[]): Promise<string> {
  const plain = await lab.releases.manifest(await lab.release('one'));
  const manifest: ReleaseManifest = {
    ...plain,
    model: { ...DEFINITION, gates },
    trainingSet: { ...plain.trainingSet, uri: 's3://artifacts/training-set/buyer/abc/' },
  };
  return (await lab.releases.put(manifest)).releaseId;
}

beforeEach(async () => {
  lab = rolloutLab();
  await lab.register();
  releaseId = await releaseWith([...DEFINITION.gates, GATE]);
  const rows = new TextEncoder().encode('1,2.5\nnan,3\n0,nan\n');
  await lab.objects.put({ bucket: 'artifacts', key: 'training-set/buyer/abc/test/features.csv' }, rows, 'text/csv');
  asked = [];
});

async function replayed(answer: (wait: (ms: number) => Promise<void>, request: number) => Promise<void>) {
  const timer = virtualTimer();
  const invoker: ModelInvoker = {
    async score(...call) {
      asked.push(call);
      await answer((ms) => timer.until(timer.nowMs() + ms), asked.length);
      return [0.5];
    },
  };
  const ask = { rolloutId: 'r-1', model: MODEL, releaseId, variant: 'challenger' as const };
  const found = replayRequests({ ...lab.deps, invoker, timer, random: seededRandom(1) }, ask);
  const outcome = found.catch((error: unknown) => error);
  await timer.run();
  const result = await outcome;
  if (result instanceof Error) throw result;
  return found;
}

const report = async () => JSON.parse(new TextDecoder().decode(await lab.objects.get(REPORT))) as ReplayReport; // as written

describe('a replay', () => {
  it('sends rows of the release’s own test part to its variant at the declared rate, and judges the gate', async () => {
    const found = await replayed((wait) => wait(20));
    expect(found).toMatchObject({
      verdict: { gate: 'latency', verdict: { outcome: 'pass' } },
      requests: 500,
      failed: 0,
      latency: { p50Ms: 20, p90Ms: 20, p99Ms: 20, maxMs: 20 },
      reportUri: `s3://${REPORT.bucket}/${REPORT.key}`,
    });
    const measured = asked.filter(([, , , id]) => !id.startsWith('replay-warm-up'));
    expect(measured).toHaveLength(500);
    expect(new Set(asked.map(([endpoint, variant]) => `${endpoint} ${variant}`))).toEqual(
      new Set([`${ENDPOINT} challenger`]),
    );
    expect(new Set(measured.map(([, , rows]) => JSON.stringify(rows)))).toEqual(
      new Set(['[[1,2.5]]', '[[null,3]]', '[[0,null]]']),
    );
  });

  it('keeps a report with every bin and says which rows were sent', async () => {
    await replayed((wait) => wait(20));
    const kept = await report();
    expect(kept).toMatchObject({
      schema: 'headgate.latency-replay/v1',
      releaseId,
      variant: 'challenger',
      gate: GATE,
      rows: { uri: 's3://artifacts/training-set/buyer/abc/test/features.csv', count: 3 },
      failures: {},
    });
    expect(kept.bins.reduce((sum, { n }) => sum + n, 0)).toBe(500);
  });

  it('answers a repeated call from the report, without sending anything', async () => {
    const first = await replayed((wait) => wait(20));
    asked = [];
    expect(await replayed((wait) => wait(5_000))).toEqual(first);
    expect(asked).toEqual([]);
  });

  it('finds a slow release', async () => {
    expect((await replayed((wait) => wait(120))).verdict.verdict).toMatchObject({ outcome: 'fail' });
  });

  it('does not hold the first answers of a cold container against it', async () => {
    expect((await replayed((wait, request) => wait(request <= 20 ? 900 : 20))).latency.maxMs).toBe(20);
  });

  it('counts refusals of the container, and a release that refuses everything fails', async () => {
    const refuse = () => Promise.reject(new ModelFailedError(ENDPOINT, 'it is broken'));
    const found = await replayed(refuse);
    expect(found).toMatchObject({
      requests: 500,
      failed: 500,
      latency: { p50Ms: null },
      verdict: { verdict: { outcome: 'fail' } },
    });
    expect((await report()).failures).toEqual({ ModelFailedError: 500 });
  });

  it('measures nothing when the variant cannot be reached: that says nothing about the release', async () => {
    const away = () => Promise.reject(new UnavailableError('endpoint is not ready'));
    await expect(replayed(away)).rejects.toThrow('endpoint is not ready');
    expect(asked).toHaveLength(20);
    await expect(report()).rejects.toMatchObject({ name: 'ObjectNotFoundError' });
  });

  it('refuses a model without a latency gate', async () => {
    releaseId = await releaseWith(DEFINITION.gates);
    await expect(replayed(() => Promise.resolve())).rejects.toMatchObject({ name: 'ConflictError' });
  });

  it('refuses an event without a variant before anything is read', async () => {
    const invoker: ModelInvoker = { score: () => Promise.reject(new Error('not to be asked')) };
    const replay = makeReplay({ ...lab.deps, invoker, timer: virtualTimer(), random: Math.random });
    const event = { rolloutId: 'r-1', model: MODEL, releaseId };
    await expect(replay(event, {} as Parameters<typeof replay>[1])).rejects.toThrow('variant'); // the context is not read
  });
});
