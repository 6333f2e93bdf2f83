/**
 * Releases of every kind go out under live traffic, on the laptop's region and over HTTP: a good one is promoted, and a
 * bad one of each kind is stopped by the stage that ought to stop it, while no request fails and none meets a half state.
 *
 *   node bench/trials/rollouts.ts [MODEL …]
 *
 * Prints what happened as Markdown. Ends with 1 when something it claims is not so.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../cli/up/synthesize.ts';
import type { RolloutBody } from '../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../contracts/training-flow.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { startRegion } from '../../local/region.ts';
import { ask, asked, started, watch } from '../../test/e2e/api.ts';
import { verb } from '../../test/e2e/command-line.ts';
import { type EntityAnswer, scorerOf } from '../../test/e2e/release-model.ts';
import { type Answered, liveTraffic } from './rollouts/live-traffic.ts';
import { overwriteArtifact } from './rollouts/overwrite-artifact.ts';
import { CUSTOMERS, writeShopFiles } from './rollouts/shop-files.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PER_SECOND = 100;

/** Where each release ends, and how. */
const EXPECTED = {
  good: ['promoted', 'done'],
  wrong: ['rejected', 'shadow'],
  slow: ['rejected', 'latency'],
  erroring: ['rolled-back', 'canary'],
  shifted: ['rolled-back', 'canary'],
  unfair: ['not registered as passed', 'gates'],
  stale: ['rejected', 'shadow'],
  corrupt: ['rejected', 'deploying'],
  bomb: ['rolled-back', 'watching'],
  undone: ['rolled-back', 'watching'],
} as const;
type Kind = keyof typeof EXPECTED;

const wanted = process.argv.slice(2) as Kind[];
const kinds = (Object.keys(EXPECTED) as Kind[]).filter((kind) => wanted.length === 0 || wanted.includes(kind));

const dir = await mkdtemp(join(tmpdir(), 'headgate-rollouts-'));
const stateDir = join(dir, 'state');
const { signal } = new AbortController();
const assemblyOf = (stage: string) =>
  synthesize({
    rootDir: ROOT,
    definitionsDir: join(import.meta.dirname, 'rollouts', stage),
    stateDir,
    signal,
  });

const before = await assemblyOf('before');
const region = await startRegion({
  assemblyDir: before,
  stateDir,
  apiPort: 0,
  awsPort: 0,
  speed: 60,
  containerImages: [`sagemaker-xgboost=${process.execPath} ${join(import.meta.dirname, 'rollouts/container.ts')}`],
});
const url = region.apiUrl;
let after: string | null = null;
const wrongs: string[] = [];
const claim = (isSo: boolean, what: string) => {
  if (!isSo) wrongs.push(what);
};

try {
  const files = await writeShopFiles(dir, new Date());
  say('loading and materializing');
  await verb(url, ['ingest', 'order_habit', files.orders, '--history']);
  await verb(url, ['ingest', 'last_visit', files.visits, '--history']);
  await verb(url, ['materialize']);
  for (const model of kinds) {
    say(`first release of ${model}`);
    const { trained, rollout } = await train(model);
    if (rollout?.outcome !== 'promoted') throw new Error(`${model}: ${trained.because} ${rollout?.because}`);
  }
  say('deploying the faulty definitions');
  after = await assemblyOf('after');
  await region.deploy(after);
  await verb(url, ['materialize']);

  const tables: string[] = [];
  for (const model of kinds) tables.push(await trial(model));
  console.log(tables.join('\n\n'));
  for (const wrong of wrongs) console.error(`NOT SO: ${wrong}`);
  console.log(`\n${wrongs.length === 0 ? 'Everything claimed is so.' : `${wrongs.length} claims are not so.`}`);
  process.exitCode = wrongs.length === 0 ? 0 : 1;
} finally {
  await region.stop();
  await rm(before, { recursive: true, force: true });
  if (after !== null) await rm(after, { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true });
}

/** Trains and follows what comes of it; `during` is called with each state the rollout is seen in. */
async function train(
  model: string,
  during: (rollout: RolloutBody) => Promise<void> = async () => {},
): Promise<{ readonly trained: RegisteredRelease; readonly rollout: RolloutBody | null }> {
  // the start of a flow that a training hands on to is part of its end
  const { output, error } = await watch(url, await started(url, `/v1/models/${model}/trainings`));
  if (error !== null) throw new Error(`${model}: ${error.message}`);
  const trained = output as RegisteredRelease; // what the flow ends with
  if (!trained.passed) return { trained, rollout: null };
  for (;;) {
    const { status, body } = await ask<RolloutBody>(url, `/v1/rollouts/${trained.rolloutId}`);
    if (status === 200) {
      await during(body);
      if (body.outcome !== null) return { trained, rollout: body };
    }
    await sleep(100);
  }
}

async function trial(model: Kind): Promise<string> {
  say(model);
  const champion = (await asked<{ route: { champion: { releaseId: string } } }>(url, `/v1/models/${model}`)).route
    .champion;
  const random = seededRandom(5);
  const traffic = liveTraffic(url, model, { customers: CUSTOMERS, perSecond: PER_SECOND, random });
  const beganAt = Date.now();
  const vectors = await answersOf(model);
  let takenBackAtMs: number | null = null;
  const { trained, rollout } = await train(model, async (seen) => {
    if (model === 'corrupt' && seen.approval?.decision === null) await approveWhatWasChanged(seen);
    if (model !== 'undone' || seen.phase !== 'watching' || takenBackAtMs !== null) return;
    await sleep(2_000); // of traffic on the new champion
    await asked(url, `/v1/models/${model}/rollbacks`, { because: 'a person thought better of it' });
    takenBackAtMs = Date.now();
  });
  await sleep(1_000);
  const answered = await traffic.stop();
  const [outcome, phase] = EXPECTED[model];
  const stoppedIn =
    rollout === null
      ? 'gates'
      : (rollout.timeline.findLast((one) => !['restoring', 'done', 'settling'].includes(one.phase))?.phase ?? 'gates');
  const ended = rollout?.outcome ?? 'not registered as passed';
  const reached = ended === 'promoted' ? 'done' : stoppedIn;
  claim(
    ended === outcome && reached === phase,
    `${model} ended ${ended} in ${reached}, wanted ${outcome} in ${phase}: ${rollout?.because ?? trained.because}`,
  );
  const failed = answered.filter(({ status }) => status !== 200);
  claim(failed.length === 0, `${model}: ${failed.length} requests failed`);
  await checkAnswers(model, answered, champion.releaseId, trained.releaseId);
  const lagMs = lagOf(answered, trained.releaseId, takenBackAtMs ?? decidedAtMs(rollout));
  if (takenBackAtMs !== null) {
    claim(
      lagMs === null || lagMs <= 0,
      `${model}: the candidate answered a request sent ${lagMs} ms after the rollback had answered`,
    );
  } else if (lagMs !== null) {
    claim(lagMs < 1_000, `${model}: the candidate answered a request sent ${lagMs} ms after it was given up`);
  }
  if (ended !== 'promoted')
    claim(
      JSON.stringify(await answersOf(model)) === JSON.stringify(vectors),
      `${model}: what it answers now is not what it answered before`,
    );
  const told = report(model, answered, beganAt, rollout, champion.releaseId, trained);
  return lagMs === null
    ? told
    : `${told}; the last request that the candidate answered was sent ${-lagMs} ms before it was taken back`;
}

/** Each answer is that of its release's own model on the features it shows, and nobody answers who should not. */
async function checkAnswers(
  model: string,
  answered: readonly Answered[],
  championId: string,
  candidateId: string,
): Promise<void> {
  const scorers = new Map<string, Awaited<ReturnType<typeof scorerOf>>>();
  let differing = 0;
  for (const { answer } of answered) {
    if (answer === null) continue;
    const { releaseId } = answer;
    if (releaseId !== championId && releaseId !== candidateId) claim(false, `${model}: answered by ${releaseId}`);
    if (model === 'corrupt' && releaseId === candidateId) continue;
    if (!scorers.has(releaseId)) scorers.set(releaseId, await scorerOf(region, releaseId));
    const score = scorers.get(releaseId)!(answer.features); // set just above
    if (Math.abs(score - answer.prediction.score) > 1e-6) differing++;
  }
  claim(differing === 0, `${model}: ${differing} answers are not those of their release`);
}

/** Milliseconds from when the candidate was taken back to when the last request that it answered was sent; null when it answered none. */
function lagOf(answered: readonly Answered[], candidateId: string, takenBackAtMs: number | null): number | null {
  const sentAt = answered.filter(({ answer }) => answer?.releaseId === candidateId).map(({ sentAtMs }) => sentAtMs);
  return takenBackAtMs === null || sentAt.length === 0 ? null : Math.max(...sentAt) - takenBackAtMs;
}

function decidedAtMs(rollout: RolloutBody | null): number | null {
  const at = rollout?.timeline.find(({ phase }) => phase === 'restoring')?.at;
  return at === undefined ? null : Date.parse(at);
}

/** A person is fooled: the artifact is changed while they read, and they agree. */
async function approveWhatWasChanged({ rolloutId, releaseId, approval }: RolloutBody): Promise<void> {
  await overwriteArtifact(region, releaseId);
  const word = { decision: 'approve', comment: 'looks fine', token: approval?.token };
  await asked(url, `/v1/rollouts/${rolloutId}/approval`, word);
}

/** Features and predictions of some customers as they come, byte for byte. */
async function answersOf(model: string): Promise<readonly string[]> {
  const answers: string[] = [];
  for (let customer_id = 1; customer_id <= 20; customer_id++) {
    const { features, prediction } = await asked<EntityAnswer>(url, `/v1/models/${model}/predictions`, {
      entities: { customer_id },
    });
    answers.push(JSON.stringify({ features, prediction }));
  }
  return answers;
}

function report(
  model: string,
  answered: readonly Answered[],
  beganAt: number,
  rollout: RolloutBody | null,
  championId: string,
  trained: RegisteredRelease,
): string {
  const counts = new Map<string, number>();
  for (const { status, answer } of answered) {
    const by = answer === null ? '-' : answer.releaseId === championId ? 'champion' : 'candidate';
    const key = `${by} | ${answer?.arm ?? '-'} | ${status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const times = answered.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const quantile = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))]?.toFixed(1);
  const timeline = rollout?.timeline ?? [];
  return [
    `### ${model}: ${rollout === null ? 'stopped by its gates' : rollout.outcome}`,
    `${rollout?.because ?? trained.because}`,
    '',
    '| after s | phase | because |',
    '| --- | --- | --- |',
    ...timeline.map(
      ({ at, phase, step, because }) =>
        `| ${((Date.parse(at) - beganAt) / 1000).toFixed(1)} | ${phase}${phase === 'canary' ? ` ${step + 1}` : ''} | ${because} |`,
    ),
    '',
    '| release | arm | status | requests |',
    '| --- | --- | --- | --- |',
    ...[...counts].sort().map(([key, n]) => `| ${key} | ${n} |`),
    '',
    `${answered.length} requests, p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms`,
  ].join('\n');
}

function say(what: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${what}`);
}
