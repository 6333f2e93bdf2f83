/** Every command that the README tells a reader to run, run. Those of the tutorial are in tutorial.test.ts. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { forgetAssemblies } from '../../cli/up/synthesize.ts';
import type { GetOnlineFeaturesResponse } from '../../contracts/api/feast.ts';
import { ROOT, textOf } from '../arch/source-files.ts';
import { runProcess } from './command-line.ts';
import { shellBlocks } from './documented-commands.ts';
import { processesLeftBy } from './killable-region.ts';
import type { EntityAnswer } from './release-model.ts';
import { writeFiles } from './shop-orders.ts';
import { type StartedCommand, startCommand } from './started-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 400_000, hookTimeout: 180_000 }); // machines differ

const folder = temporaryFolder();
const [START, TEST, TRY, OWN_DATA, CHANGE, DEPLOY, ...moreBlocks] = shellBlocks('README.md');

const ONE_TRANSACTION = `order_id,customer_id,ordered_at,product_id,category,quantity,unit_price
O1,17850,${new Date().toISOString()},P1,books,1,9.99
`;

it('the README has the commands that are run here, and no others', () => {
  expect(moreBlocks).toEqual([]);
  expect(START).toBe('npm ci && npm start');
  // the CI of this project runs in a clean checkout
  expect(TEST).toBe('npm ci && npm test');
  expect(textOf('.ci/run').split('\n')).toContain(TEST);
  // these need an account; what they deploy is synthesized below
  expect(DEPLOY?.split('\n')).toEqual(['npx cdk bootstrap', 'npx cdk deploy -c env=dev --all']);
});

it('npx cdk synth -c env=prod needs no network, no Docker and no credentials', async () => {
  expect(textOf('README.md')).toContain('`npx cdk synth -c env=prod`');
  const home = join(folder, 'home');
  mkdirSync(home);
  const nobody = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^(AWS_|CDK_|HEADGATE_|DOCKER)/.test(name))
      .map((name) => [name, '']),
  );
  const nowhere = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };
  const { code, stderr } = await runProcess(
    'npx',
    ['cdk', 'synth', '-c', 'env=prod', '--quiet', '--output', join(home, 'out')],
    { env: { ...nobody, ...nowhere, HOME: home } },
  );
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
});

describe('npm start', () => {
  const stateDir = join(folder, 'state');
  let running: StartedCommand | undefined;
  let releaseId: string;
  const start = () => {
    running = startCommand('npm', ['start', '--', '--port', '0', '--state-dir', stateDir, '--speed', '20']);
    return running;
  };
  afterAll(async () => {
    await running?.end('SIGKILL');
    await forgetAssemblies({ rootDir: ROOT, stateDir });
  });

  it('prints a served prediction and a curl line that works', async () => {
    const [curl] = await start().printed(/^ +curl -s .*\\\n.*$/m);
    const { stdout } = await runProcess('bash', ['-c', curl]);
    const answer = JSON.parse(stdout) as EntityAnswer; // checked by what follows
    expect(answer).toMatchObject({ model: 'repeat_buyer', arm: 'champion' });
    expect(Object.values(answer.features).map(({ status }) => status)).toContain('PRESENT');
    releaseId = answer.releaseId;
  });

  it('serves the same release again after it was killed, and leaves no process', async () => {
    await running?.end('SIGKILL');
    expect(await processesLeftBy(stateDir)).toEqual([]);
    await start().printed(new RegExp(`by release ${releaseId.slice(0, 12)}`));
  });

  it('is left as it is by a second start over the same state', async () => {
    const [, url] = await running!.printed(/serving (http:\S+)/);
    const { code, stderr } = await runProcess('npm', ['start', '--', '--port', '0', '--state-dir', stateDir]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('is in use by the region of process')]);
    // of a function that nothing has started so far
    const { status } = await fetch(`${url}/v1/models/repeat_buyer/skew-audits`, {
      method: 'POST',
      body: '{"from":"noon"}',
    });
    expect(status).toBe(400);
  });

  it('takes the commands of the README for data of one’s own', async () => {
    const [, url] = await running!.printed(/serving (http:\S+)/);
    const [up, ...verbs] = OWN_DATA!.split('\n');
    expect(up).toMatch(/^npx headgate up --definitions \S+$/); // the tutorial runs it
    const file = writeFiles(folder, { 'transactions.csv': ONE_TRANSACTION })['transactions.csv'];
    const script = verbs.join('\n').replace('data/transactions.parquet', file);
    const env = { HEADGATE_URL: url! };
    // the model answers already, so its next release needs traffic to be judged by
    const traffic = startCommand('node', trafficOf(stateDir), env);
    const { code, stdout, stderr } = await runProcess('bash', ['-euc', script], { env });
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    await traffic.end('SIGINT');
    expect(stdout).toContain('promoted: it answers predictions now');
    expect(stdout).toMatch(/repeat_buyer 0\.\d+/);
  });

  it('takes the commands of the README for what to try next', async () => {
    const [, url] = await running!.printed(/serving (http:\S+)/);
    const { code, stdout } = await runProcess('bash', ['-euc', TRY!.replaceAll('http://127.0.0.1:4510', url!)]);
    expect(code).toBe(0);
    const [accepted, features] = stdout.split('\n');
    expect(JSON.parse(accepted!)).toMatchObject({ accepted: 1, rejected: [] });
    const { results } = JSON.parse(features!) as GetOnlineFeaturesResponse;
    expect(results[1]).toMatchObject({ values: [expect.any(Number)], statuses: ['PRESENT'] });
    expect(results[1]?.values[0]).toBeGreaterThanOrEqual(9);
  });

  it('takes the commands of the README for changed definitions, training sets and proof', async () => {
    const [, url] = await running!.printed(/serving (http:\S+)/);
    const labels = 'customer_id,event_timestamp\nC00042,2026-01-01\n17850,2026-01-08T12:00:00Z\n';
    const file = writeFiles(folder, { 'labels.csv': labels })['labels.csv'];
    const script = CHANGE!
      .replaceAll('my/definitions', 'definitions') // as deployed: what changes does is in the tutorial
      .replace('data/labels.csv', file)
      .replace('my-set', join(folder, 'my-set'));
    const { code, stdout, stderr } = await runProcess('bash', ['-euc', script], { env: { HEADGATE_URL: url! } });
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(stdout).toContain('nothing to do: what is deployed is what these definitions say');
    expect(stdout).toContain('rows      2');
    expect(stdout).toMatch(/served vectors are what could have been known|nothing was audited/);
  });

  it('stops at Ctrl-C, and leaves no process', async () => {
    expect((await running?.end('SIGINT'))?.stderr).toContain('stopped');
    expect(await processesLeftBy(stateDir)).toEqual([]);
  });
});

/** The customers of the example, asked for over and over until somebody stops it. */
function trafficOf(stateDir: string): readonly string[] {
  const lines = readFileSync(join(stateDir, 'example/transactions.csv'), 'utf8').trimEnd().split('\n').slice(1);
  const ids = new Set(lines.map((line) => line.split(',')[1]).filter((id) => id !== ''));
  const file = writeFiles(folder, { 'customers.csv': `customer_id\n${[...ids].join('\n')}\n` })['customers.csv'];
  return ['cli/headgate.js', 'predict', 'repeat_buyer', '--from', file, '--rps', '15', '--for', '10m'];
}
