/**
 * Reproduces the point-in-time values of Online Retail through the laptop region: ingest, materialize, train, and read
 * the sealed training sets. Ends with 1 when a value differs.
 *
 *   node bench/trials/point-in-time/run.ts online_retail.parquet
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesize } from '../../../cli/up/synthesize.ts';
import { startRegion } from '../../../local/region.ts';
import { measureRules, RULES } from './measure-rules.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('name the file: node bench/trials/point-in-time/run.ts online_retail.parquet');

const stateDir = await mkdtemp(join(tmpdir(), 'headgate-point-in-time-'));
const assemblyDir = await synthesize({
  rootDir: resolve(import.meta.dirname, '../../..'),
  definitionsDir: join(import.meta.dirname, 'definitions'),
  stateDir,
  signal: new AbortController().signal,
});
const region = await startRegion({ assemblyDir, stateDir, apiPort: 0, awsPort: 0, speed: 20 });
try {
  const measured = await measureRules(region, resolve(file), (line) => process.stderr.write(line));
  console.table(
    measured.map((one, i) => {
      const { matched, sum } = RULES[i]!;
      return { ...one, expected: `${matched} / ${sum}`, agrees: one.matched === matched && one.sum === sum };
    }),
  );
  const isExact = RULES.every(({ matched, sum }, i) => measured[i]?.matched === matched && measured[i].sum === sum);
  process.exitCode = isExact ? 0 : 1;
} finally {
  await region.stop();
  await rm(stateDir, { recursive: true });
  await rm(assemblyDir, { recursive: true });
}
