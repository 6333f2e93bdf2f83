import { countText, numberText } from '../../terminal/plain-words.ts';
import { aucOf, failedOf, sentBetween } from '../figures/traffic-figures.ts';
import type { Scene } from '../stage.ts';
import type { LiveTraffic } from '../traffic/live-traffic.ts';
import { until } from '../until.ts';

export interface Campaign {
  readonly beganAtMs: number;
  readonly visits: number;
  readonly failed: number;
  /** Of the baskets, in euros. */
  readonly medianBefore: number;
  readonly medianNow: number;
  readonly aucBefore: number | null;
  readonly aucNow: number | null;
  /** Rows of visits that the platform took in before and meanwhile. */
  readonly rowsBefore: number;
  readonly rowsNow: number;
}

/** So that what has changed can be told from chance. */
const VISITS = 600;
/** Visits under way when the campaign begins were drawn before. */
const DRAWN_BEFORE_MS = 500;

/** The population changes: who asks, what they do, and what becomes of it. */
export const campaign: Scene<{ readonly traffic: LiveTraffic }, Campaign> = {
  name: 'drift',
  title: 'The world changes: a voucher campaign, app only, in one country',
  play: async ({ screen, signal }, { traffic }) => {
    const beganAtMs = Date.now();
    const rowsBefore = traffic.news()?.rowsStored ?? 0;
    traffic.change('campaign');
    screen.doing('other customers come, with small baskets, and buy');
    const since = () => sentBetween(traffic.sent, beganAtMs + DRAWN_BEFORE_MS);
    await until('the campaign', () => (since().length >= VISITS ? true : null), { signal });
    const before = sentBetween(traffic.sent, 0, beganAtMs);
    const now = since();
    return {
      beganAtMs,
      visits: now.length,
      failed: failedOf(now).length,
      medianBefore: median(before.map(({ basket }) => basket)),
      medianNow: median(now.map(({ basket }) => basket)),
      aucBefore: aucOf(before),
      aucNow: aucOf(now),
      rowsBefore,
      rowsNow: traffic.news()?.rowsStored ?? 0,
    };
  },
  claims: [
    {
      says: ({ medianBefore, medianNow }) =>
        `baskets shrink: the median goes from ${medianBefore.toFixed(0)} € to ${medianNow.toFixed(0)} €`,
      holds: ({ medianBefore, medianNow }) => medianNow < 0.85 * medianBefore,
    },
    {
      says: ({ aucBefore, aucNow }) =>
        `the model does not know these people: AUC ${numberText(aucBefore ?? Number.NaN)} → ${numberText(aucNow ?? Number.NaN)}`,
      holds: ({ aucBefore, aucNow }) => aucBefore !== null && aucNow !== null && aucNow < aucBefore - 0.08,
    },
    {
      says: ({ rowsBefore, rowsNow }) =>
        `${countText(rowsNow - rowsBefore)} ended visits were pushed as they came, with the truth for every prediction`,
      holds: ({ rowsBefore, rowsNow, failed }) => rowsNow > rowsBefore && failed === 0,
    },
  ],
};

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
