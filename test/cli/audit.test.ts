import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditRecord, CHAIN_START, nextRecord } from '../../core/audit/audit-record.ts';
import { auditKey } from '../audit-key.ts';
import { runCommand } from './run-command.ts';
import { apiOf } from './scripted-api.ts';

const key = auditKey();
const chain: AuditRecord[] = [];
for (const action of ['model.registered', 'release.registered', 'rollout.begun', 'rollout.promoted', 'model.held']) {
  const event = { action, actor: 'arn:person', at: '2026-03-01T12:00:00.000Z', detail: { action } };
  chain.push(nextRecord('repeat', chain.at(-1) ?? { position: 0, hash: CHAIN_START }, event));
}
const checkpoints = [
  key.checkpoint({ model: 'repeat', position: 2, hash: chain[1]!.hash, previousPosition: 0 }),
  key.checkpoint({ model: 'repeat', position: 4, hash: chain[3]!.hash, previousPosition: 2 }),
];
const platform = () =>
  apiOf({
    'GET /v1/audit?model=repeat&from=1&limit=500': { body: { records: chain.slice(0, 3), next: 4 } },
    'GET /v1/audit?model=repeat&from=4&limit=500': { body: { records: chain.slice(3), next: null } },
    'GET /v1/models/repeat/audit-checkpoints?from=1&limit=500': {
      body: { checkpoints: checkpoints.slice(0, 1), next: 3 },
    },
    'GET /v1/models/repeat/audit-checkpoints?from=3&limit=500': {
      body: { checkpoints: checkpoints.slice(1), next: null },
    },
  });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-audit-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function exported(): Promise<void> {
  const api = await platform();
  const ran = await runCommand(['audit', 'export', 'repeat', '--out', folder, '--url', api.url]);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
}
const nowhere = ['--url', 'http://127.0.0.1:9'];
const verify = (...more: string[]) => runCommand(['audit', 'verify', 'repeat', ...nowhere, '--file', folder, ...more]);
const linesOf = async () => (await readFile(join(folder, 'records.jsonl'), 'utf8')).trimEnd().split('\n');
const write = (lines: readonly string[]) => writeFile(join(folder, 'records.jsonl'), `${lines.join('\n')}\n`);

describe('audit', () => {
  it('lists what happened, and up to where it is signed for', async () => {
    const api = await platform();
    const ran = await runCommand(['audit', 'repeat', '--url', api.url]);
    expect(ran.stdout).toContain('rollout.promoted');
    expect(ran.stdout).toContain('signed up to record 4');
  });

  it('verifies what the platform tells, here', async () => {
    const api = await platform();
    const ran = await runCommand(['audit', 'verify', 'repeat', '--url', api.url, '--json']);
    expect(JSON.parse(ran.stdout)).toMatchObject({ records: 5, checkpoints: 2, signedTo: 4, problem: null });
  });

  it('writes nothing over an export, nor where there is a file', async () => {
    await exported();
    const before = await linesOf();
    const api = await platform();
    const again = await runCommand(['audit', 'export', 'repeat', '--out', folder, '--url', api.url]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is not empty: it holds')]);
    expect(await linesOf()).toEqual(before);
    const file = join(folder, 'records.jsonl');
    const over = await runCommand(['audit', 'export', 'repeat', '--out', file, '--url', api.url]);
    expect([over.code, over.stderr]).toEqual([1, expect.stringContaining('is no folder')]);
  });

  it('verifies an export without asking anybody, and tells what is not signed for yet', async () => {
    await exported();
    const ran = await verify();
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('5 records of repeat follow from each other');
    expect(ran.stdout).toContain('signed for up to record 4');
    expect(ran.stdout).toContain('records 5 to 5 are signed for with the next checkpoint');
    expect(ran.stdout).toMatch(/key SHA-256 [0-9a-f]{64}: compare it/);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'edited',
      async () =>
        write((await linesOf()).map((line, i) => (i === 2 ? line.replace('arn:person', 'arn:nobody') : line))),
      'record 3 was edited',
    ],
    ['dropped', async () => write((await linesOf()).toSpliced(2, 1)), 'record 3 is missing'],
    [
      'moved',
      async () => write((await linesOf()).toSpliced(1, 2, ...(await linesOf()).slice(1, 3).reverse())),
      'record 3 stands where record 2 belongs',
    ],
    [
      'cut off at the end',
      async () => write((await linesOf()).slice(0, 3)),
      'the chain was cut short: it ends at record 3',
    ],
  ])('names the first bad record of an export that was %s', async (_what, tamper, message) => {
    await exported();
    await tamper();
    const ran = await verify();
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it('takes a chain that nobody has signed for only when it is told to', async () => {
    await exported();
    await writeFile(join(folder, 'checkpoints.json'), '[]');
    const ran = await verify();
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('no record of repeat is signed for')]);
    expect(ran.stderr).toContain('--allow-unsigned');
    const allowed = await verify('--allow-unsigned');
    expect([allowed.code, allowed.stdout]).toEqual([0, expect.stringContaining('none of them is signed for yet')]);
    await write((await linesOf()).toSpliced(2, 1));
    expect((await verify('--allow-unsigned')).stderr).toContain('record 3 is missing');
  });

  it('trusts the key it is given rather than the one that comes along', async () => {
    await exported();
    const ours = join(folder, 'public-key.pem');
    expect((await verify('--public-key', ours)).code).toBe(0);
    const stranger = auditKey().publicKey;
    const pem = `-----BEGIN PUBLIC KEY-----\n${stranger}\n-----END PUBLIC KEY-----\n`;
    await writeFile(join(folder, 'other.pem'), pem);
    const ran = await verify('--public-key', join(folder, 'other.pem'));
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('is not signed by the key')]);
  });

  it('says what is wrong with an export that cannot be read', async () => {
    expect((await verify()).stderr).toContain('records.jsonl cannot be read');
    await exported();
    await appendFile(join(folder, 'records.jsonl'), '{"half');
    expect((await verify()).stderr).toContain('records.jsonl line 6 is no JSON');
    await writeFile(join(folder, 'records.jsonl'), '[]\n');
    expect((await verify()).stderr).toContain('does not have the form of an export');
  });
});

describe('releases diff', () => {
  it('says in words what differs', async () => {
    const line = { path: 'evaluation.metrics.auc', before: 0.8, after: 0.9, says: 'auc 0.8 → 0.9 (+0.1)' };
    const [before, after] = ['ab'.repeat(32), 'cd'.repeat(32)];
    const api = await apiOf({
      'GET /v1/releases/abab/diff/cdcd': {
        body: { before, after, answerAlike: false, sections: [{ title: 'metrics', lines: [line] }] },
      },
    });
    const ran = await runCommand(['releases', 'diff', 'abab', 'cdcd', '--url', api.url]);
    expect(ran.stdout.split('\n')).toEqual([
      'abababababab → cdcdcdcdcdcd',
      'they may answer the same request differently',
      '',
      'metrics',
      '  auc 0.8 → 0.9 (+0.1)',
      '',
    ]);
  });

  it('leaves the list of releases as it was', async () => {
    const api = await apiOf({ 'GET /v1/models/repeat/releases': { body: { releases: [], next: null } } });
    const ran = await runCommand(['releases', 'repeat', '--url', api.url]);
    expect(ran.stdout).toContain('repeat has no release yet');
  });
});
