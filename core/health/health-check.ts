/** One look at one thing that a model's inputs come from. */
export interface HealthCheck {
  /** `source transactions`, `feature view customer_spend`, `predictions`. */
  readonly subject: string;
  readonly check: 'freshness' | 'volume' | 'nulls' | 'lateness' | 'schema' | 'served-missing';
  readonly outcome: 'healthy' | 'unhealthy' | 'not-computable';
  /** In a sentence, with the numbers. */
  readonly because: string;
  readonly seen: number | null;
  readonly limit: number | null;
}

/** What a scan knows of the pipelines that feed a model. */
export interface HealthFindings {
  readonly outcome: HealthCheck['outcome'];
  readonly because: string;
  /** Unhealthy ones first. */
  readonly checks: readonly HealthCheck[];
}

const ORDER: readonly HealthCheck['outcome'][] = ['unhealthy', 'healthy', 'not-computable'];
/** Of what is unhealthy, in the sentence that stands for all. */
const MAX_NAMED = 3;

/** The worst of the checks. Where nothing could be looked at, nothing is known: that is not healthy. */
export function healthOf(checks: readonly HealthCheck[]): HealthFindings {
  const sorted = ORDER.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  const [bad, good] = ORDER.map((outcome) => checks.filter((check) => check.outcome === outcome).length);
  const outcome = sorted[0]?.outcome ?? 'not-computable';
  return { outcome, because: sentence(outcome, sorted, bad ?? 0, good ?? 0), checks: sorted };
}

function sentence(outcome: HealthCheck['outcome'], sorted: readonly HealthCheck[], bad: number, good: number): string {
  if (sorted.length === 0) return 'nothing that feeds the model could be looked at';
  const all = `${sorted.length} checks`;
  if (outcome === 'healthy') return `${good} of ${all} are well and none is not`;
  if (outcome === 'not-computable') return `none of ${all} could be made: ${sorted[0]?.because ?? ''}`;
  const named = sorted.slice(0, Math.min(bad, MAX_NAMED)).map(({ because }) => because);
  return `${named.join('; ')}${bad > MAX_NAMED ? `; and ${bad - MAX_NAMED} more` : ''}`;
}
