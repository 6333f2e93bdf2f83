import type { RollbackResponse, RolloutResponse } from '../../../contracts/api/rollouts.ts';
import { countText, secondsText, shortId } from '../../terminal/plain-words.ts';
import { rolloutIdOf } from '../../verbs/rollout.ts';
import { failedOf, sentBetween } from '../figures/traffic-figures.ts';
import { rolloutEnd } from '../follow.ts';
import { type ReferenceAnswers, referenceAnswers } from '../reference-answers.ts';
import type { Scene } from '../stage.ts';
import type { LiveTraffic } from '../traffic/live-traffic.ts';
import { until } from '../until.ts';

export interface RolledBack {
  readonly from: string;
  readonly to: string;
  readonly answer: RollbackResponse;
  readonly rollout: RolloutResponse;
  /** From the person's word to the write of the route. */
  readonly tookMs: number;
  /** Sent once the first answer of the release that is back was there: by it, and by anybody else. */
  readonly answeredAfter: number;
  readonly answeredByOthers: number;
  readonly failed: number;
  readonly before: ReferenceAnswers;
  readonly after: ReferenceAnswers;
}

const ENOUGH_ANSWERS = 100;

/** A person wants the release before back, however well the present one does. */
export const rollBack: Scene<
  { readonly traffic: LiveTraffic; readonly from: string; readonly before: ReferenceAnswers },
  RolledBack
> = {
  name: 'rollback',
  title: 'A person wants the first release back',
  play: async (stage, { traffic, from, before }) => {
    const { api, model, screen, signal } = stage;
    const askedAtMs = Date.now();
    const answer = await api.post<RollbackResponse>(`/v1/models/${model}/rollbacks`, {
      to: before.releaseIds[0],
      because: 'the demonstration goes back',
    });
    screen.doing('the release before is brought back beside the present one');
    const rollout = await rolloutEnd(stage, rolloutIdOf(answer.executionId ?? ''));
    // the flow wrote the route when it had the release in service, and entered the next phase with that very write
    const writtenAtMs = Date.parse(rollout.timeline.find(({ phase }) => phase === 'settling')?.at ?? '');
    await until(
      'enough answers after the rollback',
      () => (sentBetween(traffic.sent, writtenAtMs).length >= ENOUGH_ANSWERS ? true : null),
      { signal },
    );
    const to = before.releaseIds[0] ?? '';
    // its time was read before the route was written, so requests sent at that instant may still meet the other release
    const answers = sentBetween(traffic.sent, askedAtMs).filter(({ releaseId }) => releaseId === to);
    const firstAnswerMs = Math.min(...answers.map(({ sentAtMs, tookMs }) => sentAtMs + tookMs));
    const visits = sentBetween(traffic.sent, firstAnswerMs);
    return {
      from,
      to,
      answer,
      rollout,
      tookMs: writtenAtMs - askedAtMs,
      answeredAfter: visits.filter(({ releaseId }) => releaseId === to).length,
      answeredByOthers: visits.filter(({ releaseId }) => releaseId !== to).length,
      failed: failedOf(sentBetween(traffic.sent, askedAtMs)).length,
      before,
      after: await referenceAnswers(api, model),
    };
  },
  claims: [
    {
      says: ({ from, to, tookMs }) =>
        `${shortId(to)} answers again in the place of ${shortId(from)}, after ${secondsText(tookMs)}`,
      holds: ({ from, to, rollout, after }) =>
        from !== to && rollout.outcome === 'promoted' && after.releaseIds.length === 1 && after.releaseIds[0] === to,
    },
    {
      says: ({ answeredAfter, answeredByOthers, failed }) =>
        `from its first answer on every request is its own: ${countText(answeredAfter)} answered by it, ${countText(answeredByOthers)} by another, ${countText(failed)} failed`,
      holds: ({ answeredAfter, answeredByOthers, failed }) =>
        answeredAfter >= ENOUGH_ANSWERS && answeredByOthers === 0 && failed === 0,
    },
    {
      says: ({ before }) =>
        `its answers to ${before.requests} requests are byte for byte those that it gave before the campaign`,
      holds: ({ before, after }) => before.failed === 0 && before.bytes.length > 0 && before.bytes === after.bytes,
    },
  ],
};
