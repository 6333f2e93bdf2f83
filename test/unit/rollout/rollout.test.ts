import { expect, it } from 'vitest';
import { firstBrokenRecord } from '../../../core/audit/audit-record.ts';
import { beginRollout } from '../../../lambdas/use-cases/rollout/begin-rollout.ts';
import { checkEndpoint } from '../../../lambdas/use-cases/rollout/check-endpoint.ts';
import { endRollout } from '../../../lambdas/use-cases/rollout/end-rollout.ts';
import { flipRoute } from '../../../lambdas/use-cases/rollout/flip-route.ts';
import { pointEndpoint } from '../../../lambdas/use-cases/rollout/point-endpoint.ts';
import { ENDPOINT, MODEL, rolloutLab } from './rollout-lab.ts';

async function labWithChampion() {
  const lab = rolloutLab();
  await lab.register();
  const first = await lab.release('one');
  await lab.run('r1', first);
  return { lab, first };
}

it('promotes the first release and sets its scaling', async () => {
  const { lab, first } = await labWithChampion();
  expect(await lab.route()).toMatchObject({ champion: { releaseId: first, variant: 'champion' }, epoch: 1 });
  expect(lab.hosting.serving(ENDPOINT)?.variants.map((v) => [v.variant, v.releaseId])).toEqual([['champion', first]]);
  expect(lab.hosting.scaled).toEqual([`${ENDPOINT}/champion:1-2`]);
});

it('never lets the route name a variant that runs another release, at any moment of a promotion', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const seen: string[] = [];
  const rollout = await lab.run('r2', second, undefined, async () => {
    const { champion } = await lab.route();
    const runs = lab.hosting.serving(ENDPOINT)?.variants.find((v) => v.variant === champion?.variant)?.releaseId;
    expect(runs).toBe(champion?.releaseId);
    seen.push(`${champion?.releaseId === first ? 'one' : 'two'}@${champion?.variant}`);
  });
  expect(rollout.outcome).toBe('promoted');
  expect([...new Set(seen)]).toEqual(['one@champion', 'two@challenger', 'two@champion']);
  expect(lab.hosting.serving(ENDPOINT)?.variants.map((v) => [v.variant, v.releaseId])).toEqual([['champion', second]]);
});

it('goes back to the champion when the new content does not come into service', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const rollout = await lab.run('r2', second, () => false);
  expect(rollout).toMatchObject({ outcome: 'rolled-back', because: expect.stringContaining('went back') });
  expect((await lab.route()).champion?.releaseId).toBe(first);
  expect(lab.hosting.serving(ENDPOINT)?.variants.map((v) => v.releaseId)).toEqual([first]);
});

it('stays promoted when settling fails after the flip, and the next rollout starts from there', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  expect((await lab.run('r2', second, (step) => step < 1)).outcome).toBe('promoted');
  expect((await lab.route()).champion).toEqual({ releaseId: second, variant: 'challenger' });
  const third = await lab.release('three', { champion: second });
  expect((await lab.run('r3', third)).outcome).toBe('promoted');
  expect((await lab.route()).champion).toEqual({ releaseId: third, variant: 'champion' });
});

it.each(['fail', 'inconclusive'] as const)(
  'rejects a release of which a gate said %s, before any traffic moves',
  async (outcome) => {
    const { lab, first } = await labWithChampion();
    const second = await lab.release('two', { champion: first, outcome });
    expect(await lab.run('r2', second)).toMatchObject({
      outcome: 'rejected',
      because: expect.stringContaining('it is bad'),
    });
    expect((await lab.route()).champion?.releaseId).toBe(first);
  },
);

it('rejects a release that was judged against another champion', async () => {
  const { lab } = await labWithChampion();
  const second = await lab.release('two');
  expect(await lab.run('r2', second)).toMatchObject({
    outcome: 'rejected',
    because: expect.stringContaining('train again'),
  });
});

it('rejects the champion itself', async () => {
  const { lab, first } = await labWithChampion();
  expect(await lab.run('r2', first)).toMatchObject({
    outcome: 'rejected',
    because: expect.stringContaining('champion already'),
  });
});

it('does not deploy an artifact that was replaced after it was registered', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  await lab.objects.put(
    { bucket: 'artifacts', key: 'model/two/model.tar.gz' },
    new Uint8Array([1]),
    'application/gzip',
  );
  const rollout = await lab.run('r2', second);
  expect(rollout.outcome).not.toBe('promoted');
  expect(rollout.because).toContain('was registered with');
  expect((await lab.route()).champion?.releaseId).toBe(first);
});

it('refuses a second rollout of the model while one is under way', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  await beginRollout(lab.deps, lab.ask('r2', second));
  await expect(beginRollout(lab.deps, lab.ask('r3', second))).rejects.toMatchObject({
    name: 'RolloutInProgressError',
    kind: 'conflict',
  });
});

it('calls a change that outlasts the limit of the model failed', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const ask = lab.ask('r2', second);
  const [step] = (await beginRollout(lab.deps, ask)).steps;
  const { begunAt } = await pointEndpoint(lab.deps, { ...ask, step: step! });
  lab.clock.advance(60_000);
  expect((await checkEndpoint(lab.deps, { ...ask, step: step!, begunAt })).state).toBe('changing');
  lab.clock.advance(1);
  expect(await checkEndpoint(lab.deps, { ...ask, step: step!, begunAt })).toMatchObject({
    state: 'failed',
    because: expect.stringContaining('60000 ms'),
  });
});

it('changes nothing when every call is made twice', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const ask = lab.ask('r2', second);
  const plan = await beginRollout(lab.deps, ask);
  expect(await beginRollout(lab.deps, ask)).toEqual(plan);
  for (const step of plan.steps) {
    await pointEndpoint(lab.deps, { ...ask, step });
    await pointEndpoint(lab.deps, { ...ask, step });
    lab.hosting.settle(ENDPOINT, true);
    const once = await flipRoute(lab.deps, { ...ask, step });
    expect(await flipRoute(lab.deps, { ...ask, step })).toEqual(once);
  }
  const ended = await endRollout(lab.deps, { ...ask, because: 'done' });
  expect(await endRollout(lab.deps, { ...ask, because: 'done' })).toEqual(ended);
  expect(lab.events.published.map((event) => event.type)).toEqual([
    'headgate.rollout.promoted',
    'headgate.rollout.promoted',
  ]);
  const chain = await lab.registry.audit(MODEL, 1, 100);
  expect(firstBrokenRecord(chain)).toBeNull();
  expect(chain.filter((record) => record.action === 'route.flipped')).toHaveLength(3);
});
