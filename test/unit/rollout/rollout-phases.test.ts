import { describe, expect, it } from 'vitest';
import type { RolloutTurn } from '../../../contracts/rollout.ts';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { RolloutPolicy } from '../../../core/definitions/rollout-policy.ts';
import { NotFoundError } from '../../../core/errors.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { HostedVariant } from '../../../lambdas/ports/model-hosting.ts';
import { advanceRollout } from '../../../lambdas/use-cases/rollout/advance-rollout.ts';
import { askApproval } from '../../../lambdas/use-cases/rollout/ask-approval.ts';
import { beginRollout } from '../../../lambdas/use-cases/rollout/begin-rollout.ts';
import { decideApproval } from '../../../lambdas/use-cases/rollout/decide-approval.ts';
import { resumeRollouts } from '../../../lambdas/use-cases/rollout/resume-rollouts.ts';
import { countedRows } from './counted-rows.ts';
import { ENDPOINT, MODEL, rolloutLab } from './rollout-lab.ts';

const WHOLE: Partial<RolloutPolicy> = {
  shadow: { share: 1, minPairs: 100, withinMs: HOUR_MS, graceMs: 20, maxDecisionFlips: 0.2, maxScoreDifference: null },
  canary: { steps: [0.1, 0.5], minUnits: 100, bakeMs: 5 * MINUTE_MS, withinMs: HOUR_MS },
  watch: { forMs: 10 * MINUTE_MS, holdback: 0.05 },
};

type CountTurn = Extract<RolloutTurn, { kind: 'count' }>;

async function labWithChampion(policy: Partial<RolloutPolicy> = WHOLE) {
  const lab = rolloutLab(policy);
  await lab.register();
  const first = await lab.release('one');
  await lab.run(lab.ask('r1', first), {
    watch: async ({ kind }) => {
      const { approval } = await lab.registry.rollout('r1');
      const word = { decision: 'approve' as const, comment: 'fine' };
      if (kind === 'ask') await decideApproval(lab.deps, 'r1', { ...word, token: approval!.token }, 'arn:p');
    },
  });
  lab.clock.advance(1_000);
  return { lab, first, second: await lab.release('two', { champion: first }) };
}

const passed = ({ timeline }: Rollout) => timeline.map(({ phase, step }) => (step === 0 ? phase : `${phase}.${step}`));

describe('a rollout with every phase', () => {
  it('goes through all of them when nothing speaks against the release', async () => {
    const { lab, second } = await labWithChampion();
    const shares: unknown[] = [];
    const rollout = await lab.run(lab.ask('r2', second), {
      count: ({ counted }) => countedRows(counted.spec),
      watch: async () => {
        const { champion, challenger, shadow } = await lab.route();
        shares.push([champion?.releaseId === second, challenger?.share ?? null, shadow?.share ?? null].join());
      },
    });
    expect(rollout.outcome).toBe('promoted');
    expect(passed(rollout)).toEqual([
      'gates',
      'deploying',
      'shadow',
      'canary',
      'canary.1',
      'watching',
      'settling',
      'done',
    ]);
    expect([...new Set(shares)]).toEqual(['false,,', 'false,,1', 'false,0.1,', 'false,0.5,', 'true,0.05,', 'true,,']);
    expect(
      lab.events.published.filter(({ data }) => (data as Rollout).rolloutId === 'r2').map(({ type }) => type),
    ).toEqual(
      ['deploying', 'shadow', 'canary', 'canary', 'watching', 'settling', 'promoted'].map(
        (it) => `headgate.rollout.${it}`,
      ),
    );
  });

  it.each([
    ['shadow', 'rejected'],
    ['canary', 'rolled-back'],
    ['watching', 'rolled-back'],
  ] as const)('goes back in one write when %s shows that the release is worse', async (phase, outcome) => {
    const { lab, first, second } = await labWithChampion();
    const rollout = await lab.run(lab.ask('r2', second), {
      count: ({ counted }) => countedRows(counted.spec, { failedShare: counted.phase === phase ? 0.2 : 0 }),
    });
    expect(rollout).toMatchObject({ outcome, stop: { kind: 'evidence' }, look: { verdict: 'go-back' } });
    expect(passed(rollout).slice(-3)[0]).toContain(phase);
    expect(await lab.route()).toMatchObject({ champion: { releaseId: first }, challenger: null, shadow: null });
    expect(lab.hosting.serving(ENDPOINT)?.variants.map(({ releaseId }) => releaseId)).toEqual([first]);
  });

  it('says why it ended once, and of each phase what came before it', async () => {
    const { lab, second } = await labWithChampion();
    const count = ({ counted }: CountTurn) => countedRows(counted.spec);
    const promoted = await lab.run(lab.ask('r2', second), { count });
    expect(promoted.because).toMatch(/^watched for 10m: nothing spoke against it: errors 0\.00 % against 0\.00 %/);
    expect(promoted.timeline.slice(-2)).toMatchObject([
      { phase: 'settling', because: promoted.because },
      { phase: 'done', because: 'the endpoint runs it alone' },
    ]);
    expect((await lab.registry.rollout('r1')).because).toBe('it passed its gates, and the endpoint runs it');

    lab.clock.advance(1_000);
    const third = await lab.release('three', { champion: second });
    const worse = ({ counted }: CountTurn) => countedRows(counted.spec, { failedShare: 0.2 });
    const rejected = await lab.run(lab.ask('r3', third), { count: worse });
    expect(rejected.because).toMatch(/^errors beyond the limit: 20\.00 % against 0\.00 %/);
    expect(rejected.timeline.slice(-2)).toMatchObject([
      { phase: 'restoring', because: rejected.because },
      { phase: 'done', because: 'the endpoint runs the release before alone' },
    ]);
  });

  it('tells that somebody changed the endpoint once an hour, not with each look', async () => {
    const { lab, second } = await labWithChampion();
    await lab.run(lab.ask('r2', second), {
      count: () => [],
      watch: async () => {
        const { phase, look } = await lab.registry.rollout('r2');
        const larger = (arms: readonly HostedVariant[]) => arms.map((arm) => ({ ...arm, instanceCount: 3 }));
        if (phase === 'shadow' && look === null) lab.hosting.edit(ENDPOINT, larger);
      },
    });
    const { look } = await lab.registry.rollout('r2');
    const told = lab.events.published.filter(({ type }) => type === 'headgate.rollout.endpoint-edited');
    expect(look?.number).toBeGreaterThan(50);
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(3);
  });

  it('is rejected when nothing has been seen by the deadline', async () => {
    const { lab, second } = await labWithChampion();
    const rollout = await lab.run(lab.ask('r2', second), { count: () => [] });
    expect(rollout).toMatchObject({
      outcome: 'rejected',
      stop: { kind: 'policy', because: expect.stringContaining('could not be decided within 1h: not enough seen yet') },
    });
  });

  it('keeps a report of each look, and audits only those that change something', async () => {
    const { lab, second } = await labWithChampion();
    let looks = 0;
    const rollout = await lab.run(lab.ask('r2', second), {
      count: ({ counted }) => countedRows(counted.spec, { requests: looks++ < 5 ? 2 : 20_000 }),
      isOver: ({ phase }) => phase === 'canary',
    });
    expect(rollout.look).toMatchObject({ number: 6, verdict: 'proceed' });
    const report = await lab.objects.list('artifacts', `rollout/${MODEL}/r2/`);
    expect(report).toHaveLength(6);
    const actions = (await lab.registry.audit(MODEL, 1, 100)).filter(({ detail }) => detail['rolloutId'] === 'r2');
    expect(actions.map(({ action }) => action)).toEqual([
      'rollout.begun',
      'rollout.deploying',
      'rollout.endpoint-pointed',
      'rollout.shadow',
      'rollout.canary',
    ]);
  });
});

describe('a hold', () => {
  it('lets nothing move forward, lets it go back, and stops no clock for good', async () => {
    const { lab, second } = await labWithChampion();
    await lab.run(lab.ask('r2', second), { isOver: ({ phase }) => phase === 'shadow' });
    const at = lab.clock.now().toISOString();
    const event = { action: 'model.held', actor: 'a', at, detail: {} };
    await lab.registry.setHold(MODEL, { model: MODEL, actor: 'a', because: 'b', at }, event);
    let looks = 0;
    const held = await lab.run(lab.ask('r2', second), {
      count: ({ counted }) => countedRows(counted.spec, { failedShare: looks++ < 100 ? 0 : 0.2 }),
    });
    expect(passed(held)).toEqual(['gates', 'deploying', 'shadow', 'restoring', 'done']);
    expect(looks).toBe(101);
  });
});

describe('an approval', () => {
  const policy = { approval: { withinMs: HOUR_MS } };

  it('is waited for, and given by whoever names what is approved', async () => {
    const { lab, second } = await labWithChampion(policy);
    let asks = 0;
    const rollout = await lab.run(lab.ask('r2', second), {
      watch: async ({ kind }) => {
        if (kind !== 'ask') return;
        await askApproval(lab.deps, { rolloutId: 'r2', model: MODEL, fence: 2, taskToken: `t${asks++}` });
        if (asks < 3) return;
        const { approval } = await lab.registry.rollout('r2');
        await decideApproval(lab.deps, 'r2', { decision: 'approve', comment: 'fine', token: approval!.token }, 'arn:p');
      },
    });
    expect(rollout).toMatchObject({ outcome: 'promoted', approval: { decision: 'approve', actor: 'arn:p' } });
    expect(lab.workflow.woken.map(({ taskToken }) => taskToken)).toEqual(['t2']);
    const told = lab.events.published.filter(({ type }) => type === 'headgate.rollout.approval-requested');
    expect(told).toHaveLength(1);
  });

  it('that nobody gives in time rejects the release', async () => {
    const { lab, second } = await labWithChampion(policy);
    const rollout = await lab.run(lab.ask('r2', second));
    expect(rollout).toMatchObject({ outcome: 'rejected', because: expect.stringContaining('nobody approved it by') });
  });
});

describe('a newer release', () => {
  it('supersedes a rollout that has not promoted, and waits until it has ended', async () => {
    const { lab, second } = await labWithChampion();
    await lab.run(lab.ask('r2', second), { isOver: ({ phase }) => phase === 'shadow' });
    lab.clock.advance(1_000);
    const third = await lab.release('three', { champion: (await lab.route()).champion!.releaseId });
    await expect(beginRollout(lab.deps, lab.ask('r3', third))).rejects.toMatchObject({
      name: 'RolloutInProgressError',
    });
    expect((await lab.route()).shadow).toBeNull();
    const ended = await lab.run(lab.ask('r2', second));
    expect(ended).toMatchObject({ outcome: 'rejected', stop: { kind: 'newer-release' } });
    const rollout = await lab.run(lab.ask('r3', third), { count: ({ counted }) => countedRows(counted.spec) });
    expect(rollout.outcome).toBe('promoted');
  });

  it('waits where the policy is to queue, or where the other one has promoted', async () => {
    const { lab, second } = await labWithChampion({ ...WHOLE, onNewer: 'queue' });
    await lab.run(lab.ask('r2', second), { isOver: ({ phase }) => phase === 'shadow' });
    lab.clock.advance(1_000);
    const third = await lab.release('three');
    await expect(beginRollout(lab.deps, lab.ask('r3', third))).rejects.toMatchObject({
      name: 'RolloutInProgressError',
    });
    expect((await lab.registry.rollout('r2')).stop).toBeNull();
  });
});

describe('somebody who changes the endpoint by hand', () => {
  it('stops a rollout whose arms are gone, and the champion is brought back', async () => {
    const { lab, first, second } = await labWithChampion();
    const rollout = await lab.run(lab.ask('r2', second), {
      count: ({ counted }) => countedRows(counted.spec),
      watch: async () => {
        const { phase } = await lab.registry.rollout('r2');
        if (phase === 'canary') lab.hosting.edit(ENDPOINT, (arms) => arms.slice(0, 1));
      },
    });
    expect(rollout).toMatchObject({
      outcome: 'rolled-back',
      stop: { kind: 'failure', because: expect.stringContaining('somebody changed the endpoint: variant challenger') },
    });
    expect((await lab.route()).champion?.releaseId).toBe(first);
    expect(lab.hosting.serving(ENDPOINT)?.variants.map(({ releaseId }) => releaseId)).toEqual([first]);
  });
});

describe('a release whose manifest is gone', () => {
  it.each(['shadow', 'canary'] as const)('is led back from %s', async (at) => {
    const { lab, first, second } = await labWithChampion();
    const count = ({ counted }: CountTurn) => countedRows(counted.spec);
    await lab.run(lab.ask('r2', second), { count, isOver: ({ phase }) => phase === at });
    const manifest = async (releaseId: string) => {
      if (releaseId === second) throw new NotFoundError('release', releaseId, []);
      return lab.releases.manifest(releaseId);
    };
    const lead = await beginRollout(lab.deps, lab.ask('r2', second));
    await advanceRollout({ ...lab.deps, releases: { ...lab.releases, manifest } }, { ...lead, turn: 0, news: null });
    expect((await lab.registry.rollout('r2')).stop).toMatchObject({
      kind: 'failure',
      because: expect.stringContaining('no release'),
    });
    expect(await lab.route()).toMatchObject({ champion: { releaseId: first }, challenger: null, shadow: null });
  });
});

describe('a rollout that nobody leads any more', () => {
  it('is taken up once, under the next name, and the process that was overtaken stops', async () => {
    const { lab, second } = await labWithChampion();
    const lead = await beginRollout(lab.deps, lab.ask('r2', second));
    expect(await resumeRollouts(lab.deps)).toEqual({ resumed: [] });
    lab.clock.advance(HOUR_MS);
    expect(await resumeRollouts(lab.deps)).toEqual({ resumed: ['r2'] });
    await resumeRollouts(lab.deps);
    expect(lab.workflow.started.map(({ name }) => name)).toEqual([
      expect.stringMatching(`^r2-\\d+-${lead.fence + 1}$`),
    ]);
    expect((await beginRollout(lab.deps, lab.ask('r2', second))).fence).toBe(lead.fence + 1);
    const late = advanceRollout(lab.deps, { ...lead, turn: 0, news: null });
    await expect(late).rejects.toMatchObject({ name: 'LeaseLostError' });
  });

  it('goes on in another execution before the history is full', async () => {
    const { lab, second } = await labWithChampion();
    const lead = await beginRollout(lab.deps, lab.ask('r2', second));
    const move = await advanceRollout(lab.deps, { ...lead, turn: 1_000, news: null });
    expect(move).toEqual({ kind: 'continue', name: `r2-${lead.fence + 1}` });
  });
});
