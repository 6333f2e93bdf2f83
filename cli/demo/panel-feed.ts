import type { ModelResponse } from '../../contracts/api/catalog.ts';
import { binShares, failedOf, latencyQuantile, perSecond, sentBetween } from './figures/traffic-figures.ts';
import type { AnswersView } from './screen/panel-lines.ts';
import type { Stage } from './stage.ts';
import type { LiveTraffic } from './traffic/live-traffic.ts';

const FIGURES_EVERY_MS = 500;
const ROUTE_EVERY_MS = 1_500;
const SECONDS_SHOWN = 20;
/** Who answers is told of so short a while that a change of the route is seen. */
const ANSWERS_MS = 1_500;
const HISTOGRAM_MS = 6_000;

/** Keeps the panel's figures up to date until it is called. */
export function feedPanel(
  { api, model, screen, signal }: Stage,
  traffic: LiveTraffic,
  /** Baskets that the first model learned from, and the edges of their bins. */
  learned: { readonly baskets: readonly number[]; readonly edges: readonly number[] },
): () => void {
  const learnedShares = binShares(learned.baskets, learned.edges);
  let roles = new Map<string, string>();
  const figures = (): void => {
    const nowMs = Date.now();
    const { sent } = traffic;
    const recent = sentBetween(sent.slice(-5_000), nowMs - HISTOGRAM_MS);
    screen.show({
      traffic: {
        perSecond: perSecond(sent, nowMs, SECONDS_SHOWN),
        p95Ms: latencyQuantile(recent, 0.95),
        answered: sent.length,
        failed: failedOf(sent).length,
      },
      answers: answersOf(sentBetween(recent, nowMs - ANSWERS_MS), roles),
      histogram: {
        feature: 'basket',
        learned: learnedShares,
        live: binShares(
          recent.map(({ basket }) => basket),
          learned.edges,
        ),
      },
    });
  };
  const readRoute = (): void => {
    api
      .get<ModelResponse>(`/v1/models/${model}`)
      .then(({ route }) => {
        roles = rolesOf(route);
      })
      .catch(() => {}); // the next one will tell
  };
  const timers = [setInterval(figures, FIGURES_EVERY_MS), setInterval(readRoute, ROUTE_EVERY_MS)];
  const stop = (): void => {
    for (const timer of timers) clearInterval(timer);
  };
  signal.addEventListener('abort', stop, { once: true });
  return stop;
}

function rolesOf(route: ModelResponse['route']): Map<string, string> {
  const roles = new Map<string, string>();
  if (route?.champion != null) roles.set(route.champion.releaseId, 'champion');
  if (route?.challenger != null) roles.set(route.challenger.releaseId, 'challenger');
  if (route?.shadow != null) roles.set(route.shadow.releaseId, 'shadow, asked too');
  return roles;
}

/** Whoever answered, the most frequent first, then a shadow, which answers nobody. */
function answersOf(
  visits: readonly { readonly releaseId: string | null }[],
  roles: ReadonlyMap<string, string>,
): readonly AnswersView[] {
  const counts = new Map<string, number>();
  for (const { releaseId } of visits) {
    if (releaseId !== null) counts.set(releaseId, (counts.get(releaseId) ?? 0) + 1);
  }
  for (const [releaseId, role] of roles)
    if (role.startsWith('shadow') && !counts.has(releaseId)) counts.set(releaseId, 0);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([releaseId, count]) => ({
      releaseId,
      role: roles.get(releaseId) ?? '',
      share: total === 0 ? 0 : count / total,
    }));
}
