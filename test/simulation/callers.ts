import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Route } from '../../core/release/route.ts';
import type { ModelRegistry } from '../../lambdas/ports/model-registry.ts';
import type { LoadedVariant } from './simulated-endpoint.ts';
import type { Traffic } from './traffic.ts';
import type { VirtualTime } from './virtual-time.ts';

const RARE_BURST_EVERY_MS = 3 * MINUTE_MS;
/** Requests of one epoch of a route after which more of them show nothing new. */
const ENOUGH_REQUESTS = 1_500;

interface CallersProps {
  readonly time: VirtualTime;
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly traffic: Traffic;
  readonly serving: (endpointName: string) => readonly LoadedVariant[];
  /** After each burst. */
  readonly onAsked: () => void;
}

/** Those who ask a model all the time: as often as it takes to judge a rollout, rarely while there is nothing to judge. */
export class Callers {
  /** Requests of one burst, and the pause between two. */
  burst = 45;
  burstEveryMs = 20 * SECOND_MS;
  readonly #props: CallersProps;
  readonly #sent = new Map<string, { epoch: number; requests: number }>();

  constructor(props: CallersProps) {
    this.#props = props;
  }

  start(model: string): void {
    this.#after(this.burstEveryMs, model);
  }

  #after(waitMs: number, model: string): void {
    const { time } = this.#props;
    time.at(time.nowMs + waitMs, () => void this.#ask(model));
  }

  async #ask(model: string): Promise<void> {
    const { registry, serving, time, traffic, onAsked } = this.#props;
    const { route } = await registry.model(model);
    const isRare = this.#isRare(model, route);
    const requests = isRare ? Math.min(3, this.burst) : this.burst;
    this.#sent.set(model, { epoch: route.epoch, requests: this.#sentIn(model, route) + requests });
    traffic.burst(route, serving(route.endpointName), requests, time.nowMs);
    onAsked();
    this.#after(isRare ? RARE_BURST_EVERY_MS : this.burstEveryMs, model);
  }

  #isRare(model: string, route: Route): boolean {
    const sent = this.#sentIn(model, route);
    const isJudged = route.challenger !== null || route.shadow !== null;
    return sent >= ENOUGH_REQUESTS || (!isJudged && sent > this.burst);
  }

  #sentIn(model: string, { epoch }: Route): number {
    const sent = this.#sent.get(model);
    return sent?.epoch === epoch ? sent.requests : 0;
  }
}
