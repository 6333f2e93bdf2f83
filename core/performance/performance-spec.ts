import type { Model } from '../definitions/model.ts';
import type { PerformancePolicy } from '../definitions/monitoring.ts';
import type { ReleaseManifest } from '../release/release-manifest.ts';
import type { LossName } from './row-loss.ts';

/** What of the logs one look at a release's performance counts. Instants are epoch milliseconds. */
export interface PerformanceSpec {
  readonly database: string;
  readonly model: string;
  readonly releaseId: string;
  readonly problem: Model['problem'];
  /** What was recorded later is not known: an old look can be made again after a correction. */
  readonly atMs: number;
  /** Since when the release has been champion; what it answered before is not looked at. */
  readonly sinceMs: number;
  /** Predictions from here to `atMs` count. */
  readonly windowMs: number;
  readonly maturityMs: number;
  /** Length of the parts of its life that a release's losses are summed up by; their bounds are multiples of it. */
  readonly stretchMs: number;
  readonly loss: LossName;
  /** Where the release's scores are cut into bins, ascending. */
  readonly cuts: readonly number[];
  /** Inputs (`view:feature`) that rows are told apart by. */
  readonly segments: readonly string[];
}

/** Stretches per window. */
const STRETCHES = 8;
/** Older predictions are not read again at every look. */
const MAX_WINDOWS_BACK = 16;

/** First instant of each part of a look, and the last one of what has matured; both ends belong to it. */
export interface PerformanceSpans {
  readonly maturedToMs: number;
  readonly maturedFromMs: number;
  /** What has not matured begins right after what has. */
  readonly provisionalFromMs: number;
  /** Of a window that ends now, matured or not. */
  readonly recentFromMs: number;
  /** Of the stretches. */
  readonly lifeFromMs: number;
}

export function performanceSpans({
  atMs,
  sinceMs,
  windowMs,
  maturityMs,
  stretchMs,
}: Pick<PerformanceSpec, 'atMs' | 'sinceMs' | 'windowMs' | 'maturityMs' | 'stretchMs'>): PerformanceSpans {
  const maturedToMs = atMs - maturityMs;
  const notBefore = (ms: number) => Math.max(sinceMs, ms);
  return {
    maturedToMs,
    maturedFromMs: notBefore(maturedToMs - windowMs + 1),
    provisionalFromMs: notBefore(maturedToMs + 1),
    recentFromMs: notBefore(atMs - windowMs + 1),
    lifeFromMs: notBefore(Math.ceil((maturedToMs - MAX_WINDOWS_BACK * windowMs + 1) / stretchMs) * stretchMs),
  };
}

/** Segments that the log tells nothing of, because they are no inputs of the release, are left out. */
export function performanceSpec(
  scope: Pick<PerformanceSpec, 'database' | 'model' | 'releaseId' | 'atMs' | 'sinceMs'>,
  policy: PerformancePolicy,
  manifest: Pick<ReleaseManifest, 'model' | 'inputs' | 'evaluation'>,
): PerformanceSpec {
  const inputs = new Set(manifest.inputs.map(({ view, feature }) => `${view}:${feature}`));
  return {
    ...scope,
    problem: manifest.model.problem,
    windowMs: policy.windowMs,
    maturityMs: policy.maturityMs,
    stretchMs: Math.max(1, Math.floor(policy.windowMs / STRETCHES)),
    loss: policy.loss,
    cuts: manifest.evaluation.scoreCuts ?? [],
    segments: manifest.model.segments.map(({ view, feature }) => `${view}:${feature}`).filter((ref) => inputs.has(ref)),
  };
}
