/**
 * Whether drift scans keep their promise, and what they find: `node bench/drift-false-alarms.ts [--quick] [--data DIR]
 * [--only alarms|power|tails]`, seeded. Prints Markdown; progress goes to the error output.
 *
 * False alarms: scans of 300 features made of real columns (Adult census, Online Retail; see drift/real-features.ts) whose
 * windows come from the very distribution that the reference was drawn from, a new reference for each round. Features are drawn
 * independently of each other, where a budget shared by all is spent most. Every scan is judged by Headgate and by fixed
 * rules, on the same counts. Power: one drifted column, held against what 299 others leave it of the budget.
 *
 * Tails: how often each test is wrong at the small probabilities that a budget shared by hundreds leaves it.
 *
 * The number to reach: scans with any alarm at or under the declared rate, in windows of 100 to 1,000,000 rows.
 */

import { parseArgs } from 'node:util';
import { MonitoringInput } from '../contracts/definitions/monitoring.ts';
import { judgeDrift } from '../core/drift/judge-drift.ts';
import { holmLimits } from '../core/stats/holm.ts';
import { proportionInterval } from '../core/stats/proportion-interval.ts';
import { driftedColumns } from './drift/drifted.ts';
import { type DrawnColumn, featureCounts } from './drift/feature-counts.ts';
import { nullTails } from './drift/null-tails.ts';
import { realFeatures } from './drift/real-features.ts';
import { fixedPsi, isSignificant } from './drift/rivals.ts';
import { RandomStream } from './judge/random-stream.ts';

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string' },
  },
});
const SEED = 20260101;
const FEATURES = 300;
const REFERENCE_ROWS = 5_000;
const WINDOWS = [100, 200, 500, 1_000, 10_000, 100_000, 1_000_000];
const ROUNDS = given.quick ? 10 : 150;
const POWER_WINDOWS = [100, 200, 500, 1_000, 10_000, 100_000];
const powerRounds = (n: number) => (given.quick ? 10 : n >= 100_000 ? 20 : 200);

const drift = MonitoringInput.parse({}).drift;
if (drift === false) throw new Error('drift is looked for by default');
const { effects, falseAlarms: declared } = drift;
const CERTAIN_ALONE = { psi: 0, ks: 0, jensenShannon: 0, newCategories: 0, missing: 0 };
const policy = { falseAlarms: 0.05, minRows: 100, effects: CERTAIN_ALONE, ignore: [] };

const started = performance.now();
const parts = { alarms: falseAlarms, power, tails };
for (const [name, part] of Object.entries(parts)) if (given.only === undefined || given.only === name) part();
console.error(`${Math.round((performance.now() - started) / 1000)} s`);

interface Alarms {
  readonly name: string;
  readonly of: (scan: Scan) => number;
}

/** Columns that each rule names. */
interface Scan {
  readonly drawn: readonly DrawnColumn[];
  /** By Headgate at 0.01 and 0.05: as by default, and without limits of size. */
  readonly ours: Readonly<Record<'0.01' | '0.05', { readonly drifting: number; readonly certain: number }>>;
}

function falseAlarms(): void {
  const random = new RandomStream(SEED);
  const features = realFeatures(given.data, FEATURES, random);
  if (features === null) {
    console.error(`no data sets in ${given.data}: false alarms are not measured; give the folder with --data`);
    return;
  }
  const rules: readonly Alarms[] = [
    { name: 'Headgate, 0.01', of: ({ ours }) => ours['0.01'].drifting },
    { name: 'Headgate, 0.05', of: ({ ours }) => ours['0.05'].drifting },
    { name: 'its p-values alone, 0.01', of: ({ ours }) => ours['0.01'].certain },
    { name: 'its p-values alone, 0.05', of: ({ ours }) => ours['0.05'].certain },
    { name: 'PSI ≥ 0.1', of: ({ drawn }) => drawn.filter(({ counts }) => fixedPsi(counts) >= 0.1).length },
    { name: 'PSI ≥ 0.2', of: ({ drawn }) => drawn.filter(({ counts }) => fixedPsi(counts) >= 0.2).length },
    { name: 'KS or chi-square at 0.05', of: ({ drawn }) => drawn.filter(isSignificant).length },
  ];
  const alarms = rules.map(() => WINDOWS.map(() => [] as number[]));
  for (let round = 0; round < ROUNDS; round++) {
    const counted = features.map((feature) => featureCounts(feature, random, REFERENCE_ROWS));
    WINDOWS.forEach((n, w) => {
      const drawn = counted.map((feature) => feature.draw(random, n));
      const scan = { drawn, ours: judged(drawn) };
      rules.forEach(({ of }, rule) => {
        alarms[rule]![w]!.push(of(scan));
      });
    });
    if ((round + 1) % 10 === 0) console.error(`round ${round + 1} of ${ROUNDS}: ${seconds()} s`);
  }
  const share = (scans: readonly number[]) => {
    const any = scans.filter((found) => found > 0).length;
    const { low, high } = proportionInterval(any, scans.length, 0.95);
    return `${percent(any / scans.length)} (${percent(low)} to ${percent(high)})`;
  };
  const pooled = (bySize: readonly (readonly number[])[]) => [...bySize.map(share), share(bySize.flat())];
  const mean = (scans: readonly number[]) => (scans.reduce((sum, found) => sum + found, 0) / scans.length).toFixed(2);
  const head = ['rows of the window', ...WINDOWS.map(count)];
  print(`### Without drift: scans of ${FEATURES} features with any alarm (${ROUNDS} scans per size, seed ${SEED})`, [
    [...head, 'all sizes'],
    ...rules.map(({ name }, rule) => [name, ...pooled(alarms[rule]!)]),
  ]);
  print('Columns named per scan, on average:', [
    head,
    ...rules.map(({ name }, rule) => [name, ...alarms[rule]!.map(mean)]),
  ]);
}

/** One judgement gives all p-values; the budgets and limits are then held against them as the judge does. */
function judged(drawn: readonly DrawnColumn[]): Scan['ours'] {
  const { columns } = judgeDrift(
    drawn.map(({ counts }) => counts),
    policy,
  );
  const tests = columns.flatMap((column, i) =>
    column.tests.flatMap(({ test, effect, pValue }) =>
      effect === null || pValue === null ? [] : [{ i, test, effect, pValue }],
    ),
  );
  const pValues = tests.map(({ pValue }) => pValue);
  const limitOf = {
    psi: effects.psi,
    ks: effects.ks,
    chi_square: effects.jensenShannon,
    new_categories: effects.newCategories,
    missing: effects.missing,
  };
  const at = (alpha: number) => {
    const limits = holmLimits(pValues, alpha);
    const certain = tests.filter(({ pValue }, i) => pValue <= limits[i]!);
    const drifting = certain.filter(({ test, effect }) => effect >= limitOf[test]);
    const columnsOf = (some: readonly { i: number }[]) => new Set(some.map(({ i }) => i)).size;
    return { drifting: columnsOf(drifting), certain: columnsOf(certain) };
  };
  return { '0.01': at(0.01), '0.05': at(0.05) };
}

function power(): void {
  const random = new RandomStream(SEED + 1);
  const rows = driftedColumns(random, REFERENCE_ROWS).flatMap((drifted) => {
    const found = POWER_WINDOWS.map((n) => {
      const rounds = powerRounds(n);
      const windows = Array.from({ length: rounds }, () => {
        const window = drifted.draw(random, n);
        const ours = judgeDrift([window.counts], {
          ...policy,
          effects,
          falseAlarms: declared / FEATURES,
        });
        return {
          ours: ours.outcome === 'drifting',
          psi: fixedPsi(window.counts) >= 0.2,
          byDefault: window.evidentlyDefault,
          sturges: window.evidentlyPsi,
        };
      });
      const share = (of: (window: (typeof windows)[number]) => boolean | null) =>
        windows.some((window) => of(window) === null) ? '' : percent(windows.filter(of).length / rounds);
      return [
        share(({ ours }) => ours),
        share(({ psi }) => psi),
        share(({ byDefault }) => byDefault),
        share(({ sturges }) => sturges),
      ];
    });
    console.error(`${drifted.name}: ${seconds()} s`);
    const names = ['Headgate, 0.01 over 300 features', 'PSI ≥ 0.2', "Evidently's default", "Evidently's PSI"];
    return names.map((name, rule) => [rule === 0 ? drifted.name : '', name, ...found.map((at) => at[rule]!)]);
  });
  print(
    `### With drift: windows in which the column is named (reference of ${count(REFERENCE_ROWS)} rows, seed ${SEED + 1})`,
    [
      ['drift', 'rule', ...POWER_WINDOWS.map((n) => `${count(n)} rows`)],
      ...rows.filter((row) => row.slice(2).some((cell) => cell !== '')),
    ],
  );
}

function tails(): void {
  const random = new RandomStream(SEED + 2);
  const rounds = given.quick ? 10_000 : 200_000;
  const sizes = [
    [100, 100],
    [100, 5_000],
    [1_000, 1_000],
  ] as const;
  const rows = sizes.flatMap(([n, m]) => nullTails(random, n, m, [1e-2, 1e-3, 1e-4, 1e-5], rounds));
  print(
    `### Without drift, ten bins: how often each is wrong, in multiples of what it was asked for (${count(rounds)} draws, seed ${SEED + 2})`,
    [
      [
        'window and reference',
        'asked for',
        'exact test of bins',
        'exact test at cuts',
        "Pearson's chi-square, its law",
        'PSI, its law',
      ],
      ...rows.map(({ n, m, alpha, exactBins, exactCuts, chiSquareLaw, stabilityLaw }) => [
        `${count(n)} and ${count(m)}`,
        String(alpha),
        ...[exactBins, exactCuts, chiSquareLaw, stabilityLaw].map((times) => times.toFixed(2)),
      ]),
    ],
  );
}

function seconds(): number {
  return Math.round((performance.now() - started) / 1000);
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function print(title: string, rows: readonly (readonly string[])[]): void {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  console.log([`${title}\n`, line(head), line(head.map(() => '---')), ...body.map(line), ''].join('\n'));
}
