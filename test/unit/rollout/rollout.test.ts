import { expect, it } from 'vitest';
import { firstBrokenRecord } from '../../../core/audit/audit-record.ts';
import { advanceRollout } from '../../../lambdas/use-cases/rollout/advance-rollout.ts';
import { beginRollout } from '../../../lambdas/use-cases/rollout/begin-rollout.ts';
import { pointEndpoint } from '../../../lambdas/use-cases/rollout/point-endpoint.ts';
import { ENDPOINT, MODEL, rolloutLab } from './rollout-lab.ts';

async function labWithChampion() {
  const lab = rolloutLab();
  await lab.register();
  const first = await lab.release('one');
  await lab.run(lab.ask('r1', first));
  return { lab, first };
}

it('promotes the first release and sets its scaling', async () => {
  const { lab, first } = await labWithChampion();
  expect(await lab.route()).toMatchObject({ champion: { releaseId: first, variant: 'champion' }, epoch: 1 });
  expect(lab.hosting.serving(ENDPOINT)?.variants.map((v) => [v.variant, v.releaseId])).toEqual([['champion', first]]);
  expect(lab.hosting.scaled.at(-1)).toBe(`${ENDPOINT}/champion:1-2`);
});

it('never lets the route name a variant that runs another release, at any moment of a promotion', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const seen: string[] = [];
  const rollout = await lab.run(lab.ask('r2', second), {
    watch: async () => {
      const { champion } = await lab.route();
      const runs = lab.hosting.serving(ENDPOINT)?.variants.find((v) => v.variant === champion?.variant)?.releaseId;
      expect(runs).toBe(champion?.releaseId);
      seen.push(`${champion?.releaseId === first ? 'one' : 'two'}@${champion?.variant}`);
    },
  });
  expect(rollout.outcome).toBe('promoted');
  expect([...new Set(seen)]).toEqual(['one@champion', 'two@challenger', 'two@champion']);
  expect(lab.hosting.serving(ENDPOINT)?.variants.map((v) => [v.variant, v.releaseId])).toEqual([['champion', second]]);
});

it('brings whoever stands beside the champion to the champion’s instances before it may take over', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  await lab.run(lab.ask('r2', second), { isOver: ({ phase }) => phase === 'settling' });
  expect(lab.hosting.scaled).toContain(`${ENDPOINT}/challenger:1-2>=champion`);
});

it('goes back to the champion when the new content does not come into service', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const rollout = await lab.run(lab.ask('r2', second), { isGood: () => false });
  expect(rollout).toMatchObject({
    outcome: 'rejected',
    because: expect.stringContaining('went back'),
    stop: { kind: 'failure' },
  });
  expect((await lab.route()).champion?.releaseId).toBe(first);
  expect(lab.hosting.serving(ENDPOINT)?.variants.map((v) => v.releaseId)).toEqual([first]);
  expect((await lab.run(lab.ask('r3', second))).outcome).toBe('promoted');
});

it('stays promoted when the endpoint cannot be settled, and the next rollout starts from there', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const rollout = await lab.run(lab.ask('r2', second), { isGood: (change) => change < 1 });
  expect(rollout).toMatchObject({ outcome: 'promoted', because: expect.stringContaining('was not settled') });
  expect((await lab.route()).champion).toEqual({ releaseId: second, variant: 'challenger' });
  const third = await lab.release('three', { champion: second });
  expect((await lab.run(lab.ask('r3', third))).outcome).toBe('promoted');
  expect((await lab.route()).champion).toEqual({ releaseId: third, variant: 'champion' });
});

it('does not deploy an artifact that was replaced after it was checked', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const rollout = await lab.run(lab.ask('r2', second), {
    watch: async ({ kind }) => {
      if (kind !== 'point') return;
      const at = { bucket: 'artifacts', key: 'model/two/model.tar.gz' };
      await lab.objects.put(at, new Uint8Array([1]), 'application/gzip');
    },
  });
  expect(rollout).toMatchObject({ outcome: 'rejected', because: expect.stringContaining('was registered with') });
  expect((await lab.route()).champion?.releaseId).toBe(first);
});

it('calls a change that outlasts the limit of the model failed', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const lead = await beginRollout(lab.deps, lab.ask('r2', second));
  const advance = () => advanceRollout(lab.deps, { ...lead, turn: 0, news: null });
  expect(await advance()).toEqual({ kind: 'point' });
  await pointEndpoint(lab.deps, lead);
  lab.clock.advance(60_000);
  expect((await advance()).kind).toBe('wait');
  lab.clock.advance(1);
  await advance();
  expect((await lab.registry.rollout('r2')).stop).toMatchObject({
    kind: 'failure',
    because: expect.stringContaining('was not in service within 1m'),
  });
});

it('changes nothing when every call is made twice', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const lead = await beginRollout(lab.deps, lab.ask('r2', second));
  for (let turn = 0; turn < 20; turn++) {
    const ask = { ...lead, turn: 0, news: null };
    const move = await advanceRollout(lab.deps, ask);
    const again = await advanceRollout(lab.deps, ask);
    expect(again).toEqual(move);
    if (move.kind !== 'point') break;
    await pointEndpoint(lab.deps, lead);
    await pointEndpoint(lab.deps, lead);
    if (lab.hosting.isChanging(ENDPOINT)) lab.hosting.settle(ENDPOINT, true);
  }
  expect((await lab.registry.rollout('r2')).outcome).toBe('promoted');
  const chain = await lab.registry.audit(MODEL, 1, 100);
  expect(firstBrokenRecord(chain)).toBeNull();
  const actions = chain.filter(({ detail }) => detail['rolloutId'] === 'r2').map(({ action }) => action);
  expect(actions).toEqual([
    'rollout.begun',
    'rollout.deploying',
    'rollout.endpoint-pointed',
    'rollout.settling',
    'rollout.endpoint-pointed',
    'route.changed',
    'rollout.endpoint-pointed',
    'rollout.promoted',
  ]);
});
