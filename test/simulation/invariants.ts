import { CHAIN_START } from '../../core/audit/audit-record.ts';
import { haveAllPassed } from '../../core/gates/judge-gates.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import type { Arm, Route } from '../../core/release/route.ts';
import type { Hold, Rollout } from '../../core/rollout/rollout.ts';
import type { ModelRegistry } from '../../lambdas/ports/model-registry.ts';
import type { LoadedVariant } from './simulated-endpoint.ts';

/** A promise that was broken, and when. */
interface Violation {
  readonly invariant: string;
  readonly says: string;
  readonly atMs: number;
}

export interface Watched {
  readonly registry: ModelRegistry;
  serving(endpointName: string): readonly LoadedVariant[];
  manifest(releaseId: string): ReleaseManifest | undefined;
  /** Whether somebody changed the endpoint in the console, so that it need not run what the route names. */
  isEdited(): boolean;
  /** Whether a report can be read. */
  hasObject(uri: string): boolean;
  nowMs(): number;
}

interface Seen {
  readonly route: Route;
  readonly rollouts: readonly Rollout[];
  readonly hold: Hold | null;
  readonly fence: number;
  readonly position: number;
  readonly hash: string;
}

/** What is registered beside rollouts. */
const OF_RELEASES: ReadonlySet<string> = new Set(['model.registered', 'release.registered']);
const PROMOTED_ROLES = ['champion', 'challenger'] as const;

/** The promises of performance-reliability, section 6, looked at after each step of a simulation. */
export class Invariants {
  readonly #world: Watched;
  readonly #seen = new Map<string, Seen>();
  readonly violations: Violation[] = [];

  constructor(world: Watched) {
    this.#world = world;
  }

  async check(model: string): Promise<void> {
    const { registry } = this.#world;
    const before = this.#seen.get(model);
    const [{ route, endpointName }, rollouts, hold] = await Promise.all([
      registry.model(model),
      registry.rollouts(model),
      registry.hold(model),
    ]);
    this.#one(route);
    this.#served(route, this.#world.serving(endpointName));
    this.#shown(route, rollouts, this.#world.serving(endpointName));
    this.#stoodIn(route, rollouts);
    this.#alone(rollouts);
    this.#backForGood(route, rollouts);
    this.#ended(rollouts);
    if (before !== undefined) this.#moved(before, route, rollouts);
    this.#seen.set(model, await this.#recorded(model, before, { route, rollouts, hold }));
  }

  /** Where the rollout of a model stands that has not ended; null when none runs. */
  phase(model: string): Rollout['phase'] | null {
    return this.#seen.get(model)?.rollouts.find(({ outcome }) => outcome === null)?.phase ?? null;
  }

  say(invariant: string, says: string): void {
    this.#broken(invariant, says);
  }

  #broken(invariant: string, says: string): void {
    this.violations.push({ invariant, says, atMs: this.#world.nowMs() });
  }

  /** One production version, and nobody in two seats. */
  #one({ champion, challenger, shadow }: Route): void {
    const seats = [champion, challenger, shadow].flatMap((arm) => arm ?? []);
    if (new Set(seats.map(({ releaseId }) => releaseId)).size < seats.length)
      this.#broken('I1', 'a release sits in two seats');
    if (new Set(seats.map(({ variant }) => variant)).size < seats.length)
      this.#broken('I1', 'two arms share a variant');
    if (champion === null && challenger !== null) this.#broken('I1', 'a challenger without a champion');
  }

  /** Shares make one whole, and whoever may be asked is in service. */
  #served(route: Route, serving: readonly LoadedVariant[]): void {
    const { challenger, shadow } = route;
    const leastShare = challenger?.wasChampion ? 0 : Number.MIN_VALUE;
    if (challenger !== null && !(challenger.share >= leastShare && challenger.share < 1)) {
      this.#broken('I2', `a challenger with a share of ${challenger.share}`);
    }
    if (challenger !== null && shadow !== null) this.#broken('I2', 'a shadow beside two that answer');
    if (this.#world.isEdited()) return;
    for (const role of PROMOTED_ROLES) {
      const arm = route[role];
      if (arm !== null && !runs(serving, arm)) this.#broken('I2', `the ${role} is not in service on ${arm.variant}`);
    }
  }

  /** Whoever answers has passed its gates, was agreed to, and runs from the artifact it was judged by. */
  #shown(route: Route, rollouts: readonly Rollout[], serving: readonly LoadedVariant[]): void {
    for (const role of PROMOTED_ROLES) {
      const arm = route[role];
      if (arm === null) continue;
      const manifest = this.#world.manifest(arm.releaseId);
      if (manifest === undefined) {
        this.#broken('I3', `the ${role} has no manifest`);
        continue;
      }
      if (!haveAllPassed(manifest.verdicts)) this.#broken('I3', `the ${role} has not passed its gates`);
      const needsWord = manifest.model.rollout.approval !== null;
      if (needsWord && !rollouts.some((one) => one.releaseId === arm.releaseId && isApproved(one))) {
        this.#broken('I3', `nobody approved the ${role}`);
      }
      const loaded = serving.find((one) => one.variant === arm.variant && one.releaseId === arm.releaseId);
      if (loaded !== undefined && loaded.sha256 !== manifest.artifact.sha256 && !this.#world.isEdited()) {
        this.#broken('I3', `the ${role} runs another artifact than its release names`);
      }
    }
  }

  /** Whoever has just taken over has the one before beside it, which answers what it fails; nobody else has. */
  #stoodIn({ champion, challenger }: Route, rollouts: readonly Rollout[]): void {
    const watched = rollouts.find(({ outcome, phase }) => outcome === null && phase === 'watching');
    const expected = watched?.previousReleaseId ?? null;
    const found = challenger?.wasChampion ? challenger.releaseId : null;
    if (found !== expected) this.#broken('I2', `${found ?? 'nobody'} stands in for the champion, not ${expected}`);
    if (found !== null && champion?.releaseId === found) this.#broken('I2', 'a champion stands in for itself');
  }

  #alone(rollouts: readonly Rollout[]): void {
    const running = rollouts.filter(({ outcome }) => outcome === null);
    if (running.length > 1) this.#broken('I4', `${running.length} rollouts run at once`);
  }

  /** A release that was gone back from answers nobody, from that very write on. */
  #backForGood({ champion, challenger, shadow }: Route, rollouts: readonly Rollout[]): void {
    for (const rollout of rollouts) {
      const isBack = rollout.stop !== null || (rollout.outcome !== null && rollout.outcome !== 'promoted');
      if (!isBack) continue;
      if (challenger?.rolloutId === rollout.rolloutId || shadow?.rolloutId === rollout.rolloutId) {
        this.#broken('I5', `${rollout.rolloutId} went back and still takes part`);
      }
      const isByAnother = rollouts.some(
        (other) => other.releaseId === rollout.releaseId && other.stop === null && other !== rollout,
      );
      if (
        champion?.releaseId === rollout.releaseId &&
        !isByAnother &&
        rollout.previousReleaseId !== rollout.releaseId
      ) {
        this.#broken('I5', `${rollout.rolloutId} went back and its release is champion`);
      }
    }
  }

  #ended(rollouts: readonly Rollout[]): void {
    for (const { rolloutId, outcome, because, phase, endedAt, look } of rollouts) {
      const isWhole = outcome === null || (phase === 'done' && endedAt !== null && (because ?? '') !== '');
      if (!isWhole) this.#broken('I6', `${rolloutId} ended without saying how`);
      if (look !== null && !this.#world.hasObject(look.reportUri))
        this.#broken('I6', `a look names a report that is not there`);
    }
  }

  /** What was said stays said. */
  #moved(before: Seen, route: Route, rollouts: readonly Rollout[]): void {
    if (route !== before.route && route.epoch > before.route.epoch + 1)
      this.#broken('I8', 'the route skipped an epoch');
    if (route.epoch < before.route.epoch) this.#broken('I8', 'the route went back an epoch');
    if (before.route.champion !== null && route.champion === null) this.#broken('I1', 'the champion is gone');
    for (const was of before.rollouts) {
      const is = rollouts.find(({ rolloutId }) => rolloutId === was.rolloutId);
      if (is === was) continue;
      if (is === undefined) this.#broken('I8', `${was.rolloutId} is gone`);
      else if (was.outcome !== null) this.#broken('I7', `${was.rolloutId} changed after its end`);
      else if (was.stop !== null && is.stop !== was.stop && JSON.stringify(is.stop) !== JSON.stringify(was.stop)) {
        this.#broken('I5', `${was.rolloutId} was stopped and is no longer`);
      } else if (was.timeline.some((entry, i) => is.timeline[i]?.at !== entry.at)) {
        this.#broken('I8', `${was.rolloutId} has another past`);
      }
    }
  }

  /** Each change of state has its one record, and nothing else has. */
  async #recorded(
    model: string,
    before: Seen | undefined,
    now: Pick<Seen, 'route' | 'rollouts' | 'hold'>,
  ): Promise<Seen> {
    const position = before?.position ?? 0;
    const added = await this.#world.registry.audit(model, position + 1, 1_000);
    const records = added.filter(({ action }) => !OF_RELEASES.has(action));
    const [first] = added;
    if (first !== undefined && before !== undefined && first.previousHash !== before.hash) {
      this.#broken('I8', 'the audit chain has another past');
    }
    const fences = records.flatMap(({ detail }) => (typeof detail['fence'] === 'number' ? [detail['fence']] : []));
    for (const fence of fences) {
      if (fence < (before?.fence ?? 0))
        this.#broken('I4', `a write with fence ${fence} after ${before?.fence} was given`);
    }
    const isTaken = records.some(({ action }) => action === 'rollout.resumed');
    const changed = before === undefined ? null : changeBetween(before, now);
    const isMatched =
      changed === null ||
      (changed === 'look' ? records.length <= 1 : records.length === (changed === 'state' || isTaken ? 1 : 0));
    if (!isMatched) {
      this.#broken(
        'I8',
        `${records.length} records for a change of ${changed}: ${records.map(({ action }) => action).join(', ')}`,
      );
    }
    return {
      ...now,
      fence: Math.max(before?.fence ?? 0, ...fences),
      position: added.at(-1)?.position ?? position,
      hash: added.at(-1)?.hash ?? before?.hash ?? CHAIN_START,
    };
  }
}

function runs(serving: readonly LoadedVariant[], { variant, releaseId }: Arm): boolean {
  return serving.some((one) => one.variant === variant && one.releaseId === releaseId);
}

function isApproved({ kind, approval }: Rollout): boolean {
  if (kind === 'rollback') return true; // its release was agreed to when it was promoted
  if (approval?.decision !== 'approve' || approval.decidedAt === null) return false;
  return Date.parse(approval.decidedAt) <= Date.parse(approval.expiresAt);
}

/** What moved: a look that only says what was seen needs no record. */
function changeBetween(before: Seen, now: Pick<Seen, 'route' | 'rollouts' | 'hold'>): 'state' | 'look' | 'nothing' {
  if (
    before.route.epoch !== now.route.epoch ||
    before.hold !== now.hold ||
    before.rollouts.length !== now.rollouts.length
  )
    return 'state';
  const changed = now.rollouts.filter((rollout, i) => rollout !== before.rollouts[i]);
  if (changed.length === 0) return 'nothing';
  const isOfLook = changed.every((rollout) => {
    const was = before.rollouts.find(({ rolloutId }) => rolloutId === rollout.rolloutId);
    return was !== undefined && JSON.stringify({ ...was, look: null }) === JSON.stringify({ ...rollout, look: null });
  });
  return isOfLook ? 'look' : 'state';
}
