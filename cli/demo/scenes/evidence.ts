import type { RolloutListResponse } from '../../../contracts/api/rollouts.ts';
import { type AuditReport, verifyAudit } from '../../../core/audit/verify-audit.ts';
import { downloadAudit } from '../../audit/audit-export.ts';
import { isSignedBy, keyOf } from '../../audit/checkpoint-signature.ts';
import { countText } from '../../terminal/plain-words.ts';
import { byReleaseAndStatus, failedOf, failuresOf, type ReleaseStatus } from '../figures/traffic-figures.ts';
import type { Scene } from '../stage.ts';
import type { LiveTraffic } from '../traffic/live-traffic.ts';

export interface Evidence {
  readonly answers: readonly ReleaseStatus[];
  readonly requests: number;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly outcomes: number;
  readonly rows: number;
  readonly problems: readonly string[];
  readonly audit: AuditReport;
  /** Beginnings and ends of rollouts in the chain, and the rollouts that there were. */
  readonly begun: number;
  readonly ended: number;
  readonly rollouts: number;
}

export const evidence: Scene<{ readonly traffic: LiveTraffic }, Evidence> = {
  name: 'evidence',
  title: 'What can be shown for it',
  play: async ({ api, model, screen }, { traffic }) => {
    screen.doing('the customers go home');
    await traffic.stop();
    screen.doing('the chain of audit records is checked, record by record');
    const { records, checkpoints } = await downloadAudit(api, model);
    const audit = verifyAudit(model, records, checkpoints, (checkpoint) =>
      isSignedBy(keyOf(checkpoint.publicKey), checkpoint),
    );
    const { rollouts } = await api.get<RolloutListResponse>(`/v1/models/${model}/rollouts`);
    const news = traffic.news();
    const actions = records.map(({ action }) => action);
    return {
      answers: byReleaseAndStatus(traffic.sent),
      requests: traffic.sent.length,
      failed: failedOf(traffic.sent).length,
      failures: failuresOf(traffic.sent),
      outcomes: news?.outcomesRecorded ?? 0,
      rows: news?.rowsStored ?? 0,
      problems: traffic.problems,
      audit,
      begun: actions.filter((action) => action === 'rollout.begun').length,
      ended: actions.filter((action) => /^rollout\.(promoted|rejected|rolled-back)$/.test(action)).length,
      rollouts: rollouts.length,
    };
  },
  claims: [
    {
      says: ({ requests, failed }) =>
        `${countText(requests)} requests from beginning to end, ${countText(failed)} failed`,
      holds: ({ requests, failed }) => requests > 0 && failed === 0,
    },
    {
      says: ({ rows, outcomes }) =>
        `${countText(rows)} visits stored and ${countText(outcomes)} outcomes recorded, none lost`,
      holds: ({ rows, outcomes, requests, problems }) =>
        problems.length === 0 && rows === requests && outcomes === requests,
    },
    {
      says: ({ audit }) =>
        `${countText(audit.records)} audit records follow from each other, signed for up to record ${countText(audit.signedTo)}`,
      holds: ({ audit }) => audit.problem === null && audit.records > 0 && audit.signedTo > 0,
    },
    {
      says: ({ rollouts }) => `${rollouts} rollouts are in them, each with one beginning and one end`,
      holds: ({ begun, ended, rollouts }) => rollouts > 0 && begun === rollouts && ended === rollouts,
    },
  ],
};
