/**
 * Whether the canary's judge keeps its promises: `node bench/judge.ts [--quick]`, seeded; 10,000 canaries in
 * eleven minutes of one core, or 200 in 15 seconds with `--quick`. Prints Markdown.
 *
 * Each canary is a whole rollout under the default policy (steps of 5, 25 and 50 %, an hour of watch, a look per minute) with
 * an outcome declared and required, on traffic of 600 requests a minute (see judge/traffic.ts). On the same minutes of the
 * canary, until the last step is half an hour old, the other judges are asked: Kayenta's Mann-Whitney test, once at the end
 * and every minute, and fixed limits on the candidate.
 *
 * The numbers to reach: without a difference at most 1 % go back; a regression of twice the margin is found in 80 % or more.
 */

import { parseArgs } from 'node:util';
import { RolloutInput, rolloutPolicyOf } from '../contracts/definitions/rollout-policy.ts';
import { HOUR_MS } from '../core/clock.ts';
import type { RolloutPolicy } from '../core/definitions/rollout-policy.ts';
import { fixedThresholds, mannWhitney, type Rival } from './judge/rivals.ts';
import { type CanaryRun, regressionsOf, runCanary } from './judge/run-canary.ts';
import { NO_REGRESSION, type Regression, Traffic, type TrafficShape, USUAL_P95_MS } from './judge/traffic.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const RUNS = values.quick ? 200 : 10_000;
const SHAPE: TrafficShape = { requestsPerMinute: 600, entities: 50_000, countedBy: 'unit' };
/** So few entities that all of them come back often. */
const FEW_ENTITIES: TrafficShape = { ...SHAPE, entities: 1_000 };

const input = RolloutInput.parse({ judge: { outcome: { better: 'higher', margin: 0.05, required: true } } });
const policy = rolloutPolicyOf(input, { riskClass: 'limited', problem: 'binary' });

const rivals = (): readonly Rival[] => [
  mannWhitney('at the end'),
  mannWhitney('every minute'),
  fixedThresholds('tight', { errorRatio: 0.02, p95Ms: 1.25 * USUAL_P95_MS, failureLimit: 3 }),
  fixedThresholds('loose', { errorRatio: 0.05, p95Ms: 2 * USUAL_P95_MS, failureLimit: 3 }),
];
const RIVALS = rivals().map(({ name }) => name);

const started = performance.now();
const same = many(RUNS, NO_REGRESSION, policy, SHAPE);
print(`### No difference: ${count(RUNS)} canaries, a look per minute`, [
  ['judge', 'went back', 'interval', 'minutes to the promotion: median, 95 %'],
  [
    'Headgate, canary and watch',
    shareOf(same, wentBack),
    intervalOf(same, wentBack),
    `${quantile(minutes(same), 0.5)}, ${quantile(minutes(same), 0.95)}`,
  ],
  ...RIVALS.map((name, i) => [name, shareOf(same, failedBy(i)), intervalOf(same, failedBy(i)), '']),
]);
const looks = same.reduce((sum, run) => sum + run.headgate.looks, 0);
console.log(`${count(looks)} looks in all; ${same.filter(hitDeadline).length} canaries met the deadline undecided.\n`);

const worse = Object.entries(regressionsOf(policy, 2)).map(
  ([kind, regression]) => [kind, many(RUNS / 10, regression, policy, SHAPE)] as const,
);
print(`### A regression of twice the margin: ${count(RUNS / 10)} canaries of each kind`, [
  [
    'regression',
    'went back',
    'of them in the watch',
    'minutes: median, 95 %',
    'requests it answered: median',
    'promoted',
  ],
  ...worse.map(([kind, runs]) => [
    kind,
    shareOf(runs, wentBack),
    shareOf(runs, ({ headgate }) => headgate.isInWatch),
    `${quantile(minutes(runs), 0.5)}, ${quantile(minutes(runs), 0.95)}`,
    count(
      quantile(
        runs.map(({ headgate }) => headgate.requests),
        0.5,
      ),
    ),
    shareOf(runs, ({ headgate }) => headgate.end === 'promoted'),
  ]),
]);
print('The same canaries, found by the others (share, median minute):', [
  ['regression', ...RIVALS],
  ...worse.map(([kind, runs]) => [kind, ...RIVALS.map((_, i) => found(runs, i))]),
]);

const inThreeHours: RolloutPolicy = {
  ...policy,
  canary: policy.canary === null ? null : { ...policy.canary, withinMs: 3 * HOUR_MS },
};
const sized = [0.25, 0.5, 1, 1.5, 3].flatMap((times) =>
  Object.entries(regressionsOf(policy, times)).map(
    ([kind, regression]) => [times, kind, many(RUNS / 50, regression, inThreeHours, SHAPE)] as const,
  ),
);
print(`### By size: ${count(RUNS / 50)} canaries each, three hours a step`, [
  ['regression', 'times the margin', 'promoted', 'shown to be beyond', 'undecided in time', ...RIVALS],
  ...sized.map(([times, kind, runs]) => [
    kind,
    String(times),
    shareOf(runs, ({ headgate }) => headgate.end === 'promoted'),
    shareOf(runs, ({ headgate }) => headgate.end === 'went back'),
    shareOf(runs, hitDeadline),
    ...RIVALS.map((_, i) => shareOf(runs, failedBy(i))),
  ]),
]);

const forFew: RolloutPolicy = {
  ...inThreeHours,
  canary: inThreeHours.canary === null ? null : { ...inThreeHours.canary, minUnits: 40 },
  judge: { ...policy.judge, outcome: null },
};
const counted = (['unit', 'request'] as const).map(
  (countedBy) => [countedBy, many(RUNS / 20, NO_REGRESSION, forFew, { ...FEW_ENTITIES, countedBy })] as const,
);
print(`### No difference, ${count(FEW_ENTITIES.entities)} entities that come back: ${count(RUNS / 20)} canaries each`, [
  ['scores are counted by', 'said to be worse', 'undecided in time', 'promoted'],
  ...counted.map(([countedBy, runs]) => [
    countedBy,
    shareOf(runs, ({ headgate }) => headgate.end === 'went back'),
    shareOf(runs, hitDeadline),
    shareOf(runs, ({ headgate }) => headgate.end === 'promoted'),
  ]),
]);
console.error(`${Math.round((performance.now() - started) / 1000)} s`);

function many(runs: number, regression: Regression, under: RolloutPolicy, shape: TrafficShape): readonly CanaryRun[] {
  return Array.from({ length: runs }, (_, i) => runCanary(new Traffic(i + 1, shape, regression), under, rivals()));
}

function wentBack({ headgate }: CanaryRun): boolean {
  return headgate.end !== 'promoted';
}

function hitDeadline({ headgate }: CanaryRun): boolean {
  return headgate.end === 'deadline';
}

function failedBy(rival: number): (run: CanaryRun) => boolean {
  return (run) => run.rivals[rival] !== null;
}

function minutes(runs: readonly CanaryRun[]): readonly number[] {
  return runs.map(({ headgate }) => headgate.minutes);
}

function found(runs: readonly CanaryRun[], rival: number): string {
  const at = runs.flatMap((run) => run.rivals[rival] ?? []);
  return at.length === 0 ? '0 %' : `${shareOf(runs, failedBy(rival))}, ${quantile(at, 0.5)}`;
}

function shareOf(runs: readonly CanaryRun[], is: (run: CanaryRun) => boolean): string {
  return percent(runs.filter(is).length / runs.length);
}

/** Wilson's interval of 95 %. */
function intervalOf(runs: readonly CanaryRun[], is: (run: CanaryRun) => boolean): string {
  const n = runs.length;
  const seen = runs.filter(is).length / n;
  const z = 1.96;
  const center = (seen + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const radius = (z * Math.sqrt((seen * (1 - seen)) / n + z ** 2 / (4 * n ** 2))) / (1 + z ** 2 / n);
  return `${percent(Math.max(0, center - radius))} to ${percent(Math.min(1, center + radius))}`;
}

function quantile(of: readonly number[], share: number): number {
  return [...of].sort((x, y) => x - y)[Math.min(of.length - 1, Math.floor(share * of.length))] ?? Number.NaN;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function print(title: string, rows: readonly (readonly string[])[]): void {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  console.log([`${title}\n`, line(head), line(head.map(() => '---')), ...body.map(line), ''].join('\n'));
}
