import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../core/clock.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { packPrecomputed, precomputedKey } from '../../core/serving/precomputed.ts';
import { planServing } from '../../core/serving/serving-plan.ts';
import { type ArmsLab, armsLab, OTHER_VERSION, overOtherVersion } from './arms-lab.ts';

const MAX_AGE_MS = 25 * HOUR_MS;
const SCORE = 0.875;

const precomputed = (manifest: ReleaseManifest): ReleaseManifest => ({
  ...manifest,
  model: {
    ...manifest.model,
    serving: { ...manifest.model.serving, precomputed: { everyMs: 24 * HOUR_MS, maxAgeMs: MAX_AGE_MS } },
  },
});

let lab: ArmsLab;

beforeEach(async () => {
  lab = await armsLab({ champion: precomputed, other: (manifest) => precomputed(overOtherVersion(manifest)) });
  await lab.bringOnline(10);
});

/** Keeps an answer to the row that the model was asked about last, as a batch prediction does. */
async function keepAnswer(
  to: { customer?: number; releaseId?: string; agoMs?: number } = {},
  score = SCORE,
  rowOf = lab.invoker.calls.at(-1)!.rows[0]!,
): Promise<void> {
  const { customer = 7, releaseId = lab.ids.champion, agoMs = 0 } = to;
  const plan = planServing(releaseId, await lab.platform.releases.manifest(releaseId));
  const atMs = lab.platform.clock.now().getTime() - agoMs;
  const item = { ...precomputedKey(plan, { customer_id: customer }), values: packPrecomputed(score, rowOf) };
  await lab.online.write([{ ...item, eventTimeMs: atMs, knownAtMs: atMs, expiresAtMs: null }]);
}

const scoreOf = (body: Readonly<Record<string, unknown>>) => (body['prediction'] as { readonly score: number }).score;

describe('an answer that was computed before', () => {
  it('is given without asking the model, in one read, and says when it was computed', async () => {
    await lab.predict();
    await keepAnswer({ agoMs: 3_000 });
    const at = new Date(lab.platform.clock.now().getTime() - 3_000).toISOString();
    const [reads, keys] = [lab.online.readCount(), lab.online.keysRead()];
    const answer = await lab.predict();
    expect([lab.online.readCount() - reads, lab.online.keysRead() - keys]).toEqual([1, 3]); // two views, and the answer
    expect(lab.invoker.calls).toHaveLength(1);
    expect(answer.body).toMatchObject({
      releaseId: lab.ids.champion,
      arm: 'champion',
      prediction: { score: SCORE, decision: true },
      precomputedAt: at,
      features: { 'last_order:amount': { value: 10, status: 'PRESENT' } },
    });
    const evidence = await lab.evidence(answer);
    expect(evidence).toMatchObject({ precomputedAt: at, latencyMs: null, prediction: { score: SCORE } });
    expect(evidence.features['last_order:amount']?.value).toBe(10);
  });

  it('is not given for other values, another entity or another release', async () => {
    const live = await lab.predict();
    await keepAnswer();
    await lab.bringOnline(11);
    expect((await lab.predict()).body).not.toHaveProperty('precomputedAt');
    expect((await lab.predict(8)).body).not.toHaveProperty('precomputedAt');
    await lab.bringOnline(10, OTHER_VERSION);
    lab.move({ champion: { releaseId: lab.ids.other, variant: 'champion' } });
    const other = await lab.predict();
    expect(other.body).toMatchObject({ releaseId: lab.ids.other });
    expect(other.body).not.toHaveProperty('precomputedAt');
    expect(scoreOf(other.body)).toBe(scoreOf(live.body));
  });

  it('is there again after a rollback, without a flush', async () => {
    await lab.predict();
    await keepAnswer();
    lab.move({ champion: { releaseId: lab.ids.other, variant: 'champion' } });
    expect((await lab.predict()).body).not.toHaveProperty('precomputedAt');
    lab.move({ champion: { releaseId: lab.ids.champion, variant: 'champion' } });
    const back = await lab.predict();
    expect(back.body).toMatchObject({ releaseId: lab.ids.champion, prediction: { score: SCORE } });
    expect(back.body).toHaveProperty('precomputedAt');
  });

  it('is given up to the age that the model declares, and not a millisecond longer', async () => {
    await lab.predict();
    await keepAnswer();
    lab.platform.clock.advance(MAX_AGE_MS);
    expect((await lab.predict()).body).toHaveProperty('precomputedAt');
    lab.platform.clock.advance(1);
    expect((await lab.predict()).body).not.toHaveProperty('precomputedAt');
  });

  it('is not given while a shadow or a challenger is compared with the champion', async () => {
    await lab.predict();
    await keepAnswer();
    lab.move({ shadow: lab.sharing() });
    expect((await lab.predict()).body).not.toHaveProperty('precomputedAt'); // and learns of the shadow
    const beside = await lab.predict();
    expect(beside.body).not.toHaveProperty('precomputedAt');
    expect((await lab.evidence(beside)).shadow).toBeDefined();
    lab.move({ shadow: null, challenger: lab.sharing(0.000_001) });
    expect((await lab.predict()).body).toMatchObject({ arm: 'champion' });
    expect(lab.invoker.calls.filter(({ variant }) => variant === 'champion')).toHaveLength(4);
    lab.move({ challenger: null });
    expect((await lab.predict()).body).toHaveProperty('precomputedAt');
  });

  it('is given when the endpoint is down, and only then is that not noticed', async () => {
    await lab.predict();
    await keepAnswer();
    lab.invoker.on('champion', async () => Promise.reject(new Error('down')));
    expect((await lab.predict()).status).toBe(200);
    await lab.bringOnline(12);
    expect((await lab.predict()).status).toBeGreaterThanOrEqual(500);
  });

  it('is never given to a caller who brings the features', async () => {
    await lab.predict();
    await keepAnswer();
    const inputs = (await lab.platform.releases.manifest(lab.ids.champion)).inputs;
    const instance = Object.fromEntries(inputs.map(({ view, feature }) => [`${view}:${feature}`, null]));
    const { status, body } = await lab.ask({ instances: [instance] });
    expect([status, body]).toEqual([200, expect.not.objectContaining({ precomputedAt: expect.anything() })]);
  });

  it('is not given by a release that declares none, though one lies there', async () => {
    const plain = await armsLab();
    await plain.bringOnline(10);
    await plain.predict();
    const kept = lab;
    lab = plain;
    await keepAnswer();
    expect((await plain.predict()).body).not.toHaveProperty('precomputedAt');
    lab = kept;
  });
});

describe('whatever happens to features and clocks', () => {
  it('an answer computed before equals the one that the model gives, and no value outlives its TTL', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('value' as const), amount: fc.integer({ min: 1, max: 3 }) }),
        fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }),
        fc.record({ kind: fc.constant('batch' as const) }),
      ),
      { minLength: 3, maxLength: 14 },
    );
    let given = 0;
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.integer({ min: 5, max: 90 }),
        fc.integer({ min: 5, max: 90 }),
        async (story, ttlMs, maxAgeMs) => {
          const withTtl = (manifest: ReleaseManifest): ReleaseManifest => ({
            ...manifest,
            model: {
              ...manifest.model,
              serving: { ...manifest.model.serving, precomputed: { everyMs: 1, maxAgeMs } },
            },
            featureViews: manifest.featureViews.map((one) => ({ ...one, view: { ...one.view, ttlMs } })),
          });
          lab = await armsLab({ champion: withTtl });
          const reference = await armsLab({
            champion: (manifest) => {
              const { model, ...rest } = withTtl(manifest);
              return { ...rest, model: { ...model, serving: { ...model.serving, precomputed: null } } };
            },
          });
          const clocks = [lab.platform.clock, reference.platform.clock];
          for (const step of story) {
            if (step.kind === 'value') {
              await lab.bringOnline(step.amount);
              await reference.bringOnline(step.amount);
            } else if (step.kind === 'wait') {
              for (const clock of clocks) clock.advance(step.ms);
            } else {
              await reference.predict();
              const row = reference.invoker.calls.at(-1)!.rows[0]!;
              await keepAnswer({}, (row[0] ?? 0) / 100, row);
            }
            const [answer, live] = [await lab.predict(), await reference.predict()];
            expect(answer.body['prediction']).toEqual(live.body['prediction']);
            expect(answer.body['features']).toEqual(live.body['features']);
            const at = answer.body['precomputedAt'];
            if (at === undefined) continue;
            given++;
            expect(lab.platform.clock.now().getTime() - Date.parse(String(at))).toBeLessThanOrEqual(maxAgeMs);
          }
        },
      ),
      { seed: 5, numRuns: 60 },
    );
    expect(given).toBeGreaterThan(50);
  });
});
