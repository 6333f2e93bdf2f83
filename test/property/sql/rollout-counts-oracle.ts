import type { CanaryCountSpec, CountSpec, ShadowCountSpec } from '../../../core/rollout/count-spec.ts';
import {
  type ArmCounts,
  type CanaryCounts,
  type LatencyCount,
  latencyBin,
  type Moments,
  type ShadowCounts,
  type ShadowSide,
} from '../../../core/rollout/observations.ts';
import type { LogLine } from './rollout-log.ts';

/** What `rolloutCountsSql` and `countsOf` say together, read line by line. */
export function canaryOracle(
  log: readonly LogLine[],
  outcomes: readonly LogLine[],
  spec: CanaryCountSpec,
): CanaryCounts {
  const truth = latestTruth(outcomes, spec);
  const lines = requestsOf(log, spec);
  const { challenger, releases } = spec;
  const armOf = (which: 'baseline' | 'candidate'): ArmCounts => {
    const role = challenger?.is === which ? 'challenger' : 'champion';
    const isCounted = challenger !== null || which === 'candidate';
    const mine = lines.filter((line) => {
      const isFailover = at(line, 'failed_release_id') !== null;
      const drawn = isFailover ? at(line, 'failed_release_id') : at(line, 'release_id');
      const answeredAs = at(line, 'arm');
      const otherArm = answeredAs === 'champion' ? 'challenger' : 'champion';
      const drawnAs = isFailover ? otherArm : answeredAs;
      const isOfRollout = challenger === null || at(line, 'rollout_id') === spec.rolloutId;
      const isOfStep = at(line, 'share') === (challenger?.share ?? null);
      return isCounted && drawn === releases[which] && drawnAs === role && isOfRollout && isOfStep;
    });
    const isFailed = (line: LogLine) => at(line, 'failed_release_id') !== null || at(line, 'error') !== null;
    const answered = mine.filter((line) => !isFailed(line));
    const first = firstOfUnits(answered);
    return {
      releaseId: releases[which],
      units: firstOfUnits(mine).length,
      requests: mine.length,
      failed: mine.length - answered.length,
      latency: histogram(answered.map((line) => at(line, 'latency_ms'))),
      scores: scoresOf(first, 'score', spec),
      missing: missingOf(first, 'inputs', 'missing_inputs'),
      outcome: momentsOf(first.flatMap((line) => truth.get(String(at(line, 'prediction_id'))) ?? [])),
    };
  };
  const share = challenger === null ? 1 : challenger.is === 'candidate' ? challenger.share : 1 - challenger.share;
  return { kind: 'canary', baseline: armOf('baseline'), candidate: armOf('candidate'), candidateShare: share };
}

export function shadowOracle(log: readonly LogLine[], spec: ShadowCountSpec): ShadowCounts {
  const { baseline, candidate } = spec.releases;
  const lines = requestsOf(log, spec).filter(
    (line) =>
      at(line, 'rollout_id') === spec.rolloutId &&
      at(line, 'release_id') === baseline &&
      at(line, 'shadow_release_id') === candidate,
  );
  const pairs = firstOfUnits(lines.filter((line) => at(line, 'error') === null && at(line, 'shadow_error') === null));
  const sideOf = (releaseId: string, prefix: string): ShadowSide => {
    const error = (line: LogLine) => at(line, `${prefix}error`);
    return {
      releaseId,
      failed: lines.filter((line) => error(line) !== null && error(line) !== 'late').length,
      late: lines.filter((line) => error(line) === 'late').length,
      latency: histogram(
        lines
          .filter((line) => error(line) === null || error(line) === 'late')
          .map((line) => at(line, `${prefix}latency_ms`)),
      ),
      scores: scoresOf(pairs, `${prefix}score`, spec),
      missing: missingOf(pairs, `${prefix}inputs`, `${prefix}missing_inputs`),
    };
  };
  const isFlip = (line: LogLine) =>
    at(line, 'decision') !== null && at(line, 'decision') !== at(line, 'shadow_decision');
  return {
    kind: 'shadow',
    requests: lines.length,
    baseline: sideOf(baseline, ''),
    candidate: sideOf(candidate, 'shadow_'),
    pairs: pairs.length,
    flips: pairs.filter((line) => at(line, 'shadow_decision') !== null && isFlip(line)).length,
    difference: momentsOf(pairs.map((line) => Math.abs(Number(at(line, 'shadow_score')) - Number(at(line, 'score'))))),
  };
}

function at(line: LogLine, column: string): unknown {
  return line[column] ?? null;
}

/** One line per request, those of the window alone. */
function requestsOf(log: readonly LogLine[], spec: CountSpec): readonly LogLine[] {
  const byId = new Map(log.map((line) => [line['prediction_id'], line]));
  return [...byId.values()].filter((line) => {
    const requestedMs = Number(at(line, 'requested_at_ms'));
    const [entities, unit] = [at(line, 'entities'), at(line, 'unit')];
    const isFirstInstance = entities !== null || unit === null || unit === at(line, 'prediction_id');
    const isInWindow = requestedMs >= spec.fromMs && requestedMs < spec.toMs;
    return at(line, 'model') === spec.model && isInWindow && isFirstInstance;
  });
}

function firstOfUnits(lines: readonly LogLine[]): readonly LogLine[] {
  const first = new Map<unknown, LogLine>();
  const order = (line: LogLine) => [Number(at(line, 'requested_at_ms')), String(at(line, 'prediction_id'))] as const;
  const sorted = [...lines].sort((a, b) => {
    const [[aMs, aId], [bMs, bId]] = [order(a), order(b)];
    return aMs - bMs || (aId < bId ? -1 : 1);
  });
  for (const line of sorted) {
    const unit = at(line, 'unit') ?? at(line, 'prediction_id');
    if (!first.has(unit)) first.set(unit, line);
  }
  return [...first.values()];
}

function latestTruth(outcomes: readonly LogLine[], spec: CountSpec): ReadonlyMap<string, number> {
  const latest = new Map<string, { readonly order: number; readonly value: number }>();
  for (const line of outcomes) {
    const [order, value, id] = [Number(line['recorded_at_ms']), Number(line['value']), String(line['prediction_id'])];
    if (line['model'] !== spec.model || order >= spec.toMs) continue;
    const known = latest.get(id);
    const isNewer = known === undefined || order > known.order || (order === known.order && value > known.value);
    if (isNewer) latest.set(id, { order, value });
  }
  return new Map([...latest].map(([id, { value }]) => [id, value]));
}

function histogram(latencies: readonly unknown[]): readonly LatencyCount[] {
  const counts = new Map<number, number>();
  for (const ms of latencies) {
    if (ms === null) continue;
    const bin = latencyBin(Number(ms));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return [...counts].map(([bin, n]) => ({ bin, n })).sort((a, b) => a.bin - b.bin);
}

function scoresOf(lines: readonly LogLine[], column: string, { cuts }: CountSpec): readonly number[] {
  const counts = new Array<number>(cuts.length + 1).fill(0);
  for (const line of lines) {
    const bin = cuts.filter((cut) => cut < Number(at(line, column))).length;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function missingOf(lines: readonly LogLine[], inputs: string, missing: string): Moments {
  const counted = lines.filter((line) => Number(at(line, inputs) ?? 0) > 0);
  return momentsOf(counted.map((line) => Number(at(line, missing)) / Number(at(line, inputs))));
}

function momentsOf(numbers: readonly number[]): Moments {
  return {
    n: numbers.length,
    sum: numbers.reduce((sum, x) => sum + x, 0),
    sumSquares: numbers.reduce((sum, x) => sum + x * x, 0),
  };
}
