import type { ModelResponse } from '../../../contracts/api/catalog.ts';
import type { RetrainingResponse } from '../../../contracts/api/retraining.ts';
import type { RolloutResponse } from '../../../contracts/api/rollouts.ts';
import type { Retraining } from '../../../contracts/retraining.ts';
import type { RegisteredRelease } from '../../../contracts/training-flow.ts';
import type { GateVerdict } from '../../../core/release/release-manifest.ts';
import type { ApiClient } from '../../api/api-client.ts';
import { downloadAudit } from '../../audit/audit-export.ts';
import { countText, numberText, secondsText, shortId } from '../../terminal/plain-words.ts';
import { releaseVerdicts } from '../../verbs/release-gates.ts';
import { aucOf, failedOf, sentBetween } from '../figures/traffic-figures.ts';
import { executionEnd, releaseEnd } from '../follow.ts';
import type { Scene } from '../stage.ts';
import type { LiveTraffic } from '../traffic/live-traffic.ts';
import { until } from '../until.ts';

export interface Retrained {
  readonly retraining: Retraining;
  readonly release: RegisteredRelease;
  readonly verdicts: readonly GateVerdict[];
  readonly rollout: RolloutResponse;
  readonly champion: string | null;
  /** From the scan to the promotion. */
  readonly tookMs: number;
  /** Visits since the scan. */
  readonly requests: number;
  readonly failed: number;
  /** By what became of the visits of the campaign: of the release before, and of this one. */
  readonly aucBefore: number | null;
  readonly aucNow: number | null;
  /** Who is named by the records of the audit chain since the scan. */
  readonly actors: readonly string[];
}

export interface RetrainedGiven {
  readonly traffic: LiveTraffic;
  readonly scanId: string;
  readonly scannedAtMs: number;
  readonly beganAtMs: number;
  readonly champion: string;
}

const PHASES = ['gates', 'deploying', 'shadow', 'canary', 'watching', 'settling', 'done'];
/** Answers of the new release that its figure rests on. */
const ENOUGH_ANSWERS = 400;
/** People are named by their ARN. */
const PERSON = /^arn:aws:iam::/;

/** Nobody does anything: the scan has said what is needed. */
export const retraining: Scene<RetrainedGiven, Retrained> = {
  name: 'retraining',
  title: 'The model is trained again, judged and promoted, with no human step',
  play: async (stage, { traffic, scanId, scannedAtMs, beganAtMs, champion }) => {
    const { api, model, screen, signal } = stage;
    const state = () => api.get<RetrainingResponse>(`/v1/models/${model}/retraining`);
    const isFor = ({ causes }: Retraining): boolean => causes.some((cause) => cause.scanId === scanId);
    screen.doing('the scan asks whether to train again');
    const begun = await until('a retraining', async () => (await state()).retrainings.find(isFor) ?? null, { signal });
    screen.tell(begun.because, 'retraining', { retrainingId: begun.retrainingId, causes: begun.causes });
    const release = await executionEnd<RegisteredRelease>(stage, begun.executionId, 'training again');
    const verdicts = await releaseVerdicts({ api }, release.releaseId);
    for (const { gate, verdict } of verdicts) {
      screen.tell(`gate ${gate}: ${verdict.outcome}`, 'gate', { gate, outcome: verdict.outcome });
    }
    const rollout = await releaseEnd(stage, retraining.name, release);
    const own = () => traffic.sent.filter(({ releaseId }) => releaseId === release.releaseId);
    await until('enough answers of the new release', () => (own().length >= ENOUGH_ANSWERS ? true : null), { signal });
    const ended = await until(
      'the end of the retraining',
      async () => (await state()).retrainings.find((one) => isFor(one) && one.endedAt !== null) ?? null,
      { signal },
    );
    const { route } = await api.get<ModelResponse>(`/v1/models/${model}`);
    const visits = sentBetween(traffic.sent, scannedAtMs);
    return {
      retraining: ended,
      release,
      verdicts,
      rollout,
      champion: route?.champion?.releaseId ?? null,
      tookMs: Date.parse(rollout.endedAt ?? '') - scannedAtMs,
      requests: visits.length,
      failed: failedOf(visits).length,
      aucBefore: aucOf(sentBetween(traffic.sent, beganAtMs).filter(({ releaseId }) => releaseId === champion)),
      aucNow: aucOf(own()),
      actors: await actorsSince(api, model, scannedAtMs),
    };
  },
  claims: [
    {
      says: ({ retraining: { causes, startedAt } }) =>
        `it began by itself, for ${[...new Set(causes.map(({ kind }) => kind))].join(' and ')}, at ${startedAt.slice(11, 19)}`,
      holds: ({ retraining: { causes, status } }) =>
        status === 'promoted' &&
        causes.some(({ kind }) => kind === 'drift') &&
        causes.every(({ kind }) => kind !== 'person'),
    },
    {
      says: ({ verdicts, release }) =>
        `release ${shortId(release.releaseId)} passed ${verdicts.length} gates, none worse than the champion on the same rows`,
      holds: ({ verdicts, release }) =>
        release.passed && verdicts.length > 0 && verdicts.every(({ verdict }) => verdict.outcome === 'pass'),
    },
    {
      says: ({ tookMs }) => `shadow, canary and watch let it through: promoted ${secondsText(tookMs)} after the scan`,
      holds: ({ rollout, champion, release }) =>
        rollout.outcome === 'promoted' &&
        champion === release.releaseId &&
        rollout.timeline.map(({ phase }) => phase).join() === PHASES.join(),
    },
    {
      says: ({ aucBefore, aucNow }) =>
        `it knows the campaign: AUC ${numberText(aucNow ?? Number.NaN)} where the one before had ${numberText(aucBefore ?? Number.NaN)}`,
      holds: ({ aucBefore, aucNow }) => aucBefore !== null && aucNow !== null && aucNow > aucBefore + 0.03,
    },
    {
      says: ({ requests, failed, actors }) =>
        `${countText(requests)} visits meanwhile, ${countText(failed)} failed; no person's name is in the audit chain, only ${actors.join(', ')}`,
      holds: ({ requests, failed, actors }) =>
        requests > 0 && failed === 0 && actors.length > 0 && !actors.some((actor) => PERSON.test(actor)),
    },
  ],
};

async function actorsSince(api: ApiClient, model: string, fromMs: number): Promise<readonly string[]> {
  const { records } = await downloadAudit(api, model);
  return [...new Set(records.filter(({ at }) => Date.parse(at) >= fromMs).map(({ actor }) => actor))].toSorted();
}
