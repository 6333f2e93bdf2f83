import type { Context } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { DriftReport, type DriftScanPlan } from '../../contracts/drift-scan.ts';
import { digestOf } from '../../core/canonical-json.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { DriftPolicy } from '../../core/definitions/monitoring.ts';
import { calibrationBins } from '../../core/performance/calibration-bins.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { profileColumn, profileNumbers, type ReferenceProfile } from '../../core/training/reference-profile.ts';
import { makeJudgeScan } from '../../lambdas/handlers/drift/judge.ts';
import { makePlanScan } from '../../lambdas/handlers/drift/plan.ts';
import { AthenaLab, DATABASE } from '../property/sql/athena-lab.ts';
import { PREDICTION_TABLE } from '../property/sql/rollout-log.ts';
import { AthenaOfObjects } from './athena-of-objects.ts';
import { platformInMemory, promote, registerChurn } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

const POLICY: DriftPolicy = {
  everyMs: HOUR_MS,
  windowMs: DAY_MS,
  falseAlarms: 0.01,
  minRows: 200,
  reference: { kind: 'training' },
  effects: { psi: 0.1, ks: 0.1, jensenShannon: 0.1, newCategories: 0.01, missing: 0.05 },
  persistence: { scans: 2, of: 3 },
  ignore: [],
};
const REFS = ['last_order:amount', 'last_order:country', 'last_order:gift', 'spend:sum_7d'];

interface World {
  readonly amountTimes?: number;
  readonly countries?: readonly string[];
  readonly missing?: number;
}

/** The inputs of the model and its score, of one customer of a world. */
function customer(
  random: () => number,
  { amountTimes = 1, countries = ['France', 'France', 'Spain'], missing = 0.02 }: World,
) {
  const amount = random() < missing ? null : Math.round(random() * 100) * amountTimes;
  const country = countries[Math.floor(random() * countries.length)]!;
  return { amount, country, gift: random() < 0.3, sum: random() * 500, score: random() };
}

let lab: AthenaLab | undefined;
afterEach(() => {
  lab?.close();
  lab = undefined;
});

async function scanned(policy: DriftPolicy | null = POLICY) {
  const platform = platformInMemory();
  await registerChurn(platform);
  lab = await AthenaLab.open();
  const athena = new AthenaOfObjects(lab, platform.objects);
  const random = seededRandom(5);
  const training = Array.from({ length: 2_000 }, () => customer(random, {}));
  const profile: ReferenceProfile = {
    schema: 'headgate.profile/v1',
    rows: training.length,
    inputs: [
      profileColumn(
        REFS[0]!,
        'float64',
        training.map(({ amount }) => amount),
      ),
      profileColumn(
        REFS[1]!,
        'string',
        training.map(({ country }) => country),
      ),
      profileColumn(
        REFS[2]!,
        'boolean',
        training.map(({ gift }) => gift),
      ),
      profileColumn(
        REFS[3]!,
        'float64',
        training.map(({ sum }) => sum),
      ),
    ],
    label: profileColumn('label', 'boolean', []),
    effectiveRows: training.length,
  };
  const body = new TextEncoder().encode(JSON.stringify(profile));
  await platform.objects.put({ bucket: 'artifacts', key: 'training-set/profile.json' }, body, 'application/json');
  const scores = training.map(({ score }) => score);
  const scoreCuts = profileNumbers(scores).edges;
  const make = (profileSha256 = digestOf(profile), older = (manifest: ReleaseManifest) => manifest) =>
    promote(platform, 1, (manifest) =>
      older({
        ...manifest,
        // nothing is online here, which is another test's matter
        featureViews: manifest.featureViews.map((one) => ({ ...one, view: { ...one.view, freshnessMs: null } })),
        trainingSet: { ...manifest.trainingSet, profileSha256 },
        evaluation: {
          ...manifest.evaluation,
          testRows: scores.length,
          scoreCuts,
          calibration: calibrationBins(scoreCuts, scores, scores.map(Number)),
          positives: scores.filter((score) => score >= 0.5).length,
        },
      }),
    );
  const models = shop.models.map((model) => ({
    ...model,
    monitoring: { ...model.monitoring, drift: policy, performance: null },
  }));
  const deps = {
    ...platform,
    definitions: { ...shop, models, featureViews: shop.featureViews.map((view) => ({ ...view, freshnessMs: null })) },
    database: DATABASE,
    workgroup: 'w',
  };
  const rows: Record<string, unknown>[] = [];
  /** Answers customers, each of whom asks so many times, in the minute before now. */
  const answer = (releaseId: string, n: number, world: World = {}, times = 1) => {
    for (let i = 0; i < n; i++) {
      const { amount, country, gift, sum, score } = customer(random, world);
      for (let time = 0; time < times; time++) {
        rows.push({
          prediction_id: `p${rows.length}`,
          model: 'churn',
          release_id: releaseId,
          unit: `["${rows.length - time}"]`,
          score,
          decision: score >= 0.5,
          requested_at_ms: platform.clock.now().getTime() - MINUTE_MS,
          dt: platform.clock.now().toISOString().slice(0, 10),
          input_numbers: [amount, null, Number(gift), sum],
          input_texts: [null, country, null, null],
        });
      }
    }
  };
  const context = {} as Context; // the handlers do not look at it
  const json = <T>(value: unknown): T => JSON.parse(JSON.stringify(value));
  let scans = 0;
  const scan = async (): Promise<DriftReport> => {
    await athena.lab.table('prediction', PREDICTION_TABLE, rows);
    const plan = json<DriftScanPlan>(await planned(`scan-${scans++}`));
    if (plan.action === 'nothing') throw new Error(plan.because);
    for (const { query } of plan.queries) await athena.unload(query);
    const judge = async () => json<unknown>(await makeJudgeScan(deps)({ scope: plan.scope }, context));
    const report = DriftReport.parse(await judge());
    expect(await judge()).toEqual(report); // once more changes nothing
    return report;
  };
  const planned = (executionName: string) =>
    makePlanScan(deps)({ model: 'churn', cause: 'test', actor: 'tests', executionName }, context);
  return { platform, make, answer, scan, planned, rows, deps, context };
}

const driftingOf = ({ drift }: DriftReport) =>
  drift?.columns.filter(({ outcome }) => outcome === 'drifting').map(({ column }) => column);

describe('a drift scan', () => {
  it('finds a window like the training rows stable, and says on how many rows', async () => {
    const { make, answer, scan } = await scanned();
    answer(await make(), 1_000);
    const { drift, diagnosis } = await scan();
    expect(drift).toMatchObject({ outcome: 'stable', rows: 1_000, isPersistent: false, reference: { rows: 2_000 } });
    const roles = Object.fromEntries(drift?.columns.map(({ column, role }) => [column, role]) ?? []);
    expect(roles).toEqual({
      ...Object.fromEntries(REFS.map((ref) => [ref, 'input'])),
      score: 'prediction',
      decision: 'prediction',
    });
    expect(drift?.columns.every(({ outcome }) => outcome === 'stable')).toBe(true);
    expect(diagnosis.kind).toBe('well');
  });

  it('names the columns that differ and the categories that are new, and tells of it once they persist', async () => {
    const { make, answer, scan, platform } = await scanned();
    const releaseId = await make();
    answer(releaseId, 800, { amountTimes: 3, countries: ['France', 'Poland', 'Poland', 'Malta'] });
    const first = await scan();
    expect(driftingOf(first)?.sort()).toEqual(['last_order:amount', 'last_order:country']);
    expect(first.drift?.columns.find(({ column }) => column === 'last_order:country')?.because).toContain('Poland');
    expect([first.drift?.isPersistent, first.diagnosis.kind]).toEqual([false, 'well']);
    expect(platform.events.published).toEqual([]);

    platform.clock.advance(HOUR_MS);
    const second = await scan();
    expect([second.drift?.isPersistent, second.diagnosis.kind]).toEqual([true, 'input-drift']);
    const told = platform.events.published.filter(({ type }) => type === 'headgate.drift.found');
    expect(told[0]).toMatchObject({
      subject: 'churn',
      data: { scanId: second.scanId, columns: ['last_order:amount', 'last_order:country'] },
    });

    platform.clock.advance(HOUR_MS);
    await scan();
    const later = platform.events.published.filter(({ type }) => type === 'headgate.drift.found');
    expect(new Set(later.map(({ data }) => (data as { scanId: string }).scanId)).size).toBe(1); // the same news is none
  });

  it('counts what one customer repeats once', async () => {
    const { make, answer, scan } = await scanned();
    answer(await make(), 30, { amountTimes: 3 }, 20);
    const { drift } = await scan();
    expect(drift?.rows).toBe(600);
    expect(drift?.effectiveRows).toBeCloseTo(30, 0);
    expect(drift?.outcome).toBe('not-computable');
  });

  it('is not computable, and not stable, without predictions', async () => {
    const { make, scan } = await scanned();
    await make();
    const { drift, diagnosis } = await scan();
    expect([drift?.outcome, drift?.rows]).toEqual(['not-computable', 0]);
    expect(diagnosis.kind).toBe('unknown');
  });

  it('leaves out lines of platforms that did not log values by place, and of other releases', async () => {
    const { make, answer, scan, rows } = await scanned();
    const releaseId = await make();
    answer(releaseId, 300);
    answer('f'.repeat(64), 500, { amountTimes: 9 });
    rows.push(...rows.slice(0, 40).map((row) => ({ ...row, input_numbers: null, input_texts: null })));
    expect((await scan()).drift).toMatchObject({ outcome: 'stable', rows: 300 });
  });

  it('refuses a profile that is no longer the one the release names', async () => {
    const { make, planned } = await scanned();
    await make('0'.repeat(64));
    await expect(planned('x')).rejects.toMatchObject({ name: 'CorruptDataError' });
  });

  it.each(['', '{"schema":', 'null', '[]'])('refuses a profile that is damaged: %j', async (text) => {
    const { make, planned, platform } = await scanned();
    await make();
    const location = { bucket: 'artifacts', key: 'training-set/profile.json' };
    await platform.objects.put(location, new TextEncoder().encode(text), 'application/json');
    await expect(planned('x')).rejects.toMatchObject({
      name: 'CorruptDataError',
      message: expect.stringContaining('s3://artifacts/training-set/profile.json is not the profile that the release'),
    });
  });

  it('compares inputs alone with a release of a platform that recorded neither scores nor how it is watched', async () => {
    const { make, answer, scan } = await scanned();
    const releaseId = await make(undefined, (manifest) => {
      const { scoreCuts: _c, calibration: _b, positives: _p, losses: _l, ...evaluation } = manifest.evaluation;
      const { drift: _d, performance: _f, retraining: _r, ...monitoring } = manifest.model.monitoring;
      const { precomputed: _s, ...serving } = manifest.model.serving;
      const model = { ...manifest.model, monitoring, serving } as ReleaseManifest['model']; // as it was then
      return { ...manifest, model, evaluation };
    });
    answer(releaseId, 800, { amountTimes: 3 });
    const report = await scan();
    expect(driftingOf(report)).toEqual(['last_order:amount']);
    const answers = report.drift?.columns.filter(({ role }) => role === 'prediction') ?? [];
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['not-computable']));
  });

  it('judges nothing by definitions that were deployed after it had counted by others', async () => {
    const { make, planned, deps, context, platform } = await scanned();
    await make();
    const plan = (await planned('x')) as DriftScanPlan;
    if (plan.action === 'nothing') throw new Error(plan.because);
    const [model, ...others] = deps.definitions.models;
    const drift = { ...POLICY, ignore: ['last_order:amount'] };
    const changed = { ...model!, monitoring: { ...model!.monitoring, drift } };
    const later = { ...deps, definitions: { ...deps.definitions, models: [changed, ...others] } };
    expect(await makeJudgeScan(later)({ scope: plan.scope }, context)).toMatchObject({
      action: 'nothing',
      because: expect.stringContaining('definitions were deployed'),
    });
    expect(await platform.objects.list('artifacts', 'drift-scan/')).toEqual([]);
  });

  it('compares with the same window of earlier seasons when that is declared', async () => {
    const reference = { kind: 'season', periodMs: 7 * DAY_MS, periods: 2 } as const;
    const { make, answer, scan, platform } = await scanned({ ...POLICY, reference });
    const releaseId = await make();
    answer(releaseId, 600, { amountTimes: 3 });
    platform.clock.advance(7 * DAY_MS);
    answer(releaseId, 500, { amountTimes: 3 });
    const { drift } = await scan();
    expect(drift).toMatchObject({ outcome: 'stable', rows: 500, reference: { kind: 'season', rows: 600 } });
  });

  it.each([
    ['has no champion yet', false, POLICY],
    ['looks neither for drift nor at performance', true, null],
  ])('reads no log when the model %s', async (because, isPromoted, policy) => {
    const { make, planned } = await scanned(policy);
    if (isPromoted) await make();
    expect(await planned('x')).toMatchObject({ action: 'nothing', because: expect.stringContaining(because) });
  });
});
