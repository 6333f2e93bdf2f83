import type { RolloutResponse } from '../../../contracts/api/rollouts.ts';
import { placeText } from '../../terminal/rollout-lines.ts';
import type { BadRelease } from '../scenes/bad-release.ts';
import type { Evidence } from '../scenes/evidence.ts';
import type { FirstRelease } from '../scenes/first-release.ts';
import type { Retrained } from '../scenes/retraining.ts';
import type { RolledBack } from '../scenes/roll-back.ts';
import type { FoundDrift } from '../scenes/scan.ts';
import type { ReleaseStatus } from './traffic-figures.ts';

/** What every scene has found, as far as figures are made of it. */
export interface StoryFacts {
  readonly startedAtMs: number;
  readonly first: FirstRelease;
  readonly found: FoundDrift;
  readonly retrained: Retrained;
  readonly bad: BadRelease;
  readonly rolledBack: RolledBack;
  readonly evidence: Evidence;
}

export interface StoryFigures {
  /** What took how long, in the order in which it happened. */
  readonly phases: readonly { readonly what: string; readonly tookMs: number }[];
  readonly requests: number;
  readonly failed: number;
  readonly answers: readonly (ReleaseStatus & { readonly name: string })[];
  readonly auditRecords: number;
}

export function storyFigures(facts: StoryFacts): StoryFigures {
  const { startedAtMs, first, found, retrained, bad, rolledBack, evidence } = facts;
  const names = new Map([
    [first.release.releaseId, 'the first'],
    [retrained.release.releaseId, 'trained again for drift'],
    [bad.release.releaseId, 'the careless one'],
  ]);
  const beganAtMs = Date.parse(found.report.at) - found.afterMs;
  return {
    phases: [
      { what: 'nothing → first release promoted', tookMs: Date.parse(first.rollout.endedAt ?? '') - startedAtMs },
      { what: 'campaign begins → drift found', tookMs: found.afterMs },
      // what became of the visits may tell of it before their inputs do
      { what: 'campaign begins → training begins', tookMs: Date.parse(retrained.retraining.startedAt) - beganAtMs },
      {
        what: 'training, evaluation, gates',
        tookMs: Date.parse(retrained.rollout.startedAt) - Date.parse(retrained.retraining.startedAt),
      },
      ...phaseTimes(retrained.rollout).map(({ what, tookMs }) => ({ what: `  ${what}`, tookMs })),
      { what: 'campaign begins → promoted', tookMs: found.afterMs + retrained.tookMs },
      { what: 'bad release begins its rollout → stopped', tookMs: stoppedAfterMs(bad.rollout) },
      { what: 'a person says so → first release is back', tookMs: rolledBack.tookMs },
    ],
    requests: evidence.requests,
    failed: evidence.failed,
    answers: evidence.answers.map((one) => ({ ...one, name: names.get(one.releaseId ?? '') ?? 'nobody' })),
    auditRecords: evidence.audit.records,
  };
}

/** How long a rollout stayed in each phase; the last one has no length. */
export function phaseTimes({ timeline }: Pick<RolloutResponse, 'timeline'>): StoryFigures['phases'] {
  return timeline.slice(0, -1).map(({ phase, step, at }, i) => ({
    what: placeText(phase, step, []),
    tookMs: Date.parse(timeline[i + 1]!.at) - Date.parse(at),
  }));
}

function stoppedAfterMs({ startedAt, timeline }: RolloutResponse): number {
  const restoring = timeline.find(({ phase }) => phase === 'restoring');
  return Date.parse(restoring?.at ?? '') - Date.parse(startedAt);
}
