import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { RolloutPolicy } from '../../../core/definitions/rollout-policy.ts';
import { PlatformError } from '../../../core/errors.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { armsOf, wantedArms } from '../../../core/rollout/arms.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { EndpointState, Truth } from '../../../core/rollout/truth.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry, RegisteredModel, ReleaseStore } from '../../ports/model-registry.ts';
import { type EndpointContentDeps, endpointContent } from './endpoint-content.ts';
import { type RefusalDeps, refusalOf } from './refusal-of.ts';

export interface ReadTruthDeps extends EndpointContentDeps, RefusalDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'release' | 'rollout' | 'rollouts' | 'hold'>;
  readonly releases: ReleaseStore;
  readonly hosting: Pick<ModelHostingPort, 'status' | 'runningImages'>;
  readonly clock: Clock;
  readonly pollMs: number;
}

/** Of a release whose own policy cannot be read: it is led back and nowhere else. */
const NO_POLICY: RolloutPolicy = {
  inServiceTimeoutMs: HOUR_MS,
  approval: null,
  shadow: null,
  canary: null,
  watch: null,
  judge: {
    everyMs: MINUTE_MS,
    falseRollback: 0.01,
    falsePromotion: 0.05,
    errors: { margin: 0, max: null },
    latency: null,
    predictions: null,
    missing: null,
    outcome: null,
  },
  onNewer: 'queue',
};

/** Everything about a rollout but the news. */
export interface ReadTruth extends Omit<Truth, 'news'> {
  /** Null when it cannot be had: it is gone, or another one. */
  readonly manifest: ReleaseManifest | null;
  /** Why there is no manifest; empty when there is. */
  readonly because: string;
}

/** The rollout is read before the route and the hold, so that a change made in between is refused by the condition of the write. */
export async function readTruth(deps: ReadTruthDeps, rolloutId: string): Promise<ReadTruth> {
  const rollout = await deps.registry.rollout(rolloutId);
  const [model, hold, { manifest, because }] = await Promise.all([
    deps.registry.model(rollout.model),
    deps.registry.hold(rollout.model),
    manifestOf(deps, rollout.releaseId),
  ]);
  return {
    rollout,
    route: model.route,
    policy: manifest?.model.rollout ?? NO_POLICY,
    hasLatencyGate: manifest?.model.gates.some(({ kind }) => kind === 'latency') ?? false,
    hold,
    refusal: rollout.phase === 'gates' && manifest !== null ? await refusalOf(deps, rollout, manifest, model) : null,
    endpoint: await endpointState(deps, rollout, model, manifest),
    now: deps.clock.now(),
    pollMs: deps.pollMs,
    manifest,
    because,
  };
}

async function manifestOf(
  { releases }: ReadTruthDeps,
  releaseId: string,
): Promise<Pick<ReadTruth, 'manifest' | 'because'>> {
  try {
    return { manifest: await releases.manifest(releaseId), because: '' };
  } catch (error) {
    const isGone = error instanceof PlatformError && (error.kind === 'not-found' || error.kind === 'corrupt-data');
    if (!isGone) throw error;
    return { manifest: null, because: error.message };
  }
}

/** Where nothing is wanted of the endpoint it is as it should be; where it cannot be known what to run, nobody takes it for ready. */
async function endpointState(
  deps: ReadTruthDeps,
  rollout: Rollout,
  model: RegisteredModel,
  manifest: ReleaseManifest | null,
): Promise<EndpointState> {
  const arms = wantedArms(rollout, model.route);
  if (arms.length === 0) return { state: 'in-service' };
  if (manifest === null && arms.some(({ releaseId }) => releaseId === rollout.releaseId)) return { state: 'changing' };
  const status = await deps.hosting.status(await endpointContent(deps, model, arms));
  // AWS patches its own images under their tags: that must never keep a release from coming back
  const isBroughtUp = rollout.kind === 'release' && rollout.phase === 'deploying' && status.state === 'in-service';
  const reason = isBroughtUp && manifest !== null ? await strangeContainer(deps, rollout, model, manifest) : null;
  return reason === null ? status : { state: 'failed', reason };
}

/** A tag can be moved between registration and deployment: then another program would answer than the one that was judged. */
async function strangeContainer(
  { registry, hosting }: ReadTruthDeps,
  rollout: Rollout,
  { route, endpointName }: RegisteredModel,
  { provenance, artifact }: ReleaseManifest,
): Promise<string | null> {
  const { variant } = armsOf(rollout, route).candidate;
  const running = (await hosting.runningImages(endpointName)).filter((one) => one.variant === variant);
  if (running.length === 0) return null;
  const recorded =
    provenance?.container.digest ?? (await registry.release(rollout.releaseId)).modelPackage?.imageDigest ?? null;
  const strange = recorded === null ? undefined : running.find(({ digest }) => digest !== recorded);
  if (strange === undefined) return null;
  return `variant ${variant} runs image ${artifact.image} with digest ${strange.digest}, and the release was registered with ${recorded}: the image was replaced; train again, so that a release is judged with the one there is`;
}
