/**
 * Makes one file of the two census files: drops the first line and the dots of the test file, and numbers the rows.
 *
 *   node bench/trials/adult/prepare.ts adult.data.csv adult.test.csv > census.csv
 */
import { readFileSync } from 'node:fs';

const rows = process.argv
  .slice(2)
  .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
  .filter((line) => line.includes(', '))
  .map((line) => line.replace(/\.\s*$/, ''));
process.stdout.write(`${rows.map((line, index) => `${index + 1}, ${line}`).join('\n')}\n`);
