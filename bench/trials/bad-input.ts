/**
 * Sends what should not be sent through every door of a running platform (definitions, files, HTTP, flows, the command
 * line, the AWS endpoint), and prints what came back and whether the state is as it was. Ends with 1 when an answer is
 * a fault of the platform, is unclear, or left something behind.
 *
 *   node bench/trials/bad-input.ts [door] > bad-input.md
 */
import { type BadCase, type Judged, judge, rowOf } from './bad-input/bad-case.ts';
import { BAD_COMMANDS } from './bad-input/bad-commands.ts';
import { BAD_DEFINITIONS } from './bad-input/bad-definitions.ts';
import { BAD_FILES } from './bad-input/bad-files.ts';
import { BAD_FLOWS } from './bad-input/bad-flows.ts';
import { BAD_LIMITS } from './bad-input/bad-limits.ts';
import { BAD_REQUESTS } from './bad-input/bad-requests.ts';
import { BAD_ROLLOUTS } from './bad-input/bad-rollouts.ts';
import { BAD_SERVING } from './bad-input/bad-serving.ts';
import { BAD_SIGNATURES } from './bad-input/bad-signatures.ts';
import { BAD_WATCHING } from './bad-input/bad-watching.ts';
import { preparePlatform } from './bad-input/prepared-platform.ts';

const ALL: readonly BadCase[] = [
  ...BAD_DEFINITIONS,
  ...BAD_FILES,
  ...BAD_REQUESTS,
  ...BAD_SERVING,
  ...BAD_LIMITS,
  ...BAD_FLOWS,
  ...BAD_COMMANDS,
  ...BAD_ROLLOUTS,
  ...BAD_SIGNATURES,
  ...BAD_WATCHING,
];

const [door] = process.argv.slice(2);
const cases = door === undefined ? ALL : ALL.filter((one) => one.door === door);
const say = (line: string) => process.stderr.write(`${line}\n`);
const platform = await preparePlatform(say);
try {
  const judged: Judged[] = [];
  for (const [i, one] of cases.entries()) {
    say(`${i + 1} of ${cases.length}: ${one.why}`);
    const result = await judge(one, platform);
    judged.push(result);
    if (result.problems.length > 0) say(`✗ ${one.why}: ${result.problems.join('; ')}: ${JSON.stringify(result.reply)}`);
  }
  const bad = judged.filter(({ problems }) => problems.length > 0);
  console.log(`| case | door | what came back | state |\n| --- | --- | --- | --- |`);
  for (const result of judged) console.log(rowOf(result));
  say(`${judged.length} cases, ${bad.length} of them not as they have to be`);
  process.exitCode = bad.length === 0 ? 0 : 1;
} finally {
  await platform.stop();
}
