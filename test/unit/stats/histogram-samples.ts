import type { Histogram } from '../../../core/stats/quantile-ratio.ts';

/** Seeded uniform numbers, above 0 and below 1 (Lehmer, modulus 2^31 - 1). */
export function uniforms(seed: number): () => number {
  let state = (seed * 7919 + 12345) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function lognormals(seed: number, n: number, mean: number, spread: number): readonly number[] {
  const normal = normals(seed);
  return Array.from({ length: n }, () => Math.exp(mean + spread * normal()));
}

/** Bins two per cent wide, of which number 200 ends at 1. */
export function histogramOf(values: readonly number[]): Histogram {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bin = Math.max(0, 200 + Math.ceil(Math.log(value) / Math.log(1.02)));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const bins = [...counts].map(([bin, n]) => ({ bin, n })).sort((x, y) => x.bin - y.bin);
  return { bins, censored: 0 };
}
