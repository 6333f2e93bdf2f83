import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffReleases } from '../../core/release/diff-releases.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { churnRelease } from '../handlers/shop-definitions.ts';

type Path = readonly (string | number)[];

const base: ReleaseManifest = {
  ...churnRelease(1).manifest,
  provenance: {
    codeSha256: 'c'.repeat(64),
    container: { image: 'xgboost', digest: null, because: 'a tag' },
    seeds: { xgboost: '0' },
    environment: {
      stage: 'dev',
      account: '000000000000',
      region: 'us-east-1',
      nodeVersion: 'v24',
      trainingInstanceType: 'a',
      servingInstanceType: 'b',
    },
    training: { trainingId: 't', actor: 'a', cause: 'c', asOf: null, artifactUri: 's3://a/b' },
  },
  verdicts: [
    {
      gate: 'auc',
      verdict: {
        outcome: 'fail',
        evidence: [{ metric: 'auc', observed: 0.5, limit: 0.7, rule: 'at-least', n: 9 }],
        because: 'low',
      },
    },
    { gate: 'data_quality', verdict: { outcome: 'pass', evidence: [] } },
  ],
};

function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((one, i) => [i, one] as const) : Object.entries(value);
  return entries.flatMap(([key, one]) => leavesOf(one, [...path, key]));
}

function withLeaf(value: unknown, [key, ...rest]: Path, leaf: unknown): unknown {
  if (key === undefined) return leaf;
  if (Array.isArray(value)) return value.with(Number(key), withLeaf(value[Number(key)], rest, leaf));
  return { ...(value as object), [key]: withLeaf((value as Record<string, unknown>)[key], rest, leaf) };
}

const MARK = 'marked-by-the-test';
const leaves = leavesOf(base);
const changed = (path: Path) => withLeaf(base, path, MARK) as ReleaseManifest; // a leaf of another type is still a leaf

test('whatever leaf of the manifest differs is told', () => {
  expect(leaves.length).toBeGreaterThan(150);
  for (const path of leaves) {
    const lines = diffReleases(base, changed(path)).sections.flatMap((section) => section.lines);
    expect(
      lines.filter(({ after, path: at }) => `${at} ${JSON.stringify(after)}`.includes(MARK)),
      path.join('.'),
    ).not.toEqual([]);
    for (const { says } of lines) expect(says.length).toBeGreaterThan(5);
  }
});

test('all differences of two manifests that differ in several leaves are told, and the other way round as many', () => {
  const some = fc.uniqueArray(fc.constantFrom(...leaves.keys()), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(some, (places) => {
      const apart = places.map((place) => leaves[place]!);
      const after = apart.reduce<unknown>((manifest, path) => withLeaf(manifest, path, MARK), base) as ReleaseManifest;
      const there = diffReleases(base, after).sections.flatMap(({ lines }) => lines);
      const back = diffReleases(after, base).sections.flatMap(({ lines }) => lines);
      expect(back.map(({ path }) => path).sort()).toEqual(there.map(({ path }) => path).sort());
      const told = there.map((line) => `${line.path} ${JSON.stringify(line.after)}`).join('\n');
      for (const path of apart)
        if (apart.filter((other) => other[0] === path[0]).length === 1) expect(told).toContain(MARK);
    }),
    { seed: 20260301, numRuns: 50 },
  );
});
