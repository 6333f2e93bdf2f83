import { describe, expect, it } from 'vitest';
import { type AuditEvent, firstBrokenRecord } from '../../core/audit/audit-record.ts';
import type { Route } from '../../core/release/route.ts';
import { LEASE_MS } from '../../core/rollout/lease.ts';
import type { Hold, Rollout } from '../../core/rollout/rollout.ts';
import type { ModelRegistry } from '../../lambdas/ports/model-registry.ts';
import { type FixedClock, fixedClock } from '../memory/memory-clock-and-ids.ts';
import { newRollout } from '../new-rollout.ts';

const T = '2026-03-01T12:00:00.000Z';
const event = (action: string): AuditEvent => ({ action, actor: 'arn:aws:iam::1:user/a', at: T, detail: { n: 1 } });
const hosting = (name: string) => ({
  name,
  endpointName: `headgate-dev-${name}`,
  executionRoleArn: 'arn:aws:iam::000000000000:role/m',
  modelPackageGroup: name,
  image: 'image:1',
});
const hold: Hold = { model: 'churn', actor: 'arn:aws:iam::1:user/b', because: 'incident 7', at: T };
const LEASE_LOST = { name: 'LeaseLostError', kind: 'conflict' };
const CHANGED = { name: 'RolloutChangedError', kind: 'conflict' };

/** The part of a ModelRegistry that leads rollouts; call it once per adapter. `make` gives a registry that nobody else uses. */
export function rolloutRegistryContract(
  adapter: string,
  make: (clock: FixedClock) => ModelRegistry | Promise<ModelRegistry>,
): void {
  const setUp = async () => {
    const clock = fixedClock(T);
    const registry = await make(clock);
    await registry.registerModel(hosting('churn'), event('model.registered'));
    return { clock, registry };
  };
  /** A rollout that has begun, with its first fence. */
  const begun = async () => {
    const { clock, registry } = await setUp();
    const { fence, rollout } = await registry.beginRollout(newRollout('p1'), event('rollout.begun'));
    return { clock, registry, fence, rollout };
  };
  const actions = async (registry: ModelRegistry) => {
    const chain = await registry.audit('churn', 1, 500);
    expect(firstBrokenRecord(chain)).toBeNull();
    return chain.map(({ action }) => action);
  };
  const enter = (seen: Rollout, phase: Rollout['phase'], fence: number | null) => ({
    seen,
    next: { ...seen, phase },
    route: null,
    fence,
  });
  const end = (seen: Rollout, fence: number | null) => ({
    seen,
    next: { ...seen, phase: 'done', outcome: 'rejected', because: 'test', endedAt: T } as const,
    route: null,
    fence,
  });

  describe(`rollouts of the ModelRegistry: ${adapter}`, () => {
    it('begins a rollout with the first fence, and gives each takeover a higher one', async () => {
      const { registry, fence, rollout } = await begun();
      expect({ fence, rollout }).toEqual({ fence: 1, rollout: newRollout('p1') });
      const entered = await registry.changeRollout(enter(rollout, 'deploying', 1), event('rollout.deploying'));
      const again = await registry.beginRollout(newRollout('p1'), event('rollout.begun'));
      expect(again).toEqual({ rollout: entered, fence: 2 });
      expect((await registry.beginRollout(newRollout('p1'), event('rollout.begun'))).fence).toBe(3);
      expect(await actions(registry)).toEqual([
        'model.registered',
        'rollout.begun',
        'rollout.deploying',
        'rollout.resumed',
        'rollout.resumed',
      ]);
      expect((await registry.audit('churn', 4, 1))[0]?.detail).toEqual({ n: 1, fence: 2 });
    });

    it('gives the lease to one rollout of a model at a time, and gives it back at the end', async () => {
      const { registry, rollout } = await begun();
      const second = newRollout('p2', { startedAt: '2026-03-02T00:00:00.000Z' });
      await expect(registry.beginRollout(second, event('x'))).rejects.toMatchObject({
        name: 'RolloutInProgressError',
        kind: 'conflict',
        details: { rolloutId: 'p1' },
      });
      await registry.changeRollout(end(rollout, 1), event('rollout.rejected'));
      expect((await registry.beginRollout(second, event('rollout.begun'))).fence).toBe(2);
      expect((await registry.rollouts('churn')).map(({ rolloutId }) => rolloutId)).toEqual(['p2', 'p1']);
    });

    it('does not begin a rollout that has ended again', async () => {
      const { registry, rollout } = await begun();
      const ended = await registry.changeRollout(end(rollout, 1), event('rollout.rejected'));
      expect(await registry.beginRollout(newRollout('p1'), event('x'))).toEqual({ rollout: ended, fence: 0 });
      expect(await actions(registry)).toHaveLength(3);
    });

    it('refuses an id that stands for a rollout of another release', async () => {
      const { registry } = await begun();
      const other = newRollout('p1', { releaseId: 'r2' });
      await expect(registry.beginRollout(other, event('x'))).rejects.toMatchObject({ name: 'ConflictError' });
    });

    it('lets one of many win that begin at once, and one fence each when they are the same rollout', async () => {
      const { registry } = await setUp();
      const ids = ['p1', 'p2', 'p3', 'p4'];
      const tried = await Promise.allSettled(ids.map((id) => registry.beginRollout(newRollout(id), event('begun'))));
      const losers = tried.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(losers).toHaveLength(3);
      for (const loser of losers) expect(loser).toMatchObject({ name: 'RolloutInProgressError' });
      const winner = (await registry.rollouts('churn'))[0]!;
      const again = await Promise.all(ids.map(() => registry.beginRollout(newRollout(winner.rolloutId), event('x'))));
      expect(again.map(({ fence }) => fence).sort()).toEqual([2, 3, 4, 5]);
    });

    it('changes document, route and lease in one write with one record', async () => {
      const { registry, rollout } = await begun();
      const route = await nextRoute(registry, 'r1');
      const next: Rollout = { ...rollout, phase: 'settling' };
      const change = { seen: rollout, next, route, fence: 1 };
      expect(await registry.changeRollout(change, event('rollout.settling'))).toEqual(next);
      expect(await registry.rollout('p1')).toEqual(next);
      expect((await registry.model('churn')).route).toEqual(route.to);
      expect(await actions(registry)).toEqual(['model.registered', 'rollout.begun', 'rollout.settling']);
    });

    it('writes nothing for a change that was made already, also when its writer has lost the lease since', async () => {
      const { registry, rollout } = await begun();
      const change = { ...enter(rollout, 'settling', 1), route: await nextRoute(registry, 'r1') };
      const made = await registry.changeRollout(change, event('rollout.settling'));
      expect(await registry.changeRollout(change, event('rollout.settling'))).toEqual(made);
      const ended = await registry.changeRollout(end(made, 1), event('rollout.rejected'));
      expect(await registry.changeRollout(end(made, 1), event('rollout.rejected'))).toEqual(ended);
      expect(await actions(registry)).toHaveLength(4);
    });

    it('refuses every kind of write with a stale fence, and changes nothing', async () => {
      const { registry, rollout } = await begun();
      await registry.beginRollout(newRollout('p1'), event('x'));
      const route = await nextRoute(registry, 'r1');
      const writes = [
        () => registry.changeRollout(enter(rollout, 'deploying', 1), event('x')),
        () => registry.changeRollout({ ...enter(rollout, 'settling', 1), route }, event('x')),
        () => registry.changeRollout(end(rollout, 1), event('x')),
        () => registry.renewLease('p1', 1),
      ];
      for (const write of writes) await expect(write()).rejects.toMatchObject(LEASE_LOST);
      expect(await registry.rollout('p1')).toEqual(rollout);
      expect((await registry.model('churn')).route.epoch).toBe(0);
      expect(await actions(registry)).toHaveLength(3);
    });

    it('refuses the leader of a rollout that has ended while another one runs', async () => {
      const { registry, rollout } = await begun();
      const ended = await registry.changeRollout(end(rollout, 1), event('rollout.rejected'));
      await registry.beginRollout(newRollout('p2'), event('rollout.begun'));
      for (const fence of [1, 2]) {
        const late = registry.changeRollout(enter(ended, 'canary', fence), event('x'));
        await expect(late).rejects.toMatchObject(LEASE_LOST);
      }
      await expect(registry.changeRollout(enter(ended, 'canary', null), event('x'))).rejects.toMatchObject({
        name: 'ConflictError',
      });
    });

    it("lets a person's write go first: automation that had read before finds its change refused", async () => {
      const { registry, rollout } = await begun();
      const stopped: Rollout = {
        ...rollout,
        phase: 'restoring',
        stop: { kind: 'person', actor: 'arn:a', because: 'wrong', at: T },
      };
      const route = await nextRoute(registry, 'r1');
      await registry.changeRollout({ seen: rollout, next: stopped, route, fence: null }, event('rollout.stopped'));
      await expect(registry.changeRollout(enter(rollout, 'canary', 1), event('rollout.canary'))).rejects.toMatchObject(
        CHANGED,
      );
      await registry.changeRollout(end(stopped, 1), event('rollout.rejected'));
      expect(await actions(registry)).toEqual([
        'model.registered',
        'rollout.begun',
        'rollout.stopped',
        'rollout.rejected',
      ]);
    });

    it('writes all or nothing: a route that is not as seen leaves the document alone', async () => {
      const { registry, rollout } = await begun();
      const { from, to } = await nextRoute(registry, 'r1');
      const other = { ...from, endpointName: 'another' };
      const change = { ...enter(rollout, 'settling', 1), route: { from: other, to } };
      await expect(registry.changeRollout(change, event('x'))).rejects.toMatchObject(CHANGED);
      expect(await registry.rollout('p1')).toEqual(rollout);
      expect(await actions(registry)).toHaveLength(2);
    });

    it('refuses a change that skips an epoch or turns the rollout into another', async () => {
      const { registry, rollout } = await begun();
      const { from, to } = await nextRoute(registry, 'r1');
      const skipping = { ...enter(rollout, 'settling', 1), route: { from, to: { ...to, epoch: 2 } } };
      await expect(registry.changeRollout(skipping, event('x'))).rejects.toMatchObject({ kind: 'bug' });
      const other = { seen: rollout, next: { ...rollout, releaseId: 'r9' }, route: null, fence: 1 };
      await expect(registry.changeRollout(other, event('x'))).rejects.toMatchObject({ kind: 'bug' });
    });

    it('lets many change one document at once: one wins, the others are told to read again', async () => {
      const { registry, rollout } = await begun();
      const steps = [1, 2, 3, 4, 5];
      const tried = await Promise.allSettled(
        steps.map((step) =>
          registry.changeRollout({ ...enter(rollout, 'canary', 1), next: { ...rollout, step } }, event(`to.${step}`)),
        ),
      );
      const won = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value.step] : []));
      expect(won).toHaveLength(1);
      for (const one of tried) if (one.status === 'rejected') expect(one.reason).toMatchObject(CHANGED);
      expect(await actions(registry)).toEqual(['model.registered', 'rollout.begun', `to.${won[0]}`]);
    });

    it('finds those rollouts abandoned whose lease is old and that have not ended', async () => {
      const { clock, registry, rollout } = await begun();
      for (const model of ['alpha', 'beta']) await registry.registerModel(hosting(model), event('x'));
      clock.advance(LEASE_MS);
      expect(await registry.abandonedRollouts()).toEqual([]);
      await registry.beginRollout(newRollout('a1', { model: 'alpha' }), event('x'));
      const old = newRollout('b1', { model: 'beta' });
      await registry.beginRollout(old, event('x'));
      await registry.changeRollout(end(old, 1), event('x'));
      clock.advance(1);
      expect(await registry.abandonedRollouts()).toEqual([{ rollout, fence: 1 }]);
      await registry.renewLease('p1', 1);
      expect(await registry.abandonedRollouts()).toEqual([]);
      clock.advance(LEASE_MS + 1);
      await registry.changeRollout(enter(rollout, 'deploying', 1), event('x'));
      expect((await registry.abandonedRollouts()).map((one) => one.rollout.rolloutId)).toEqual(['a1']);
    });

    it('holds a model until it is released, each recorded once', async () => {
      const { registry } = await setUp();
      expect(await registry.hold('churn')).toBeNull();
      await registry.setHold('churn', hold, event('model.held'));
      await registry.setHold('churn', hold, event('model.held'));
      expect(await registry.hold('churn')).toEqual(hold);
      await registry.setHold('churn', null, event('model.released'));
      await registry.setHold('churn', null, event('model.released'));
      expect(await registry.hold('churn')).toBeNull();
      await registry.setHold('churn', { ...hold, because: 'again' }, event('model.held'));
      expect(await actions(registry)).toEqual(['model.registered', 'model.held', 'model.released', 'model.held']);
      await expect(registry.setHold('nobody', hold, event('x'))).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('refuses a move forward that had not seen the hold, and lets one back through', async () => {
      const { registry, rollout } = await begun();
      await registry.setHold('churn', hold, event('model.held'));
      const forward = { ...enter(rollout, 'canary', 1), unlessHeld: true };
      await expect(registry.changeRollout(forward, event('x'))).rejects.toMatchObject(CHANGED);
      await registry.changeRollout(enter(rollout, 'restoring', 1), event('rollout.restoring'));
      await registry.setHold('churn', null, event('model.released'));
      const seen = await registry.rollout('p1');
      await registry.changeRollout({ ...enter(seen, 'canary', 1), unlessHeld: true }, event('rollout.canary'));
      expect((await registry.rollout('p1')).phase).toBe('canary');
    });

    it('keeps what wakes the execution that waits', async () => {
      const { registry } = await begun();
      expect(await registry.taskToken('p1')).toBeNull();
      await registry.keepTaskToken('p1', 'first');
      await registry.keepTaskToken('p1', 'second');
      expect(await registry.taskToken('p1')).toBe('second');
      expect(await actions(registry)).toHaveLength(2);
    });

    it('keeps one whole chain when fifty write at once, and lets each of them through', async () => {
      const { registry, rollout } = await begun();
      const others = Array.from({ length: 49 }, (_, i) =>
        registry.setHold('churn', { ...hold, because: `reason ${i}` }, event(`held.${i}`)),
      );
      await Promise.all([
        ...others,
        registry.changeRollout(enter(rollout, 'deploying', 1), event('rollout.deploying')),
      ]);
      const made = await actions(registry);
      expect(made).toHaveLength(52);
      expect(new Set(made).size).toBe(52);
      expect((await registry.rollout('p1')).phase).toBe('deploying');
    });
  });
}

async function nextRoute(registry: ModelRegistry, releaseId: string): Promise<{ from: Route; to: Route }> {
  const { route: from } = await registry.model('churn');
  return { from, to: { ...from, champion: { releaseId, variant: 'champion' }, epoch: from.epoch + 1 } };
}
