/**
 * What the judgement of performance promises and what it takes: `node bench/performance.ts` prints the Markdown tables of
 * docs/performance.md. Seeds are fixed; two minutes.
 *
 * A life is 60 days of a model whose scores are right, with a look per hour, judged by the default policy: windows of seven
 * days, margin 10 %, false alarms 1 %. The release's own evaluation is drawn anew in each life.
 */
import type { Random } from '../core/clock.ts';
import { isExceeded, type Stretch } from '../core/performance/loss-evidence.ts';
import { promisedLosses, rowLoss } from '../core/performance/row-loss.ts';
import { normalQuantile } from '../core/stats/normal-quantile.ts';
import { seededRandom } from '../core/stats/seeded-random.ts';

const HOURS = 60 * 24;
const STRETCH_HOURS = 21;
const MARGIN = 0.1;
const FALSE_ALARMS = 0.01;
const LIVES = 1_000;
const LATE_LIVES = 100;
/** When a degradation begins; the days before were good. */
const LATE_HOUR = 20 * 24;

/** Probabilities that the model answers with. */
interface Population {
  readonly name: string;
  readonly score: (random: Random) => number;
}

const POPULATIONS: readonly Population[] = [
  { name: 'balanced, AUC 0.83', score: (random) => 0.02 + 0.96 * random() },
  { name: 'one in seventy positive', score: (random) => 0.002 + 0.05 * random() ** 3 },
];

/** How many times as large the mean loss is, reached by a share of answers that are drawn the wrong way round. */
function lossOf(score: number, wrong: number, random: Random): number {
  const p = random() < wrong ? 1 - score : score;
  return rowLoss('log_loss', score, random() < p ? 1 : 0);
}

function limitOf({ score }: Population, testRows: number, random: Random, margin: number): number {
  const scores = Array.from({ length: testRows }, () => score(random));
  const labels = scores.map((p) => (random() < p ? 1 : 0));
  const promised = promisedLosses('binary', { scores, labels, threshold: null })?.['log_loss'];
  if (promised === undefined) throw new Error('no test rows');
  const reach = normalQuantile(1 - FALSE_ALARMS / 2) * promised.standardError;
  return (promised.mean + reach) * (1 + margin);
}

/** Hour of the first look that finds the release degraded; null for never. */
function alarmHour(
  population: Population,
  { limit, perHour, wrong, fromHour }: { limit: number; perHour: number; wrong: number; fromHour: number },
  random: Random,
): number | null {
  const stretches: { place: number; n: number; sum: number; sumSquares: number }[] = [];
  for (let hour = 0; hour < HOURS; hour++) {
    const place = Math.floor(hour / STRETCH_HOURS);
    const stretch = stretches[place] ?? { place, n: 0, sum: 0, sumSquares: 0 };
    stretches[place] = stretch;
    for (let row = 0; row < perHour; row++) {
      const x = lossOf(population.score(random), hour >= fromHour ? wrong : 0, random);
      stretch.n++;
      stretch.sum += x;
      stretch.sumSquares += x * x;
    }
    if (isExceeded(stretches satisfies readonly Stretch[], limit, FALSE_ALARMS / 2)) return hour;
  }
  return null;
}

/** Share of wrong answers that makes the mean loss so many times as large. */
function wrongFor(population: Population, times: number): number {
  const meanAt = (wrong: number) => {
    const random = seededRandom(7);
    let sum = 0;
    for (let row = 0; row < 200_000; row++) {
      const score = population.score(random);
      const p = score + wrong * (1 - 2 * score);
      sum += p * rowLoss('log_loss', score, 1) + (1 - p) * rowLoss('log_loss', score, 0);
    }
    return sum;
  };
  const [usual, all] = [meanAt(0), meanAt(1)];
  return ((times - 1) * usual) / (all - usual); // linear in the share
}

const line = (cells: readonly (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

line(['scores', 'test rows', 'outcomes an hour', 'margin', `false alarms in ${LIVES} lives`, 'promised']);
line(['---', '---:', '---:', '---:', '---:', '---:']);
for (const population of POPULATIONS) {
  for (const margin of [0, MARGIN]) {
    let alarms = 0;
    for (let life = 0; life < LIVES; life++) {
      const random = seededRandom(life + 1);
      const limit = limitOf(population, 2_000, random, margin);
      if (alarmHour(population, { limit, perHour: 4, wrong: 0, fromHour: 0 }, random) !== null) alarms++;
    }
    line([population.name, '2,000', 4, `${100 * margin} %`, alarms, FALSE_ALARMS * LIVES]);
  }
}

console.log('');
line([
  'scores',
  'test rows',
  'outcomes an hour',
  'mean loss',
  'found within 40 days',
  'median delay',
  'outcomes until then',
]);
line(['---', '---:', '---:', '---:', '---:', '---:', '---:']);
for (const population of POPULATIONS) {
  for (const [testRows, perHour] of [
    [2_000, 20],
    [20_000, 20],
    [20_000, 200],
  ] as const) {
    for (const times of [1.2, 1.5]) {
      const wrong = wrongFor(population, times);
      const delays: number[] = [];
      for (let life = 0; life < LATE_LIVES; life++) {
        const random = seededRandom(1_000_000 + life);
        const limit = limitOf(population, testRows, random, MARGIN);
        const hour = alarmHour(population, { limit, perHour, wrong, fromHour: LATE_HOUR }, random);
        if (hour !== null && hour >= LATE_HOUR) delays.push(hour - LATE_HOUR + 1);
      }
      const hours =
        delays.length * 2 > LATE_LIVES
          ? middle([...delays, ...Array<number>(LATE_LIVES - delays.length).fill(HOURS)])
          : null;
      line([
        population.name,
        testRows.toLocaleString('en-US'),
        perHour,
        `+${Math.round(100 * (times - 1))} %`,
        `${delays.length} of ${LATE_LIVES}`,
        hours === null ? 'longer' : `${hours} h`,
        hours === null ? '' : (hours * perHour).toLocaleString('en-US'),
      ]);
    }
  }
}
