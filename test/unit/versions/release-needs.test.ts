import { expect, it } from 'vitest';
import { needsByVersion, type ReleaseHistory, releaseNeeds } from '../../../core/versions/release-needs.ts';

const release = (releaseId: string, version: string, passed = true) => ({
  releaseId,
  passed,
  featureViews: [{ view: 'spend', version }],
});
const history: ReleaseHistory = {
  model: 'churn',
  champion: 'r4',
  rollouts: [
    { releaseId: 'r5', outcome: null },
    { releaseId: 'r4', outcome: 'promoted' },
    { releaseId: 'bad', outcome: 'rolled-back' },
    { releaseId: 'r3', outcome: 'promoted' },
    { releaseId: 'r3', outcome: 'promoted' },
    { releaseId: 'r2', outcome: 'promoted' },
    { releaseId: 'r1', outcome: 'promoted' },
  ],
  releases: ['r5', 'r4', 'bad', 'r3', 'r2', 'r1'].map((id) => release(id, `v-${id}`)),
};
const roles = (of: ReleaseHistory, rollbackReleases: number) =>
  releaseNeeds(of, rollbackReleases).map(({ releaseId, role }) => [releaseId, role]);

it('needs the champion, what is being rolled out, and as many earlier champions as can be gone back to', () => {
  expect(roles(history, 2)).toEqual([
    ['r4', 'champion'],
    ['r5', 'rollout'],
    ['r3', 'rollback'],
    ['r2', 'rollback'],
  ]);
});

it('counts the releases before the champion also when the champion was gone back to', () => {
  const back = {
    ...history,
    champion: 'r3',
    releases: history.releases.slice(1),
    rollouts: [{ releaseId: 'r3', outcome: 'promoted' as const }, ...history.rollouts.slice(1)],
  };
  expect(roles(back, 1)).toEqual([
    ['r3', 'champion'],
    ['r4', 'rollback'],
  ]);
});

it('needs the newest release when it passed and nobody has tried it', () => {
  const first = { model: 'churn', champion: null, rollouts: [], releases: [release('r1', 'v')] };
  expect(roles(first, 1)).toEqual([['r1', 'candidate']]);
  expect(roles({ ...first, releases: [release('r1', 'v', false)] }, 1)).toEqual([]);
  expect(roles({ ...first, releases: [release('r2', 'v', false), release('r1', 'v')] }, 1)).toEqual([]);
});

it('tells by version who needs it', () => {
  const needs = needsByVersion(
    releaseNeeds(
      {
        ...history,
        releases: history.releases.map(({ releaseId }) => release(releaseId, releaseId === 'r3' ? 'old' : 'new')),
      },
      1,
    ),
  );
  expect([...needs].map(([key, of]) => [key, of.map(({ releaseId }) => releaseId)])).toEqual([
    ['spend@new', ['r4', 'r5']],
    ['spend@old', ['r3']],
  ]);
});
