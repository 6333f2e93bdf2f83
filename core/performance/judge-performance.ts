import type { PerformancePolicy } from '../definitions/monitoring.ts';
import type { Scored } from '../metrics/scored.ts';
import type { ReleaseManifest } from '../release/release-manifest.ts';
import { type CalibrationFindings, calibrationFindings } from './calibration-findings.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { type Estimate, measuredEstimates } from './estimate.ts';
import { estimateMetrics } from './estimate-metrics.ts';
import { type FairnessFindings, fairnessFindings, type SliceFindings, sliceFindings } from './group-findings.ts';
import { judgeLoss } from './judge-loss.ts';
import type { Stretch } from './loss-evidence.ts';
import { type AnswerCount, totalsOf } from './performance-counts.ts';
import { type PerformanceSpec, performanceSpans } from './performance-spec.ts';
import { answeredSegment, type SampledAnswer } from './sampled-answers.ts';

/** What the logs say of a release. */
export interface PerformanceEvidence {
  readonly counts: readonly AnswerCount[];
  /** In order of time; `number` is that of the SQL. */
  readonly stretches: readonly NumberedStretch[];
  readonly sample: readonly SampledAnswer[];
}

export interface NumberedStretch extends Omit<Stretch, 'place'> {
  /** The stretch begins `number` times its length after the epoch. */
  readonly number: number;
}

export interface PerformanceWindow {
  readonly from: string;
  readonly to: string;
  readonly predictions: number;
  readonly outcomes: number;
  readonly metrics: readonly Estimate[];
}

/** What the ground truth says of a release; see `PerformanceFindings` of the report. */
export interface PerformanceJudgement {
  readonly outcome: 'holding' | 'degraded' | 'not-computable';
  readonly because: string;
  readonly releaseId: string;
  readonly matured: PerformanceWindow;
  readonly provisional: PerformanceWindow;
  readonly estimated: PerformanceWindow | null;
  readonly coverage: Coverage;
  readonly loss: {
    readonly name: string;
    readonly promised: number | null;
    readonly limit: number | null;
    readonly seen: number | null;
    readonly low: number | null;
    readonly since: string | null;
    readonly outcomes: number;
  };
  readonly calibration: readonly CalibrationFindings[];
  readonly slices: readonly SliceFindings[];
  readonly fairness: readonly FairnessFindings[];
}

/**
 * What production says of a release, from what was counted. Degradation is told from matured outcomes alone, and not at all
 * where outcomes are missing for some answers more than for others. The provisional part, the estimate and the parts by
 * slice and group are told and never judged.
 */
export function judgePerformance(
  spec: PerformanceSpec,
  policy: PerformancePolicy,
  manifest: Pick<ReleaseManifest, 'model' | 'inputs' | 'evaluation'>,
  evidence: PerformanceEvidence,
): PerformanceJudgement {
  const { atMs } = spec;
  const spans = performanceSpans(spec);
  const { counts, sample } = evidence;
  const maturedCounts = counts.filter(({ isMatured }) => isMatured);
  const threshold = manifest.model.serving.decisionThreshold;
  const matured = scoredOf(sample, true, threshold);
  const segments = segmentsOf(spec, manifest, sample);
  const windowOf = (fromMs: number, toMs: number, of: readonly AnswerCount[], metrics: readonly Estimate[]) => ({
    from: instantText(fromMs),
    to: instantText(Math.max(fromMs, toMs)),
    ...totalsOf(of),
    metrics,
  });
  const coverage = coverageOf(maturedCounts, spec.cuts);
  const { all: _, outcome, because, since, ...loss } = lossOf(spec, policy, manifest, evidence);
  return {
    ...(coverage.isOneSided
      ? { outcome: 'not-computable', because: `outcomes are one-sided: ${coverage.because}` }
      : { outcome, because }),
    releaseId: spec.releaseId,
    matured: windowOf(
      spans.maturedFromMs,
      spans.maturedToMs,
      maturedCounts,
      measuredEstimates(policy.metrics, matured),
    ),
    provisional: windowOf(
      spans.provisionalFromMs,
      atMs,
      counts.filter(({ isProvisional }) => isProvisional),
      measuredEstimates(policy.metrics, scoredOf(sample, false, threshold)),
    ),
    estimated: estimatedWindow(spec, policy, manifest, counts, windowOf),
    coverage,
    loss: { ...loss, since },
    calibration: calibrationFindings(spec, matured),
    slices: sliceFindings(policy.metrics, matured, segments),
    fairness: fairnessFindings(manifest.model.gates, matured, segments),
  };
}

function lossOf(
  spec: PerformanceSpec,
  policy: PerformancePolicy,
  { evaluation }: Pick<ReleaseManifest, 'evaluation'>,
  { stretches }: PerformanceEvidence,
) {
  const first = Math.floor(spec.sinceMs / spec.stretchMs);
  const placed = stretches.map(({ number, ...moments }) => ({ ...moments, place: number - first }));
  const found = judgeLoss(policy, evaluation, placed);
  const worst = found.since === null ? undefined : stretches[found.since];
  const since = worst === undefined ? null : instantText(Math.max(spec.sinceMs, worst.number * spec.stretchMs));
  return { ...found, since };
}

type WindowOf = (
  fromMs: number,
  toMs: number,
  of: readonly AnswerCount[],
  metrics: readonly Estimate[],
) => PerformanceWindow;

/** Of all answers of the window: to leave out those whose outcome is known already would leave those that show late. */
function estimatedWindow(
  spec: PerformanceSpec,
  policy: PerformancePolicy,
  { evaluation }: Pick<ReleaseManifest, 'evaluation'>,
  counts: readonly AnswerCount[],
  windowOf: WindowOf,
): PerformanceWindow | null {
  const recent = counts.filter(({ isRecent }) => isRecent);
  if (spec.problem !== 'binary' || evaluation.calibration === undefined) return null;
  const metrics = estimateMetrics(policy.metrics, recent, evaluation.calibration);
  return windowOf(performanceSpans(spec).recentFromMs, spec.atMs, recent, metrics);
}

function scoredOf(sample: readonly SampledAnswer[], isMatured: boolean, threshold: number | null): Scored {
  const rows = sample.filter((row) => row.isMatured === isMatured);
  return { labels: rows.map(({ outcome }) => outcome), scores: rows.map(({ score }) => score), threshold };
}

function segmentsOf(
  spec: PerformanceSpec,
  { model, inputs }: Pick<ReleaseManifest, 'model' | 'inputs'>,
  sample: readonly SampledAnswer[],
) {
  const rows = sample.filter(({ isMatured }) => isMatured);
  return spec.segments.flatMap((ref, i) => {
    const isIt = ({ view, feature }: { readonly view: string; readonly feature: string }) =>
      `${view}:${feature}` === ref;
    const [segment, input] = [model.segments.find(isIt), inputs.find(isIt)];
    if (segment === undefined || input === undefined) return [];
    const texts = rows.map(({ segments }) => segments[i] ?? null);
    return [answeredSegment(segment, input.type, texts)];
  });
}

function instantText(ms: number): string {
  return new Date(ms).toISOString();
}
