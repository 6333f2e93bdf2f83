/** Releases go out, are stopped and are taken back, while clients ask for predictions all the time. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answered } from '../../bench/trials/rollouts/live-traffic.ts';
import { writeShopFiles } from '../../bench/trials/rollouts/shop-files.ts';
import type { RollbackResult } from '../../cli/verbs/rollback.ts';
import type { ModelResponse } from '../../contracts/api/catalog.ts';
import type { HoldResponse, RollbackResponse, RolloutBody, RolloutResponse } from '../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../contracts/training-flow.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import type { AuditReport } from '../../core/audit/verify-audit.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { ROOT } from '../arch/source-files.ts';
import { ask, asked } from './api.ts';
import { auditChain } from './audit-chain.ts';
import { answersOf, type Clientele, clienteleOf, foreignAnswers } from './clientele.ts';
import { headgate, verb } from './command-line.ts';
import { rolloutsOf, trainRelease, watchRollout } from './follow-release.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 }); // machines differ

const TRIAL = 'bench/trials/rollouts';
const MODELS = ['good', 'erroring', 'undone'] as const;
type Name = (typeof MODELS)[number];
type ByName<T> = Record<Name, T>;
const CUSTOMERS = 500;

const folder = temporaryFolder();
let region: RunningRegion;
let url: string;
let clients: ByName<Clientele> | undefined;
/** What answered before anything changed, and how. */
let before: ByName<Awaited<ReturnType<typeof answersOf>>>;
let next: ByName<RegisteredRelease>;
/** Every request that any client sent. */
let answered: ByName<readonly Answered[]>;

const forEach = async <T>(make: (model: Name) => Promise<T>): Promise<ByName<T>> =>
  Object.fromEntries(await Promise.all(MODELS.map(async (model) => [model, await make(model)]))) as ByName<T>; // each of them
const assembly = (stage: string) => sharedAssembly(`test/e2e/definitions-rollout/${stage}`, TRIAL);
const stopClients = async () => {
  const all = clients;
  return forEach(async (model) => (await all?.[model].stop()) ?? []);
};

beforeAll(async () => {
  const [assemblyDir] = await Promise.all([assembly('before'), assembly('after')]);
  region = await startRegion({
    assemblyDir,
    stateDir: join(folder, 'state'),
    apiPort: 0,
    awsPort: 0,
    speed: 60,
    containerImages: [`sagemaker-xgboost=${process.execPath} ${join(ROOT, TRIAL, 'container.ts')}`],
  });
  url = region.apiUrl;
});
afterAll(async () => {
  await stopClients();
  await region?.stop();
});

const hold = (model: Name, isHeld: boolean) =>
  asked<HoldResponse>(url, `/v1/models/${model}/holds`, { hold: isHeld, because: 'somebody wants to look' });
const phasesOf = ({ timeline }: RolloutBody) => timeline.map(({ phase }) => phase);
const newestOf = async (model: Name) => (await rolloutsOf(url, model))[0]!;

it('brings each first release into service at once', async () => {
  const { orders } = await writeShopFiles(folder, new Date(), CUSTOMERS);
  await verb(url, ['ingest', 'order_habit', orders, '--history']);
  await verb(url, ['materialize']);
  const first = await forEach(async (model) => watchRollout(url, (await trainRelease(url, model)).rolloutId));
  expect(MODELS.map((model) => [first[model].outcome, phasesOf(first[model])])).toEqual(
    MODELS.map(() => ['promoted', ['gates', 'deploying', 'settling', 'done']]),
  );
  clients = await forEach(async (model) => clienteleOf(url, model, CUSTOMERS));
});

it('trains the next ones by changed definitions, which change no answer', async () => {
  before = await forEach((model) => answersOf(url, model));
  await region.deploy(await assembly('after'));
  await verb(url, ['materialize']);
  next = await forEach((model) => trainRelease(url, model));
  expect(MODELS.map((model) => [next[model].because, next[model].passed])).toEqual(
    MODELS.map((model) => [next[model].because, true]),
  );
  expect(await answersOf(url, 'good')).toEqual(before.good);
});

describe('a good release', () => {
  it('waits for a person, and takes no word about something else', async () => {
    const { rolloutId } = next.good;
    const { approval } = await watchRollout(url, rolloutId, ({ phase }) => phase === 'approval');
    const word = { decision: 'approve', comment: 'looks fine', token: 'f'.repeat(64) };
    const { status, body } = await ask(url, `/v1/rollouts/${rolloutId}/approval`, word);
    expect([status, JSON.stringify(body)]).toEqual([409, expect.stringContaining(approval!.token)]);
    expect(await newestOf('good')).toMatchObject({ phase: 'approval', approval: { decision: null } });
    const said = await verb<RolloutBody>(url, ['approve', 'good', '--comment', 'looks fine']);
    expect(said).toMatchObject({ rolloutId, approval: { decision: 'approve', comment: 'looks fine' } });
  });

  it('stays where it is while a person holds the model, however well it does', async () => {
    const { rolloutId } = next.good;
    await watchRollout(url, rolloutId, ({ phase }) => phase === 'shadow');
    const held = (await hold('good', true)).hold!;
    // the first look after it may have begun before it; the next one has seen it
    const atHold = await watchRollout(url, rolloutId, ({ look }) => look !== null && look.at > held.at);
    const { number } = atHold.look!;
    const still = await watchRollout(
      url,
      rolloutId,
      ({ look }) => look!.number > number && look!.verdict === 'proceed',
    );
    expect(still.timeline).toEqual(atHold.timeline);
    expect(await verb<HoldResponse>(url, ['hold', 'good', '--release'])).toEqual({ model: 'good', hold: null });
  });

  it('is promoted after shadow, canary and watch', async () => {
    const rollout = await watchRollout(url, next.good.rolloutId);
    expect([rollout.outcome, rollout.because]).toEqual(['promoted', rollout.because]);
    expect(phasesOf(rollout)).toEqual([
      'gates',
      'approval',
      'deploying',
      'shadow',
      'canary',
      'canary',
      'watching',
      'settling',
      'done',
    ]);
    const { route } = await asked<ModelResponse>(url, '/v1/models/good');
    expect(route).toMatchObject({
      champion: { releaseId: next.good.releaseId, variant: 'champion' },
      challenger: null,
      shadow: null,
    });
    expect((await answersOf(url, 'good')).releaseIds).toEqual([next.good.releaseId]);
  });

  it('is taken back by a flow once it has settled', async () => {
    const { rollback, rollout } = await verb<RollbackResult>(url, ['rollback', 'good', '--because', 'second thoughts']);
    expect(rollback).toMatchObject({ rolledBack: false, immediate: false, releaseId: next.good.releaseId });
    expect(rollout).toMatchObject({ kind: 'rollback', outcome: 'promoted', releaseId: before.good.releaseIds[0] });
    expect(phasesOf(rollout!)).toEqual(['gates', 'deploying', 'settling', 'done']);
    expect(await answersOf(url, 'good')).toEqual(before.good);
  });
});

describe('a release whose container fails', () => {
  it('is rolled back in its canary', async () => {
    const rollout = await watchRollout(url, next.erroring.rolloutId);
    expect([rollout.outcome, rollout.because]).toEqual(['rolled-back', expect.stringContaining('errors beyond')]);
    expect(rollout).toMatchObject({ stop: { kind: 'evidence' }, look: { verdict: 'go-back' } });
    expect(phasesOf(rollout).slice(-3)).toEqual(['canary', 'restoring', 'done']);
    expect(await answersOf(url, 'erroring')).toEqual(before.erroring);
  });

  it('is refused when it comes again unchanged', async () => {
    const { code, stdout } = await headgate(['rollout', 'erroring', next.erroring.releaseId, '--json', '--url', url]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('the same candidate was rolled-back')]);
    const refused = await newestOf('erroring');
    expect(refused).toMatchObject({ outcome: 'rejected', stop: { kind: 'policy' } });
    expect(phasesOf(refused)).toEqual(['gates', 'restoring', 'done']);
  });

  it('is tried once more when a person insists, until a person has had enough', async () => {
    const why = ['--force', '--because', 'the host was broken'];
    const asking = headgate(['rollout', 'erroring', next.erroring.releaseId, ...why, '--json', '--url', url]);
    await vi.waitUntil(async () => (await newestOf('erroring')).isForced, { timeout: 300_000 });
    const { rolloutId } = await newestOf('erroring');
    await watchRollout(url, rolloutId, ({ phase }) => phase !== 'gates');
    await asked<RollbackResponse>(url, '/v1/models/erroring/rollbacks', { because: 'that was enough' });
    expect(await asking).toMatchObject({ code: 1, stdout: expect.stringContaining('that was enough') });
    const rollout: RolloutResponse = await watchRollout(url, rolloutId);
    expect(rollout).toMatchObject({ stop: { kind: 'person', because: 'that was enough' } });
    expect(phasesOf(rollout).slice(0, 2)).toEqual(['gates', 'deploying']);
  });
});

describe('a release that changed model, TTL and transform at once', () => {
  it('is gone with the answer of the rollback, though the model is held', async () => {
    const { rolloutId, releaseId } = next.undone;
    await watchRollout(url, rolloutId, ({ phase }) => phase === 'watching');
    const during = await answersOf(url, 'undone');
    expect(during.answers).not.toEqual(before.undone.answers);
    await hold('undone', true);
    await clients!.undone.answeredBy(releaseId, 100);
    const because = 'a person thought better of it';
    const rollback = await asked<RollbackResponse>(url, '/v1/models/undone/rollbacks', { because });
    const takenBackAtMs = Date.now();
    expect(rollback).toMatchObject({ rolledBack: true, immediate: true, rolloutId, executionId: null });
    expect(await answersOf(url, 'undone')).toEqual(before.undone);
    expect(await watchRollout(url, rolloutId)).toMatchObject({ outcome: 'rolled-back', because });
    expect(await answersOf(url, 'undone')).toEqual(before.undone);
    answered = await stopClients();
    const later = answered.undone.filter(({ sentAtMs }) => sentAtMs > takenBackAtMs);
    expect(later.length).toBeGreaterThan(0);
    expect(new Set(later.map(({ answer }) => answer?.releaseId))).toEqual(new Set(before.undone.releaseIds));
  });
});

describe('at the end', () => {
  it.each(MODELS)('no client of %s saw an error, or an answer that is not its release’s own', async (model) => {
    const answers = answered[model];
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const releases = [...before[model].releaseIds, next[model].releaseId];
    expect(new Set(answers.map(({ answer }) => answer?.releaseId))).toEqual(new Set(releases));
    expect(await foreignAnswers(region, answers)).toEqual([]);
  });

  it.each(MODELS)('the chain of %s is whole, with one beginning and one end of each rollout', async (model) => {
    const chain = await auditChain(url, model);
    expect(firstBrokenRecord(chain)).toBeNull();
    const rollouts = await rolloutsOf(url, model);
    const told = rollouts.map(({ rolloutId, outcome }) => {
      const own = chain.filter(({ detail }) => detail['rolloutId'] === rolloutId).map(({ action }) => action);
      const ends = own.filter((action) => /^rollout\.(promoted|rejected|rolled-back)$/.test(action));
      return [outcome, own.filter((action) => action === 'rollout.begun').length, ends];
    });
    expect(told).toEqual(rollouts.map(({ outcome }) => [outcome, 1, [`rollout.${outcome}`]]));
    const report = await verb<AuditReport>(url, ['audit', 'verify', model]);
    expect(report).toMatchObject({ problem: null, records: chain.length });
  });
});
