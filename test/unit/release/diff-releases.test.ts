import { describe, expect, it } from 'vitest';
import { resolveView } from '../../../core/definitions/definitions.ts';
import { diffReleases } from '../../../core/release/diff-releases.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { churnRelease, shop } from '../../handlers/shop-definitions.ts';

const base = churnRelease(1).manifest;
const linesOf = (after: ReleaseManifest, before = base) =>
  Object.fromEntries(
    diffReleases(before, after).sections.map(({ title, lines }) => [title, lines.map(({ says }) => says)]),
  );

/** The shop with another TTL of `spend`, resolved again. */
function withTtl(ttlMs: number): ReleaseManifest {
  const featureViews = shop.featureViews.map((view) => (view.name === 'spend' ? { ...view, ttlMs } : view));
  const definitions = { ...shop, featureViews };
  return { ...base, featureViews: ['last_order', 'spend'].map((name) => resolveView(definitions, name)) };
}

describe('the difference between two releases', () => {
  it('is nothing between a release and itself', () => {
    const diff = diffReleases(base, base);
    expect(diff).toMatchObject({ answerAlike: true, sections: [] });
    expect(diff.before).toBe(diff.after);
  });

  it('says which field of a view’s definition gave it another version', () => {
    const before = base.featureViews[1]!.version;
    const after = withTtl(3_600_000);
    expect(linesOf(after)).toEqual({
      features: [
        expect.stringMatching(/^feature view spend: ttlMs .* → 1h$/),
        `feature view spend: version ${before} → ${after.featureViews[1]!.version}`,
      ],
    });
    expect(diffReleases(base, after).answerAlike).toBe(false);
  });

  it('tells features and inputs that come and go by name, and order only when it is theirs', () => {
    const [first, ...rest] = base.inputs;
    const added = { ...first!, feature: 'discount' };
    expect(linesOf({ ...base, inputs: [added, ...rest] })).toEqual({
      inputs: [`input ${first!.view}:${first!.feature} is gone`, `input ${first!.view}:discount is new`],
    });
    expect(linesOf({ ...base, inputs: base.inputs.toReversed() })['inputs']).toEqual([
      expect.stringContaining('the order of the inputs: '),
    ]);
    expect(linesOf({ ...base, featureViews: base.featureViews.slice(1) })).toEqual({
      features: [`feature view last_order at version ${base.featureViews[0]!.version} is gone`],
    });
  });

  it('tells metrics with their change and verdicts with both outcomes', () => {
    const judged = (auc: number, outcome: 'pass' | 'fail'): ReleaseManifest => ({
      ...base,
      evaluation: { ...base.evaluation, metrics: { auc } },
      verdicts: [
        {
          gate: 'auc',
          verdict: outcome === 'pass' ? { outcome, evidence: [] } : { outcome, evidence: [], because: 'low' },
        },
      ],
    });
    expect(linesOf(judged(0.8345, 'pass'), judged(0.8, 'fail'))).toEqual({
      metrics: ['auc 0.8 → 0.8345 (+0.0345)'],
      verdicts: ['gate auc: outcome fail → pass', 'gate auc: because is gone: it was low'],
    });
  });

  it('tells data, training, code, serving and policies, each in its place, with units', () => {
    const after: ReleaseManifest = {
      ...base,
      createdAt: '2026-02-02T00:00:00.000Z',
      platformVersion: '0.2.0',
      trainingSet: {
        ...base.trainingSet,
        rows: { ...base.trainingSet.rows, train: 120 },
        watermarks: { source_orders: Date.parse('2026-02-01T00:00:00Z') },
      },
      training: { ...base.training, hyperparameters: { eta: '0.3' } },
      artifact: { ...base.artifact, image: 'xgboost:3.3' },
      model: {
        ...base.model,
        serving: { ...base.model.serving, featureCacheMs: 60_000 },
        rollout: { ...base.model.rollout, inServiceTimeoutMs: 5_400_000 },
      },
    };
    expect(linesOf(after)).toEqual({
      data: ['rows.train 100 → 120', 'watermarks.source_orders is new: 2026-02-01T00:00:00.000Z'],
      training: ['hyperparameters.eta is new: 0.3'],
      'code and container': ['platformVersion 0.1.0 → 0.2.0', 'artifact.image xgboost → xgboost:3.3'],
      serving: ['serving.featureCacheMs null → 1m'],
      'rollout policy': [expect.stringMatching(/^rollout\.inServiceTimeoutMs .* → 90m$/)],
      record: ['createdAt 2026-02-01T00:00:00.000Z → 2026-02-02T00:00:00.000Z'],
    });
  });

  it('says that two releases answer alike when only how they came to be differs', () => {
    const again = { ...base, createdAt: '2026-02-03T00:00:00.000Z', training: { ...base.training, jobName: 'again' } };
    const stricter = { ...base, model: { ...base.model, gates: [] } };
    const threshold = { ...base, model: { ...base.model, serving: { ...base.model.serving, decisionThreshold: 0.9 } } };
    expect([again, stricter, threshold].map((after) => diffReleases(base, after).answerAlike)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('shows of long values the part that differs', () => {
    const at = (last: string) => ({
      ...base,
      trainingSet: { ...base.trainingSet, uri: `s3://${'long/'.repeat(30)}${last}/` },
    });
    expect(linesOf(at('two'), at('one'))).toEqual({ data: ['uri …g/long/long/one/ → …g/long/long/two/'] });
  });
});
