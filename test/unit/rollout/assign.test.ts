import { describe, expect, it } from 'vitest';
import type { Route, SharingArm } from '../../../core/release/route.ts';
import { armOf, bucketOf, isShadowed } from '../../../core/rollout/assign.ts';

const sharing = (share: number): SharingArm => ({
  releaseId: 'c'.repeat(64),
  variant: 'challenger',
  share,
  rolloutId: 'rollout-1',
});
const challenged = (share: number): Pick<Route, 'challenger'> => ({ challenger: sharing(share) });

describe('bucketOf', () => {
  // by Python: int(hashlib.sha256(f'{rollout}\n{draw}\n{unit}'.encode()).hexdigest()[:13], 16) / 2**52
  it.each([
    ['rollout-1', '["c1"]', 'challenger', 0.7932664183926423],
    ['rollout-1', '["c1"]', 'shadow', 0.8750536880221562],
    ['rollout-2', '["c1"]', 'challenger', 0.7312317562807213],
    ['rollout-1', '[42,"zürich"]', 'challenger', 0.22151369449638936],
    ['', '', 'challenger', 0.4735387615114852],
  ] as const)('never changes: %s, %s, %s', (rolloutId, unit, draw, wanted) => {
    expect(bucketOf(rolloutId, unit, draw)).toBe(wanted);
  });

  it('draws for the challenger unless told otherwise', () => {
    expect(bucketOf('rollout-1', '["c1"]')).toBe(bucketOf('rollout-1', '["c1"]', 'challenger'));
  });
});

describe('armOf', () => {
  it('is the champion without a challenger', () => {
    expect(armOf({ challenger: null }, '["c1"]')).toBe('champion');
  });

  it('is the challenger below its share, which itself is outside', () => {
    const bucket = bucketOf('rollout-1', '["c1"]');
    expect(armOf(challenged(bucket), '["c1"]')).toBe('champion');
    expect(armOf(challenged(bucket + 2 ** -52), '["c1"]')).toBe('challenger');
    expect(armOf(challenged(1), '["c1"]')).toBe('challenger');
  });
});

describe('isShadowed', () => {
  it('is nobody without a shadow, everybody with a share of 1', () => {
    expect(isShadowed({ shadow: null }, '["c1"]')).toBe(false);
    expect(isShadowed({ shadow: sharing(1) }, '["c1"]')).toBe(true);
    expect(isShadowed({ shadow: sharing(0.8750536880221562) }, '["c1"]')).toBe(false);
  });
});
