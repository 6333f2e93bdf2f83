import { normalQuantile } from '../../core/stats/normal-quantile.ts';

const STEPS = 1 << 16;
/** Standard normal deviates, evenly likely: 16 random bits choose one. */
const NORMALS = Float64Array.from({ length: STEPS }, (_, i) => normalQuantile((i + 0.5) / STEPS));

/** Seeded random numbers: sfc32 (C. Doty-Humphrey, PractRand), fast and good enough for billions of draws. */
export class RandomStream {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    for (let i = 0; i < 15; i++) this.bits();
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** At or above 0, below 1. */
  uniform(): number {
    return this.bits() / 4294967296;
  }

  normal(): number {
    return normalOf(this.bits() & 0xffff);
  }
}

/** The standard normal deviate that 16 random bits stand for. */
export function normalOf(bits: number): number {
  return NORMALS[bits]!;
}
