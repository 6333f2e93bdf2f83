import type { PredictRequest, PredictResponse } from '../../../contracts/api/predictions.ts';
import { InvalidInputError, NotFoundError } from '../../../core/errors.ts';
import type { Route } from '../../../core/release/route.ts';
import { featureCache } from '../../../core/serving/feature-cache.ts';
import { RouteMovedError } from '../../../core/serving/serving-errors.ts';
import type { Clock, Ids } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ModelInvoker } from '../../ports/model-invoker.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { OnlineItem, OnlineStore } from '../../ports/online-store.ts';
import type { PredictionLedger } from '../../ports/prediction-ledger.ts';
import type { Timing } from '../../ports/timing.ts';
import { answerBy } from './answer-by.ts';
import { type DrawnArms, drawArms, type FailedArm, type Request, type StandingArms, standing } from './draw-arms.ts';
import { type PlannedRead, readForPlans } from './read-for-plans.ts';
import { releasePlans } from './release-plans.ts';

const PLANNINGS_PER_REQUEST = 2;
/** Of the memory of one instance of the function. */
const FEATURE_CACHE_BYTES = 64 * 1024 * 1024;

export interface PredictDeps {
  readonly online: OnlineStore;
  readonly releases: ReleaseStore;
  /** Asked only to name the models there are when one is unknown. */
  readonly registry: Pick<ModelRegistry, 'models'>;
  readonly invoker: ModelInvoker;
  readonly ledger: PredictionLedger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly ids: Ids;
}

/**
 * Answers predictions by the route: the challenger those units that are drawn for it, the champion the others, the
 * champion too whatever the challenger can not answer, and while a promotion is watched the one before whatever the
 * champion can not. The plans of releases are kept, so that a warm request reads
 * the store once, for the features of everybody who is asked and for the route, or for the route alone where features
 * may be used again; when the route has moved so that it is another release's turn the request is planned anew, once.
 */
export interface Predictor {
  /**
   * @throws NotFoundError for an unknown model, NotPromotedError before its first promotion, InvalidInputError for
   *   features or entities that do not fit, MissingFeaturesError for those that the model does not answer without,
   *   RouteMovedError when the route moved twice
   */
  predict(model: string, ask: PredictRequest): Promise<PredictResponse>;
}

export function predictor(deps: PredictDeps): Predictor {
  const plans = releasePlans(deps);
  const reading = { ...deps, cache: featureCache<OnlineItem>(FEATURE_CACHE_BYTES) };
  /** The route of each model as it was last seen. */
  const routes = new Map<string, Route>();

  const firstRoute = async (model: string): Promise<Route> => {
    const { routes: read } = await deps.online.read([], [model]);
    const route = read[0] ?? null;
    if (route === null) throw new NotFoundError('model', model, await modelNames(deps));
    return route;
  };

  return {
    async predict(model, ask) {
      refuseUnsupported(ask);
      const requestedAt = deps.clock.now();
      const predictionIds = (ask.instances ?? [null]).map(() => deps.ids.next());
      const request: Request = { model, ask, requestedAt, predictionIds };
      let route: Route | null = routes.get(model) ?? (await firstRoute(model));
      let failed: FailedArm | null = null;
      for (let plannings = 0; plannings < PLANNINGS_PER_REQUEST; ) {
        const drawn: DrawnArms = await drawArms(plans, route, request, failed);
        const seen = await readForPlans(reading, model, readsOf(drawn));
        route = seen.route;
        if (route !== null) routes.set(model, route);
        const arms: StandingArms | null = standing(request, drawn, route);
        if (arms === null) {
          plannings++;
          continue;
        }
        if (drawn.problem !== null) throw drawn.problem;
        const answered = await answerBy(deps, request, drawn, arms, seen.read);
        if (!('error' in answered)) return answered;
        failed = answered; // happens once: nobody stands in for whoever is asked next
      }
      throw new RouteMovedError(model);
    },
  };
}

/** What whoever is to answer needs, then the shadow. */
function readsOf({ answering, shadow }: DrawnArms): readonly PlannedRead[] {
  return shadow === null || 'error' in shadow ? [answering] : [answering, shadow];
}

async function modelNames({ registry }: PredictDeps): Promise<readonly string[]> {
  return (await registry.models()).map(({ name }) => name);
}

function refuseUnsupported(ask: PredictRequest): void {
  if (ask.explain === true) {
    throw new InvalidInputError('explain: true is not supported yet; leave it out', { field: 'explain' });
  }
  if (ask.instances !== undefined && ask.context !== undefined) {
    throw new InvalidInputError(
      'context goes with entities; instances give every input of the model, on-demand features included, so leave context out',
      { field: 'context' },
    );
  }
}
