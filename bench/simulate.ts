/**
 * Rollouts of every fault of the catalogue, before, after and between side effects, over many seeds: how they ended, and
 * every promise that was broken.
 *
 *   node bench/simulate.ts [--seeds 100] [--from 1] [--fault N] [--moment before|after|between] [--seed N]
 *
 * With `--seed` it runs that one again and tells what happened. Ends with 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import { FAULTS } from '../test/simulation/catalogue.ts';
import { describeRun, MOMENTS, type Simulated, simulate } from '../test/simulation/simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    fault: { type: 'string' },
    moment: { type: 'string' },
    seed: { type: 'string' },
  },
});
const from = Number(values.seed ?? values.from);
const seeds = values.seed === undefined ? Number(values.seeds) : 1;
const faults = FAULTS.filter(({ number }) => values.fault === undefined || number === Number(values.fault));
const moments = MOMENTS.filter((moment) => values.moment === undefined || moment === values.moment);
if (faults.length === 0 || moments.length === 0 || !(seeds > 0) || !Number.isInteger(from)) {
  console.error(
    `nothing to run; faults are ${FAULTS.map(({ number }) => number).join(', ')}, moments ${MOMENTS.join(', ')}`,
  );
  process.exit(2);
}

const began = performance.now();
const broken: Simulated[] = [];
let runs = 0;
console.log('| fault | moment | runs | struck | promoted | rejected | rolled back | refused | broken |');
console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const fault of faults) {
  for (const moment of moments) {
    const ended = { promoted: 0, rejected: 0, 'rolled-back': 0, refused: 0 };
    let [struck, wrong] = [0, 0];
    for (let seed = from; seed < from + seeds; seed++) {
      const run = await simulate(fault, moment, seed);
      runs++;
      ended[run.ending]++;
      if (run.isStruck) struck++;
      if (run.problems.length === 0) continue;
      wrong++;
      broken.push(run);
    }
    const counts = [seeds, struck, ended.promoted, ended.rejected, ended['rolled-back'], ended.refused, wrong];
    console.log(`| ${fault.number} ${fault.title} | ${moment} | ${counts.join(' | ')} |`);
  }
}
const seconds = (performance.now() - began) / 1000;
console.log(
  `\n${runs} rollouts in ${seconds.toFixed(0)} s (${((1000 * seconds) / runs).toFixed(1)} ms each), ${broken.length} with a broken promise`,
);
for (const run of broken.slice(0, 20)) console.log(`\n${describeRun(run)}`);
process.exitCode = broken.length === 0 ? 0 : 1;
