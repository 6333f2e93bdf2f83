import { type Random, SECOND_MS } from '../../core/clock.ts';
import type { Route } from '../../core/release/route.ts';
import { armOf, isShadowed } from '../../core/rollout/assign.ts';
import { standardNormal } from '../../core/stats/seeded-random.ts';
import type { LoggedRequest, RequestLog, ShadowAnswer } from './request-log.ts';
import type { LoadedVariant } from './simulated-endpoint.ts';

/** How a release answers, now. */
export interface Behaviour {
  /** Share of the requests it fails; 0 to 1. */
  readonly errorRatio: number;
  readonly medianMs: number;
  /** Added to every score. */
  readonly scoreShift: number;
  /** Mean share of inputs without a value. */
  readonly missingRatio: number;
  /** Mean of the ground truth of what it answered; null when none arrives. */
  readonly outcomeMean: number | null;
  /** Requests of one burst that it has room for; null for any number. */
  readonly maxPerBurst: number | null;
}

export const GOOD: Behaviour = {
  errorRatio: 0.002,
  medianMs: 20,
  scoreShift: 0,
  missingRatio: 0.05,
  outcomeMean: 0.3,
  maxPerBurst: null,
};

/** What happens to the lines of the log on their way. */
interface LogDelivery {
  /** Share of the lines that come twice, and that never come. */
  readonly duplicatedRatio: number;
  lostRatio(line: LoggedRequest): number;
  delayMs(line: LoggedRequest): number;
}

export const PROMPT: LogDelivery = { duplicatedRatio: 0, lostRatio: () => 0, delayMs: () => 10 * SECOND_MS };

const UNITS = Array.from({ length: 400 }, (_, i) => `{"customer_id":${i}}`);
const LATE_AFTER_MS = 1_000;

interface TrafficProps {
  readonly random: Random;
  readonly log: RequestLog;
  readonly behaviourOf: (releaseId: string) => Behaviour;
  /** How long after a request its outcome is known; null for never. */
  readonly outcomeDelayMs: (releaseId: string) => number | null;
}

/** Entities that ask again and again, answered as the prediction handler answers: by the route, on the variant that it names. */
export class Traffic {
  readonly #props: TrafficProps;
  delivery: LogDelivery = PROMPT;
  /** Requests that found their release not on the variant that the route names. */
  homeless = 0;
  answered = 0;
  failed = 0;
  #last = 0;

  constructor(props: TrafficProps) {
    this.#props = props;
  }

  /** One burst of requests at this instant. */
  burst(route: Route, serving: readonly LoadedVariant[], requests: number, nowMs: number): void {
    if (route.champion === null) return;
    const used = new Map<string, number>();
    for (let i = 0; i < requests; i++) this.#request(route, serving, used, nowMs + i);
  }

  #request(route: Route, serving: readonly LoadedVariant[], used: Map<string, number>, atMs: number): void {
    const { random, log } = this.#props;
    const unit = UNITS[Math.floor(random() * UNITS.length)]!;
    const drawn = drawOf(route, unit);
    const predictionId = `p-${++this.#last}`;
    const first = this.#ask(route, drawn.arm, serving, used);
    const standIn = first.error === null ? null : standInFor(route, drawn.arm);
    const isFailedOver = standIn !== null;
    const arm = standIn ?? drawn.arm;
    const answer = standIn === null ? first : this.#ask(route, standIn, serving, used);
    if (answer.error === null) this.answered++;
    else this.failed++;
    const shadow = drawn.isShadowed && !isFailedOver ? this.#shadow(route, answer.score) : null;
    const line: LoggedRequest = {
      predictionId,
      unit,
      atMs,
      visibleAtMs: atMs,
      rolloutId: route.challenger?.rolloutId ?? route.shadow?.rolloutId ?? null,
      share: route.challenger?.share ?? null,
      arm,
      releaseId: answer.releaseId,
      failedReleaseId: isFailedOver ? first.releaseId : null,
      error: answer.error,
      latencyMs: answer.latencyMs,
      score: answer.score,
      missing: answer.missing,
      shadow,
    };
    const { delivery } = this;
    if (random() < delivery.lostRatio(line)) return;
    const delivered = { ...line, visibleAtMs: atMs + delivery.delayMs(line) };
    log.add(delivered);
    if (random() < delivery.duplicatedRatio) log.add(delivered);
    this.#outcome(line);
  }

  #ask(
    route: Route,
    arm: 'champion' | 'challenger',
    serving: readonly LoadedVariant[],
    used: Map<string, number>,
  ): Omit<ShadowAnswer, 'latencyMs'> & { readonly latencyMs: number | null; readonly missing: number | null } {
    const { random, behaviourOf } = this.#props;
    const { releaseId, variant } = route[arm]!; // whoever was drawn is in the route
    const isHome = serving.some((one) => one.variant === variant && one.releaseId === releaseId);
    if (!isHome) this.homeless++;
    const behaviour = behaviourOf(releaseId);
    const load = (used.get(releaseId) ?? 0) + 1;
    used.set(releaseId, load);
    const isFull = behaviour.maxPerBurst !== null && load > behaviour.maxPerBurst;
    if (!isHome || isFull || random() < behaviour.errorRatio) {
      return {
        releaseId,
        error: isHome ? 'ModelFailedError' : 'UnavailableError',
        latencyMs: null,
        score: null,
        missing: null,
      };
    }
    return {
      releaseId,
      error: null,
      latencyMs: latencyOf(behaviour, random),
      score: clamp(random() + behaviour.scoreShift),
      missing: random() < behaviour.missingRatio ? 1 : 0,
    };
  }

  #shadow({ shadow }: Route, answered: number | null): ShadowAnswer | null {
    if (shadow === null) return null;
    const { random, behaviourOf } = this.#props;
    const behaviour = behaviourOf(shadow.releaseId);
    const latencyMs = latencyOf(behaviour, random);
    const error = random() < behaviour.errorRatio ? 'ModelFailedError' : latencyMs > LATE_AFTER_MS ? 'late' : null;
    const score = error === null && answered !== null ? clamp(answered + behaviour.scoreShift + 0.01 * random()) : null;
    return { releaseId: shadow.releaseId, error, latencyMs, score };
  }

  #outcome({ predictionId, releaseId, error, atMs }: LoggedRequest): void {
    const { random, log, behaviourOf, outcomeDelayMs } = this.#props;
    const { outcomeMean } = behaviourOf(releaseId);
    const delayMs = outcomeDelayMs(releaseId);
    if (outcomeMean === null || delayMs === null || error !== null) return;
    log.addOutcome({ predictionId, value: random() < outcomeMean ? 1 : 0, recordedAtMs: atMs + delayMs });
  }
}

/** Who answers what an arm has failed: the champion, and for a champion that is watched the one before it. */
function standInFor({ challenger }: Route, arm: Drawn['arm']): Drawn['arm'] | null {
  if (arm === 'challenger') return 'champion';
  return challenger?.wasChampion ? 'challenger' : null;
}

const REMEMBERED_ROUTES = 500;
const remembered = new Map<string, Map<string, Drawn>>();

interface Drawn {
  readonly arm: 'champion' | 'challenger';
  readonly isShadowed: boolean;
}

/** What the route draws for a unit; remembered over all simulations, because it depends on nothing else. */
function drawOf({ challenger, shadow }: Route, unit: string): Drawn {
  const name = `${challenger?.rolloutId} ${challenger?.share} ${shadow?.rolloutId} ${shadow?.share}`;
  let units = remembered.get(name);
  if (units === undefined) {
    if (remembered.size >= REMEMBERED_ROUTES) remembered.clear();
    units = new Map();
    remembered.set(name, units);
  }
  let drawn = units.get(unit);
  if (drawn === undefined) {
    drawn = { arm: armOf({ challenger }, unit), isShadowed: isShadowed({ shadow }, unit) };
    units.set(unit, drawn);
  }
  return drawn;
}

function latencyOf({ medianMs }: Behaviour, random: Random): number {
  return medianMs * Math.exp(0.3 * standardNormal(random));
}

function clamp(score: number): number {
  return Math.min(1, Math.max(0, score));
}
