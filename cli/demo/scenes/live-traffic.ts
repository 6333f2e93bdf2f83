import type { DriftScanListResponse } from '../../../contracts/api/operations.ts';
import type { DriftReport } from '../../../contracts/drift-scan.ts';
import { countText, numberText, shortId } from '../../terminal/plain-words.ts';
import { aucOf, byReleaseAndStatus, failedOf, failuresOf, type ReleaseStatus } from '../figures/traffic-figures.ts';
import { type ReferenceAnswers, referenceAnswers } from '../reference-answers.ts';
import type { Scene } from '../stage.ts';
import type { LiveTraffic } from '../traffic/live-traffic.ts';
import { until } from '../until.ts';

export interface UsualTraffic {
  readonly champion: string;
  readonly answers: readonly ReleaseStatus[];
  readonly requests: number;
  readonly failed: number;
  readonly failures: readonly string[];
  /** By what became of the visits. */
  readonly auc: number | null;
  /** The first scan that had enough to look at. */
  readonly scan: DriftReport;
  /** What the first release says to requests that are asked again later. */
  readonly reference: ReferenceAnswers;
}

/** So that the model's promise can be measured, and a scan has something to call usual. */
const VISITS = 1_000;

export const usualTraffic: Scene<{ readonly traffic: LiveTraffic; readonly champion: string }, UsualTraffic> = {
  name: 'live traffic',
  title: 'Customers come, and never stop until the end',
  play: async ({ api, model, screen, signal }, { traffic, champion }) => {
    screen.doing('business as usual');
    await until('business', () => (traffic.sent.length >= VISITS ? true : null), { signal });
    screen.doing('waiting for the first scan, which comes on its schedule');
    const scan = await until(
      'a scan of usual business',
      async () => {
        const { scans } = await api.get<DriftScanListResponse>(`/v1/models/${model}/drift`);
        return scans.findLast(({ drift }) => drift !== null && drift.outcome !== 'not-computable') ?? null;
      },
      { signal },
    );
    const reference = await referenceAnswers(api, model);
    const visits = [...traffic.sent];
    return {
      champion,
      answers: byReleaseAndStatus(visits),
      requests: visits.length,
      failed: failedOf(visits).length,
      failures: failuresOf(visits),
      auc: aucOf(visits),
      scan,
      reference,
    };
  },
  claims: [
    {
      says: ({ requests, failed, champion }) =>
        `${countText(requests)} visits, ${countText(failed)} failed, the others answered by ${shortId(champion)}`,
      holds: ({ answers, champion, requests, failed }) =>
        requests > 0 && failed === 0 && answers.every(({ releaseId }) => releaseId === champion),
    },
    {
      says: ({ auc }) => `it keeps its promise: AUC ${numberText(auc ?? Number.NaN)} by what became of the visits`,
      holds: ({ auc }) => auc !== null && auc >= 0.75,
    },
    {
      says: ({ scan }) =>
        `a scan of ${countText(scan.drift?.rows ?? 0)} requests finds nothing that has changed in ${scan.drift?.columns.length} columns`,
      holds: ({ scan }) => scan.drift?.outcome === 'stable',
    },
  ],
};
