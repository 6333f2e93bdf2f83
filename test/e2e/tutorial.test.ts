/** Every command of the tutorial, run in order in one shell, and what the page says that it prints. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { forgetAssemblies } from '../../cli/up/synthesize.ts';
import type { GetOnlineFeaturesResponse } from '../../contracts/api/feast.ts';
import { ROOT } from '../arch/source-files.ts';
import { documentedCommands, linesNotPrinted } from './documented-commands.ts';
import { processesLeftBy } from './killable-region.ts';
import { type StartedCommand, startCommand } from './started-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ hookTimeout: 180_000 }); // machines differ

const END = '=== end of block';

const folder = temporaryFolder();
const stateDir = join(folder, 'gym/state');
let running: StartedCommand | undefined;

afterAll(async () => {
  await running?.end('SIGKILL');
  await forgetAssemblies({ rootDir: ROOT, stateDir });
});

it('goes from an empty folder to predictions, releases that are stopped, and the way back', async () => {
  const blocks = documentedCommands('docs/tutorial.md');
  const port = await freePort();
  const script = blocks
    .map(({ script }) => `${script}\necho; echo "${END}"`)
    .join('\n')
    .replaceAll(/\bgym\//g, `${folder}/gym/`)
    .replaceAll(':4510/', `:${port}/`)
    .replace('do sleep 1; done', 'do kill -0 "$up"; sleep 0.2; done') // does not wait for what has ended
    .replace(' up --definitions ', ` up --port ${port} --definitions `);
  // phases of a rollout are told on stderr
  running = startCommand('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${script}`], {
    HEADGATE_URL: `http://127.0.0.1:${port}`,
  });
  const { code, stdout } = await running.ended;
  const log = join(folder, 'gym/up.log');
  expect([code, code === 0 ? '' : stdout + readFileSync(log, 'utf8')]).toEqual([0, '']);
  const printed = stdout.split(`${END}\n`);
  const notPrinted = blocks.flatMap(({ shown }, i) => linesNotPrinted(shown, printed[i]!));
  expect([notPrinted, notPrinted.length === 0 ? '' : stdout]).toEqual([[], '']);
  expect(blocks.filter(({ shown }) => shown.length > 0).length).toBeGreaterThan(8);

  const of = (part: string) => printed[blocks.findIndex(({ script }) => script.includes(part))]!;
  expect(of('head -3')).toMatch(/^member,entered,minutes,class\n/);
  expect(JSON.parse(of('M1002"}}'))).toMatchObject({ model: 'comes_back', features: expect.anything() });
  expect(of('headgate outcomes')).toMatch(/"outcomes":\[\{"value":true,/);
  const [accepted, features] = of('push_source_name').split('\n');
  expect(JSON.parse(accepted!)).toMatchObject({ accepted: 1, rejected: [] });
  const { results } = JSON.parse(features!) as GetOnlineFeaturesResponse;
  expect(results.slice(1, 3).map(({ values }) => values[0])).toEqual([1, 'yoga']);
  expect(of('kill -INT')).toContain(' 0 failed');
  expect(await processesLeftBy(stateDir)).toEqual([]);
}, 1_200_000);

/** A free port with a free one after it, as likely as can be. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
