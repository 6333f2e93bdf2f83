import type { DriftScanListResponse } from '../../../contracts/api/operations.ts';
import type { DriftReport } from '../../../contracts/drift-scan.ts';
import { secondsText, shortId } from '../../terminal/plain-words.ts';
import type { Scene } from '../stage.ts';
import { until } from '../until.ts';

export interface FoundDrift {
  /** The scan that found it. */
  readonly report: DriftReport;
  /** Inputs that it calls drifting. */
  readonly drifting: readonly string[];
  /** From the first visit of the campaign to the end of the scan's window. */
  readonly afterMs: number;
}

/** What the campaign changes; how soon each is certain hangs on chance, and on how much of the window it fills. */
const CHANGED = ['account:country', 'visit:basket', 'visit:device', 'visit:minutes'];

/** The platform looks by itself, on the model's schedule. */
export const scan: Scene<{ readonly beganAtMs: number }, FoundDrift> = {
  name: 'scan',
  title: 'A scan on its schedule compares what is asked with what was learned',
  play: async ({ api, model, screen, signal }, { beganAtMs }) => {
    screen.doing('waiting for the scan that sees it');
    const scans = async (): Promise<readonly DriftReport[]> =>
      (await api.get<DriftScanListResponse>(`/v1/models/${model}/drift`)).scans;
    const isFound = ({ at, drift }: DriftReport): boolean =>
      Date.parse(at) > beganAtMs && drift?.outcome === 'drifting' && drift.isPersistent;
    const report = await until('a scan that finds drift', async () => (await scans()).filter(isFound).at(-1) ?? null, {
      signal,
    });
    const drifting = (report.drift?.columns ?? []).filter(
      ({ role, outcome }) => role === 'input' && outcome === 'drifting',
    );
    for (const { column, because } of drifting) screen.tell(`${column}: ${because}`, 'drifting', { column, because });
    return {
      report,
      drifting: [...new Set(drifting.map(({ column }) => column))].toSorted(),
      afterMs: Date.parse(report.at) - beganAtMs,
    };
  },
  claims: [
    {
      says: ({ report, afterMs }) =>
        `scan ${shortId(report.scanId)} finds drift ${secondsText(afterMs)} after the campaign began`,
      holds: ({ report, afterMs }) => report.drift?.outcome === 'drifting' && afterMs > 0,
    },
    {
      says: ({ drifting }) =>
        `it names ${drifting.join(', ')}, which the campaign has changed, and nothing that it has not`,
      holds: ({ drifting }) => drifting.length > 0 && drifting.every((column) => CHANGED.includes(column)),
    },
  ],
};
