import type { PredictRequest, PredictResponse } from '../../../contracts/api/predictions.ts';
import { DAY_MS } from '../../../core/clock.ts';
import { InvalidInputError, NotFoundError } from '../../../core/errors.ts';
import type { Arm, Route } from '../../../core/release/route.ts';
import { checkEntities } from '../../../core/serving/entity-key.ts';
import { featureCache } from '../../../core/serving/feature-cache.ts';
import { type ModelRow, rowFromCaller, rowFromStore } from '../../../core/serving/model-row.ts';
import type { Prediction, PredictionRecord } from '../../../core/serving/prediction-record.ts';
import { checkContext, contextBody } from '../../../core/serving/request-context.ts';
import { NotPromotedError, RouteMovedError } from '../../../core/serving/serving-errors.ts';
import { planServing, requestFields, type ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { Clock, Ids } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ModelInvoker } from '../../ports/model-invoker.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { OnlineItem, OnlineKey, OnlineStore } from '../../ports/online-store.ts';
import type { PredictionLedger } from '../../ports/prediction-ledger.ts';
import { featuresBody } from './features-body.ts';
import { type ReadForPlanDeps, readForPlan } from './read-for-plan.ts';

const RELEASES_PER_REQUEST = 2;
const KEPT_PLANS = 200;
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
  readonly ids: Ids;
}

/**
 * Answers predictions. The plan of each model's release is kept, so a warm request reads the store once, for features
 * and route together, or the route alone when the model lets features be used again; when the route has moved to another
 * release the request is planned anew, once.
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
  /** By model, the least recently planned first. */
  const plans = new Map<string, ServingPlan>();
  const reading = { ...deps, cache: featureCache<OnlineItem>(FEATURE_CACHE_BYTES) };

  const planOf = async (model: string, releaseId: string): Promise<ServingPlan> => {
    const kept = plans.get(model);
    if (kept?.releaseId === releaseId) return kept;
    const plan = planServing(releaseId, await deps.releases.manifest(releaseId));
    plans.delete(model);
    plans.set(model, plan);
    for (const oldest of plans.keys()) if (plans.size > KEPT_PLANS) plans.delete(oldest);
    return plan;
  };

  const coldPlan = async (model: string): Promise<ServingPlan> => {
    const { routes } = await deps.online.read([], [model]);
    const route = routes[0] ?? null;
    if (route === null) throw new NotFoundError('model', model, await modelNames(deps));
    return planOf(model, championOf(model, route).releaseId);
  };

  return {
    async predict(model, ask) {
      refuseUnsupported(ask);
      const requestedAt = deps.clock.now();
      let plan = plans.get(model) ?? (await coldPlan(model));
      for (let release = 0; release < RELEASES_PER_REQUEST; release++) {
        const seen = await look(reading, plan, ask, requestedAt);
        const champion = championOf(model, seen.route);
        if (champion.releaseId === plan.releaseId) {
          const arm = { ...champion, endpointName: seen.endpointName };
          return answer(deps, plan, arm, ask, seen.checked(), requestedAt);
        }
        plan = await planOf(model, champion.releaseId);
      }
      throw new RouteMovedError(model);
    },
  };
}

interface Look {
  readonly route: Route | null;
  readonly endpointName: string;
  /** Checked and put together only once it is known that the plan holds. */
  readonly checked: () => Checked;
}

interface Checked {
  readonly rows: readonly ModelRow[];
  /** Request-time values as evidence tells them; null when the caller gave the features itself. */
  readonly context: PredictionRecord['context'];
  readonly featuresReadAt: PredictionRecord['featuresReadAt'];
}

/** The one read of a request: features and route. */
async function look(deps: ReadForPlanDeps, plan: ServingPlan, ask: PredictRequest, requestedAt: Date): Promise<Look> {
  const asked = keysOf(plan, ask);
  const { route, items, readAtMs } = await readForPlan(deps, plan, asked.keys);
  const nowMs = deps.clock.now().getTime();
  const checked = (): Checked => {
    if (asked.problem !== null) throw asked.problem;
    if (ask.instances !== undefined) {
      return {
        rows: ask.instances.map((given, i) => rowFromCaller(plan, given, `instances[${i}]`)),
        context: null,
        featuresReadAt: null,
      };
    }
    const fields = requestFields(plan);
    const context = checkContext(fields, ask.context ?? {});
    const row = rowFromStore(plan, items, nowMs, { context, requestTimeMs: requestedAt.getTime() });
    return { rows: [row], context: contextBody(fields, context), featuresReadAt: new Date(readAtMs).toISOString() };
  };
  return { route, endpointName: route?.endpointName ?? '', checked };
}

async function answer(
  deps: PredictDeps,
  plan: ServingPlan,
  arm: Arm & { readonly endpointName: string },
  ask: PredictRequest,
  { rows, context, featuresReadAt }: Checked,
  requestedAt: Date,
): Promise<PredictResponse> {
  const ids = rows.map(() => deps.ids.next());
  const numbers = rows.map(({ row }) => row);
  const scores = await deps.invoker.score(arm.endpointName, arm.variant, numbers, ids[0] ?? '');
  const answeredAt = new Date(Math.max(deps.clock.now().getTime(), requestedAt.getTime())); // clocks step back
  const records = rows.map(
    ({ features }, i): PredictionRecord => ({
      predictionId: ids[i]!,
      model: plan.model,
      releaseId: plan.releaseId,
      arm: 'champion',
      entities: ask.entities ?? null,
      context,
      features,
      featuresReadAt,
      prediction: decide(plan, scores[i]!),
      requestedAt: requestedAt.toISOString(),
      answeredAt: answeredAt.toISOString(),
      expiresAtSeconds: Math.ceil((answeredAt.getTime() + plan.evidenceRetentionDays * DAY_MS) / 1000),
    }),
  );
  // nothing is answered before it would survive the loss of this process
  await Promise.all(records.map((record) => deps.ledger.record(record)));

  const answerer = { model: plan.model, releaseId: plan.releaseId, arm: arm.variant };
  const [only] = records;
  if (ask.instances === undefined && only !== undefined) {
    const { predictionId, prediction, features } = only;
    return { predictionId, ...answerer, prediction, features: featuresBody(features) };
  }
  return { ...answerer, predictions: records.map(({ predictionId, prediction }) => ({ predictionId, prediction })) };
}

function decide({ decisionThreshold }: ServingPlan, score: number): Prediction {
  return { score, decision: decisionThreshold === null ? null : score >= decisionThreshold };
}

function championOf(model: string, route: Route | null): Arm {
  if (route?.champion == null) throw new NotPromotedError(model);
  return route.champion;
}

/** What to read. Entities that do not fit are a problem only if the plan still holds: another release may have other keys. */
function keysOf(
  plan: ServingPlan,
  ask: PredictRequest,
): { readonly keys: readonly OnlineKey[]; readonly problem: InvalidInputError | null } {
  if (ask.instances !== undefined) return { keys: [], problem: null };
  const entities = ask.entities ?? {};
  try {
    checkEntities(plan.joinKeys, entities);
  } catch (error) {
    if (error instanceof InvalidInputError) return { keys: [], problem: error };
    throw error;
  }
  const keys = plan.views.map(({ entity, joinKeys, view, version }) => ({
    entity,
    key: joinKeys.map((name) => entities[name]!), // checked just above
    view,
    version,
  }));
  return { keys, problem: null };
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
