import { describe, expect, it } from 'vitest';
import { ClaimError, checkClaims } from '../../cli/demo/claim.ts';
import { type BadRelease, badRelease } from '../../cli/demo/scenes/bad-release.ts';
import { type Campaign, campaign } from '../../cli/demo/scenes/campaign.ts';
import { type Evidence, evidence } from '../../cli/demo/scenes/evidence.ts';
import { type FirstRelease, firstRelease } from '../../cli/demo/scenes/first-release.ts';
import { type UsualTraffic, usualTraffic } from '../../cli/demo/scenes/live-traffic.ts';
import { type Retrained, retraining } from '../../cli/demo/scenes/retraining.ts';
import { type RolledBack, rollBack } from '../../cli/demo/scenes/roll-back.ts';
import { type FoundDrift, scan } from '../../cli/demo/scenes/scan.ts';

/** What a scene is checked by, as far as its claims read it. */
type Parts<T> = { readonly [K in keyof T]?: T[K] extends object | null ? unknown : T[K] };
const facts = <F>(parts: Parts<F>): F => parts as F; // claims read no more of it

interface Told<F extends object> {
  readonly scene: {
    readonly name: string;
    readonly claims: readonly { holds(facts: F): boolean; says(facts: F): string }[];
  };
  readonly good: F;
  /** For each claim, facts that it must not hold for. */
  readonly spoiled: readonly (readonly Partial<Parts<F>>[])[];
}

const told = <F extends object>(given: Told<F>): Told<F> => given;
const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const passed = { gate: 'metric', verdict: { outcome: 'pass' } };
const failed = { gate: 'metric', verdict: { outcome: 'fail' } };
const phases = (...names: readonly string[]) =>
  names.map((phase) => ({ phase, step: 0, at: '2026-01-01T00:00:00.000Z', because: '' }));

const SCENES = {
  'first release': told<FirstRelease>({
    scene: firstRelease,
    good: facts<FirstRelease>({
      loaded: [{ fileName: 'visits.csv', rowsRead: 5, rowsWritten: 5 }],
      views: [
        { view: 'account', written: 9 },
        { view: 'habit', written: 8 },
      ],
      customers: 9,
      release: { releaseId: A, passed: true, metrics: { auc: 0.8 } },
      verdicts: [passed],
      rollout: { outcome: 'promoted' },
      champion: A,
    }),
    spoiled: [
      [{ loaded: [{ fileName: 'visits.csv', rowsRead: 5, rowsWritten: 4 }] }],
      [{ customers: 10 }, { views: [] }],
      [{ verdicts: [failed] }, { verdicts: [] }, { release: { releaseId: A, passed: false, metrics: {} } }],
      [{ champion: B }, { rollout: { outcome: 'rejected' } }],
    ],
  }),
  'live traffic': told<UsualTraffic>({
    scene: usualTraffic,
    good: facts<UsualTraffic>({
      champion: A,
      answers: [{ releaseId: A, status: 200, requests: 3 }],
      requests: 3,
      failed: 0,
      auc: 0.8,
      scan: { drift: { outcome: 'stable', rows: 3, columns: [] } },
    }),
    spoiled: [
      [{ failed: 1 }, { requests: 0 }, { answers: [{ releaseId: B, status: 200, requests: 1 }] }],
      [{ auc: 0.6 }, { auc: null }],
      [{ scan: { drift: { outcome: 'drifting', rows: 3, columns: [] } } }, { scan: { drift: null } }],
    ],
  }),
  drift: told<Campaign>({
    scene: campaign,
    good: facts<Campaign>({
      medianBefore: 36,
      medianNow: 25,
      aucBefore: 0.82,
      aucNow: 0.6,
      rowsBefore: 1,
      rowsNow: 2,
      failed: 0,
    }),
    spoiled: [
      [{ medianNow: 36 }, { medianNow: Number.NaN }],
      [{ aucNow: 0.8 }, { aucNow: null }],
      [{ rowsNow: 1 }, { failed: 1 }],
    ],
  }),
  scan: told<FoundDrift>({
    scene: scan,
    good: facts<FoundDrift>({
      report: { scanId: A, drift: { outcome: 'drifting' } },
      drifting: ['account:country', 'visit:basket', 'visit:device', 'visit:minutes'],
      afterMs: 9_000,
    }),
    spoiled: [
      [{ report: { scanId: A, drift: { outcome: 'stable' } } }, { afterMs: -1 }],
      [
        { drifting: [] },
        { drifting: ['account:age', 'account:country', 'visit:basket', 'visit:device', 'visit:minutes'] },
      ],
    ],
  }),
  retraining: told<Retrained>({
    scene: retraining,
    good: facts<Retrained>({
      retraining: { causes: [{ kind: 'drift' }], status: 'promoted', startedAt: '2026-01-01T00:00:00.000Z' },
      release: { releaseId: B, passed: true, metrics: {} },
      verdicts: [passed],
      rollout: {
        outcome: 'promoted',
        timeline: phases('gates', 'deploying', 'shadow', 'canary', 'watching', 'settling', 'done'),
      },
      champion: B,
      tookMs: 40_000,
      aucBefore: 0.6,
      aucNow: 0.82,
      requests: 10,
      failed: 0,
      actors: ['headgate:retraining'],
    }),
    spoiled: [
      [
        { retraining: { causes: [{ kind: 'schedule' }], status: 'promoted', startedAt: '' } },
        { retraining: { causes: [{ kind: 'drift' }, { kind: 'person' }], status: 'promoted', startedAt: '' } },
        { retraining: { causes: [{ kind: 'drift' }], status: 'not-promoted', startedAt: '' } },
      ],
      [{ verdicts: [failed] }, { verdicts: [] }],
      [{ champion: A }, { rollout: { outcome: 'promoted', timeline: phases('gates', 'deploying', 'done') } }],
      [{ aucNow: 0.62 }, { aucNow: null }],
      [{ failed: 1 }, { actors: ['arn:aws:iam::000000000000:root'] }, { actors: [] }],
    ],
  }),
  'bad release': told<BadRelease>({
    scene: badRelease,
    good: facts<BadRelease>({
      deployed: true,
      release: { releaseId: B, passed: true, metrics: { auc: 0.8 } },
      rollout: {
        outcome: 'rejected',
        stop: { kind: 'evidence' },
        look: null,
        because: 'flips',
        timeline: phases('gates', 'deploying', 'shadow', 'restoring', 'done'),
      },
      championBefore: A,
      championAfter: A,
      requests: 5,
      failed: 0,
      answeredByIt: 0,
      pairs: 300,
    }),
    spoiled: [
      [{ release: { releaseId: B, passed: false, metrics: {} } }, { deployed: false }],
      [
        { rollout: { outcome: 'promoted', stop: null, look: null, timeline: phases('shadow') } },
        {
          rollout: {
            outcome: 'rejected',
            stop: { kind: 'evidence' },
            look: null,
            timeline: phases('gates', 'shadow', 'canary'),
          },
        },
        { rollout: { outcome: 'rejected', stop: { kind: 'policy' }, look: null, timeline: phases('shadow') } },
      ],
      [{ answeredByIt: 1 }, { failed: 1 }, { championAfter: B }, { requests: 0 }],
    ],
  }),
  rollback: told<RolledBack>({
    scene: rollBack,
    good: facts<RolledBack>({
      from: B,
      to: A,
      rollout: { outcome: 'promoted' },
      tookMs: 3_000,
      answeredAfter: 100,
      answeredByOthers: 0,
      failed: 0,
      before: { releaseIds: [A], bytes: 'same', requests: 20, failed: 0 },
      after: { releaseIds: [A], bytes: 'same', requests: 20, failed: 0 },
    }),
    spoiled: [
      [{ from: A }, { after: { releaseIds: [A, B], bytes: 'same', requests: 20, failed: 0 } }],
      [{ answeredByOthers: 1 }, { answeredAfter: 1 }, { failed: 1 }],
      [
        { after: { releaseIds: [A], bytes: 'other', requests: 20, failed: 0 } },
        { before: { releaseIds: [A], bytes: 'same', requests: 20, failed: 1 } },
      ],
    ],
  }),
  evidence: told<Evidence>({
    scene: evidence,
    good: facts<Evidence>({
      requests: 10,
      failed: 0,
      rows: 10,
      outcomes: 10,
      problems: [],
      audit: { problem: null, records: 40, signedTo: 30 },
      begun: 4,
      ended: 4,
      rollouts: 4,
    }),
    spoiled: [
      [{ failed: 1 }, { requests: 0, rows: 0, outcomes: 0 }],
      [{ rows: 9 }, { outcomes: 9 }, { problems: ['a row was refused'] }],
      [
        { audit: { problem: { position: 3 }, records: 40, signedTo: 30 } },
        { audit: { problem: null, records: 40, signedTo: 0 } },
      ],
      [{ ended: 3 }, { begun: 5 }, { rollouts: 0, begun: 0, ended: 0 }],
    ],
  }),
};

describe.each(Object.entries(SCENES))('the claims of %s', (_name, { scene, good, spoiled }) => {
  const claims = scene.claims as readonly { holds(facts: object): boolean; says(facts: object): string }[]; // each with its own facts

  it('hold when everything is as it should be, and are told in whole sentences', () => {
    expect(claims.filter(({ holds }) => !holds(good)).map(({ says }) => says(good))).toEqual([]);
    for (const { says } of claims) expect(says(good)).not.toMatch(/undefined|NaN|\[object/);
  });

  it('each break when what they say is not so', () => {
    expect(spoiled).toHaveLength(claims.length);
    const standing = claims.flatMap(({ holds }, i) =>
      (spoiled[i] ?? []).filter((change) => holds({ ...good, ...change })).map((change) => [i, change]),
    );
    expect(standing).toEqual([]);
  });
});

describe('checking', () => {
  const claims = [
    { says: () => 'one is one', holds: () => true },
    { says: ({ n }: { n: number }) => `${n} is two`, holds: ({ n }: { n: number }) => n === 2 },
    { says: () => 'never told', holds: () => true },
  ];

  it('tells every claim and goes on while they hold', () => {
    const heard: string[] = [];
    checkClaims('sums', claims, { n: 2 }, ({ claim }) => heard.push(claim));
    expect(heard).toEqual(['one is one', '2 is two', 'never told']);
  });

  it('tells the claim that is not so, names it in the error, and stops', () => {
    const heard: object[] = [];
    const check = () => checkClaims('sums', claims, { n: 3 }, (checked) => heard.push(checked));
    expect(check).toThrow(ClaimError);
    expect(check).toThrow('this is not so: 3 is two');
    expect(heard.slice(0, 2)).toEqual([
      { scene: 'sums', claim: 'one is one', holds: true },
      { scene: 'sums', claim: '3 is two', holds: false },
    ]);
  });
});
