/**
 * Kayenta's judge of one metric (spinnaker/kayenta, MannWhitney.scala and MannWhitneyClassifier.scala, read there):
 * `high` when the lower end of the 98 % Mann-Whitney interval of the shift lies above a quarter of the
 * Hodges-Lehmann estimate, `low` when the upper end lies below minus that. One value per minute and arm.
 */
export function classify(
  control: readonly number[],
  experiment: readonly number[],
): 'pass' | 'high' | 'low' | 'nodata' {
  if (control.length === 0 || experiment.length === 0) return 'nodata';
  if (isSame(control, experiment)) return 'pass';
  // An interval that holds 0 holds a value below any bound, and most do.
  if (Math.abs(statistic(control, experiment, 0)) <= CRITICAL) return 'pass';
  const bound = TOLERANCE * Math.abs(hodgesLehmann(control, experiment));
  // The statistic falls as the shift grows, so the end of the interval is beyond the bound when the statistic there still is.
  if (statistic(control, experiment, bound) > CRITICAL) return 'high';
  return statistic(control, experiment, -bound) < -CRITICAL ? 'low' : 'pass';
}

const TOLERANCE = 0.25;
/** Normal quantile of 0.99: an interval of 98 %. */
const CRITICAL = 2.3263478740408408;

/** Median of all differences between the arms. */
function hodgesLehmann(control: readonly number[], experiment: readonly number[]): number {
  const differences = new Float64Array(control.length * experiment.length);
  let at = 0;
  for (const x of experiment) for (const y of control) differences[at++] = x - y;
  differences.sort();
  const middle = differences.length >> 1;
  return differences.length % 2 === 1 ? differences[middle]! : (differences[middle - 1]! + differences[middle]!) / 2;
}

/** Standardized rank sum of experiment - shift, with mid-ranks, tie correction and continuity correction. */
function statistic(control: readonly number[], experiment: readonly number[], shift: number): number {
  const n = experiment.length;
  const m = control.length;
  const all = [
    ...experiment.map((x) => ({ value: x - shift, isOurs: true })),
    ...control.map((value) => ({ value, isOurs: false })),
  ];
  all.sort((x, y) => x.value - y.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    const tied = to - from;
    ties += tied ** 3 - tied;
    const rank = (from + 1 + to) / 2;
    for (; from < to; from++) if (all[from]!.isOurs) rankSum += rank;
  }
  const centred = rankSum - (n * (n + 1)) / 2 - (n * m) / 2;
  const variance = ((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
  return variance <= 0 ? 0 : (centred - Math.sign(centred) * 0.5) / Math.sqrt(variance);
}

function isSame(x: readonly number[], y: readonly number[]): boolean {
  return x.length === y.length && x.every((value, i) => value === y[i]);
}
