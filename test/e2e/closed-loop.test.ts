/** The loop closes by itself: what is seen of a model in production trains it again, or says why it does not. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { DriftReport } from '../../contracts/drift-scan.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import type { AuditReport } from '../../core/audit/verify-audit.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { assemblyWithMail, mailIn } from './assembly-with-mail.ts';
import { verb } from './command-line.ts';
import { machineClients } from './machine-clients.ts';
import { truthOf } from './machine-readings.ts';
import { PhaseTimes } from './phase-times.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { lateEvents, trainingsOf } from './trigger-storm.ts';
import { until, WatchedModel } from './watched-model.ts';

vi.setConfig({ testTimeout: 900_000, hookTimeout: 600_000 }); // machines differ

/** Machines that were read before the first release, and after the world has changed. */
const [FEW, MANY] = [400, 2_400];
const SHIFT = 1.2;
/** People who want a training at the same time. */
const ASKING = 6;
const PHASES = ['gates', 'deploying', 'shadow', 'canary', 'canary', 'watching', 'settling', 'done'];
/** Longer than the logs take at the region's speed. */
const DELIVERY_MS = 4_000;
const PERSON = /^arn:aws:iam::/;

const folder = temporaryFolder();
const stateDir = join(folder, 'state');
let region: RunningRegion;
let url: string;

beforeAll(async () => {
  const assemblyDir = assemblyWithMail(
    await sharedAssembly('test/e2e/definitions-closed-loop', 'bench/trials/rollouts'),
    folder,
  );
  region = await startRegion({ assemblyDir, stateDir, apiPort: 0, awsPort: 0, speed: 30 });
  url = region.apiUrl;
});
afterAll(() => region?.stop());

const inputs = (report: DriftReport, outcome: string) =>
  (report.drift?.columns ?? [])
    .filter((column) => column.role === 'input' && column.outcome === outcome)
    .map(({ column }) => column)
    .sort();
const refs = (model: WatchedModel, ...names: readonly string[]) => names.map((name) => `${model.name}_newest:${name}`);
const actionsOf = (records: Awaited<ReturnType<WatchedModel['audit']>>) =>
  records.map(({ action }) => action).filter((action) => action.startsWith('retraining.'));

/** A model with a champion that fits what was read so far. */
async function inService(name: string): Promise<{ readonly model: WatchedModel; readonly first: string }> {
  const model = new WatchedModel(url, name);
  await model.read(FEW, 1);
  return { model, first: await model.firstRelease() };
}

it.concurrent('drift is found, named and learned, and the next champion is promoted with no human step', async () => {
  const { model, first } = await inService('shifted');
  await model.predictEach(1, 150);
  const before = await model.scanSeeing('the usual', ({ drift }) => drift!.rows >= 150);
  expect([before.diagnosis.kind, before.drift?.outcome]).toEqual(['well', 'stable']);

  const times = new PhaseTimes('drift');
  await model.read(MANY, 2, { shift: SHIFT });
  const clients = machineClients(model, MANY, seededRandom(3));
  await clients.answeredBy(first, 300);
  times.at('shifted inputs are asked about', new Date());
  const found = await model.scanSeeing('the shift', ({ drift }) => drift?.outcome === 'drifting');
  times.at('scan', found.at);
  expect([found.diagnosis.kind, found.health.outcome]).toEqual(['input-drift', 'healthy']);
  expect(inputs(found, 'drifting')).toEqual(refs(model, 'heat', 'load'));
  expect(inputs(found, 'stable')).toEqual(refs(model, 'age', 'site'));

  const ended = await model.concluded(2);
  times.at('training began', ended.startedAt);
  expect([ended.status, ended.because]).toEqual(['promoted', ended.because]);
  expect(ended.causes).toMatchObject([{ kind: 'drift' }]);
  expect((await model.scans()).map(({ scanId }) => scanId)).toContain(ended.causes[0]?.scanId);
  const rollout = await model.rollout(ended.rolloutId!);
  for (const { phase, at } of rollout.timeline) times.at(phase, at);
  expect(rollout.timeline.map(({ phase }) => phase)).toEqual(PHASES);
  await clients.answeredBy(ended.releaseId!, 400);
  const after = await model.scanSeeing('the new champion', ({ releaseId, drift }) => {
    return releaseId === ended.releaseId && drift!.rows >= 200;
  });
  await clients.stop();
  times.at('scan of the new champion', after.at);
  expect([after.diagnosis.kind, after.drift?.outcome, after.diagnosis.because]).toEqual([
    'well',
    'stable',
    after.diagnosis.because,
  ]);
  const { retrainings, waiting } = await model.retraining();
  expect([retrainings[0], retrainings.length, waiting]).toMatchObject([{ helped: true }, 2, null]);
  expect(clients.answered.filter(({ status }) => status !== 200)).toEqual([]);

  const records = await model.audit();
  expect(firstBrokenRecord(records)).toBeNull();
  // a scan on its schedule may have seen it before the one that was asked for
  const own = records.filter(({ at }) => Date.parse(at) >= Date.parse(ended.startedAt));
  expect(own.filter(({ actor }) => PERSON.test(actor))).toEqual([]);
  expect(actionsOf(own)).toEqual([
    'retraining.started',
    'retraining.rolling-out',
    'retraining.concluded',
    'retraining.judged',
  ]);
  expect(await verb<AuditReport>(url, ['audit', 'verify', 'shifted'])).toMatchObject({ problem: null });
  times.print();
});

it.concurrent('degradation without drift waits for outcomes that can teach the change, and is learned then', async () => {
  const { model, first } = await inService('turned');
  const turned = truthOf('turned', 4);
  const times = new PhaseTimes('degradation');
  await model.tell(await model.predictEach(1, 120), turned);
  times.at('the truth has turned', new Date());
  const found = await model.scanSeeing('the truth', ({ performance }) => performance!.matured.outcomes >= 120);
  times.at('scan', found.at);
  expect([found.diagnosis.kind, found.performance?.outcome, found.drift?.outcome]).toEqual([
    'relation-changed',
    'degraded',
    'stable',
  ]);
  const early = await model.retraining();
  expect([early.retrainings.length, early.waiting?.kind]).toEqual([1, 'outcomes']);
  expect(early.waiting?.because).toMatch(/training can not learn before it is seen: \d+ of 300 matured outcomes/);

  await model.read(MANY, 5, { relation: 'turned' });
  await model.tell(await model.predictEach(121, 400), turned);
  times.at('enough outcomes', new Date());
  const clients = machineClients(model, MANY, seededRandom(6));
  const due = await model.scanSeeing('enough outcomes', ({ performance }) => performance!.matured.outcomes >= 400);
  times.at('scan', due.at);
  expect([due.diagnosis.kind, due.releaseId]).toEqual(['relation-changed', first]);
  const ended = await model.concluded(2);
  times.at('training began', ended.startedAt);
  expect([ended.status, ended.because]).toEqual(['promoted', ended.because]);
  expect(ended.causes).toMatchObject([{ kind: 'degradation' }]);
  const records = await model.audit();
  const started = records.find(
    ({ action, detail }) => action === 'retraining.started' && detail['retrainingId'] === ended.retrainingId,
  );
  expect(started?.detail['because']).toMatch(/training before there were \d{3} matured outcomes since could not have/);
  const rollout = await model.rollout(ended.rolloutId!);
  for (const { phase, at } of rollout.timeline) times.at(phase, at);
  expect(rollout.timeline.map(({ phase }) => phase)).toEqual(PHASES);

  const since = clients.answered.length;
  await until(
    'its own answers',
    async () => clients.answered.length,
    (count) => count >= since + 200,
  );
  await clients.stop();
  const own = clients.answered.slice(since).map(({ body }) => body);
  expect(new Set(own.map(({ releaseId }) => releaseId))).toEqual(new Set([ended.releaseId]));
  await model.tell(own, turned);
  const after = await model.scanSeeing('the truth about the new champion', ({ performance }) => {
    return performance!.matured.outcomes >= own.length;
  });
  times.at('scan of the new champion', after.at);
  expect([after.performance?.outcome, after.performance?.because]).toEqual(['holding', after.performance?.because]);
  expect((await model.retraining()).retrainings[0]).toMatchObject({ helped: true });
  expect(firstBrokenRecord(await model.audit())).toBeNull();
  times.print();
});

it.concurrent('an outage is named and not learned, neither while it lasts nor when it has just ended', async () => {
  const { model } = await inService('broken');
  await model.predictEach(1, 120);
  const before = await model.scanSeeing('the usual', ({ drift }) => drift!.rows >= 60);
  expect([before.diagnosis.kind, before.health.outcome]).toEqual(['well', 'healthy']);

  const times = new PhaseTimes('outage');
  await model.read(FEW, 7, { isBlind: true });
  await model.predictEach(1, 120);
  const blindUntilMs = Date.now();
  times.at('load and heat are missing', new Date(blindUntilMs));
  const found = await model.scanSeeing('the outage', ({ health }) => health.outcome === 'unhealthy');
  times.at('scan', found.at);
  expect(found.diagnosis.kind).toBe('outage');
  for (const ref of refs(model, 'heat', 'load')) expect(found.health.because).toContain(ref);
  const during = await model.retraining();
  expect([during.retrainings.length, during.waiting?.kind]).toEqual([1, 'outage']);
  expect(during.waiting?.because).toContain('an outage is not learnt');

  await model.read(FEW, 8);
  await model.predictEach(1, FEW);
  await model.predictEach(1, 200);
  times.at('the data is back', new Date());
  await sleep(DELIVERY_MS);
  const mixed = await model.scan();
  times.at('scan of a window with both', mixed.at);
  // which on a slow machine has passed the outage by then
  expect(['outage', 'well']).toContain(mixed.diagnosis.kind);

  await sleep(Math.max(0, blindUntilMs + MINUTE_MS - Date.now()));
  await model.predictEach(1, 150);
  const after = await model.scanSeeing('a window without the outage', ({ drift }) => drift!.rows >= 60);
  times.at('scan', after.at);
  expect([after.health.outcome, after.diagnosis.kind, after.drift?.outcome]).toEqual(['healthy', 'well', 'stable']);
  const { retrainings, waiting } = await model.retraining();
  expect([retrainings.length, waiting]).toEqual([1, null]);
  const records = await model.audit();
  expect(firstBrokenRecord(records)).toBeNull();
  expect(actionsOf(records).filter((action) => action === 'retraining.started')).toHaveLength(1);
  times.print();
});

it.concurrent('thirty triggers at once are one training', async () => {
  const { model } = await inService('wanted');
  const earlier = await trainingsOf(region, 'wanted');
  await model.read(MANY / 4, 9, { shift: SHIFT });
  await model.predictEach(1, 200);
  await model.hold(true);
  await model.scanSeeing('the shift', ({ drift }) => drift?.outcome === 'drifting');
  const held = await model.retraining();
  expect([held.waiting?.kind, held.retrainings.length]).toEqual(['hold', 1]);
  await model.hold(false);

  const times = new PhaseTimes('storm');
  times.at('thirty triggers', new Date());
  const many = <T>(length: number, make: () => Promise<T>) => Promise.all(Array.from({ length }, make));
  const [asked, scans] = await Promise.all([
    many(ASKING, () => model.train()),
    many(12, () => model.startScan()),
    lateEvents(region, 'wanted', 12),
  ]);
  const ended = await model.concluded(2);
  times.at('training began', ended.startedAt);
  await Promise.allSettled(scans.map((executionId) => model.ended(executionId))); // a busy machine may give one up
  times.at('the training and its rollout', ended.endedAt!);
  const trained = (await trainingsOf(region, 'wanted')).filter((name) => !earlier.includes(name));
  expect(trained.map((name) => `train:${name}`)).toEqual([ended.executionId]);
  expect([...new Set(asked)]).toEqual([ended.executionId]);
  expect(ended.causes.map(({ kind }) => kind).sort()).toEqual(['drift', ...Array<string>(ASKING).fill('person')]);
  const records = await model.audit();
  expect(firstBrokenRecord(records)).toBeNull();
  const own = records.filter(({ detail }) => detail['retrainingId'] === ended.retrainingId);
  expect(own.filter(({ action }) => action === 'retraining.started')).toHaveLength(1);
  const said = own.filter(({ action }) => /started|merged/.test(action));
  expect(said.filter(({ actor }) => PERSON.test(actor))).toHaveLength(ASKING);
  expect((await model.retraining()).retrainings).toHaveLength(2);
  times.print();
});

it.concurrent('what does not help is not repeated for ever: a person is called, and has the next word', async () => {
  const { model, first } = await inService('hopeless');
  const times = new PhaseTimes('escalation');
  await model.read(MANY / 2, 10, { shift: SHIFT, relation: 'none' });
  for (const count of [2, 3]) {
    await model.predictEach(1, 200);
    times.at('noise', new Date());
    const found = await model.scanSeeing('the shift', ({ drift }) => drift?.outcome === 'drifting');
    times.at('scan', found.at);
    const ended = await model.concluded(count);
    times.at('not passed', ended.endedAt!);
    expect(ended).toMatchObject({ status: 'not-passed', helped: false, causes: [{ kind: 'drift' }] });
    expect(ended.because).toContain('auc');
  }
  await model.predictEach(1, 200);
  await model.scanSeeing('the shift', ({ drift }) => drift?.outcome === 'drifting');
  await model.scan();
  const { escalation, retrainings, used } = await model.retraining();
  times.at('a person is called', escalation?.at ?? '');
  expect([retrainings.length, used.unhelpfulInARow]).toEqual([3, 2]);
  expect(escalation).toMatchObject({ runbook: 'docs/runbook.md#retraining-escalated', causes: [{ kind: 'drift' }] });
  expect(escalation?.because).toMatch(/2 retrainings in a row did not help, and 2 are allowed .*auc/);
  expect(await model.isAnsweredBy(first)).toBe(true);
  const mail = await until(
    'the mail',
    async () => mailIn(stateDir),
    (text) => text.includes('Headgate dev: hopeless is not trained again by itself any more'),
  );
  expect(mail).toContain('What to do: docs/runbook.md#retraining-escalated');

  const cleared = await model.acknowledge('the sensor that writes "failed" was wired the wrong way');
  expect([cleared.escalation, cleared.used.unhelpfulInARow]).toEqual([null, 0]);
  const records = await model.audit();
  expect(firstBrokenRecord(records)).toBeNull();
  expect(actionsOf(records).filter((action) => /escalated|acknowledged/.test(action))).toEqual([
    'retraining.escalated',
    'retraining.acknowledged',
  ]);
  times.print();
});
