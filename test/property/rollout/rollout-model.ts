import { MINUTE_MS } from '../../../core/clock.ts';
import type { RolloutPolicy } from '../../../core/definitions/rollout-policy.ts';
import type { Arm, Route } from '../../../core/release/route.ts';
import { wantedArms } from '../../../core/rollout/arms.ts';
import { goBack } from '../../../core/rollout/go-back.ts';
import type { Move } from '../../../core/rollout/move.ts';
import { nextMove } from '../../../core/rollout/next-move.ts';
import type { Hold, Rollout } from '../../../core/rollout/rollout.ts';
import type { EndpointState, News, Truth } from '../../../core/rollout/truth.ts';
import { newRollout } from '../../new-rollout.ts';

export const CANDIDATE = 'candidate';
export const BEFORE = 'before';

/** What may happen to a rollout between two moves, or instead of what it waits for. */
export type Happening =
  | { readonly kind: 'turn'; readonly verdict: 'continue' | 'proceed' | 'go-back'; readonly fails: boolean }
  | { readonly kind: 'time'; readonly minutes: number }
  | { readonly kind: 'endpoint'; readonly isGood: boolean }
  | { readonly kind: 'edit'; readonly arms: readonly Arm[] }
  | { readonly kind: 'hold' | 'release' | 'stop' | 'forget' }
  | { readonly kind: 'decide'; readonly decision: 'approve' | 'reject' };

export interface Setting {
  readonly policy: RolloutPolicy;
  readonly hasLatencyGate: boolean;
  readonly isFirst: boolean;
  readonly kind: Rollout['kind'];
  readonly refusal: string | null;
  /** Where the champion sits when it begins. */
  readonly seat: 'champion' | 'challenger';
}

/** A rollout, its route and its endpoint, moved by `nextMove` and by everything else. */
export class RolloutModel {
  readonly #setting: Setting;
  rollout: Rollout;
  route: Route;
  hold: Hold | null = null;
  /** What the endpoint runs, and what it is on its way to. */
  runs: readonly Arm[];
  pending: readonly Arm[] | null = null;
  isEdited = false;
  nowMs = Date.UTC(2026, 2, 1, 12);
  #news: News | null = null;

  constructor(setting: Setting) {
    const { isFirst, kind, seat } = setting;
    this.#setting = setting;
    const champion = isFirst ? null : { releaseId: BEFORE, variant: seat };
    this.route = { model: 'churn', endpointName: 'e', champion, challenger: null, shadow: null, epoch: 7 };
    this.runs = champion === null ? [{ releaseId: 'placeholder', variant: 'champion' }] : [champion];
    this.rollout = newRollout('r1', {
      releaseId: CANDIDATE,
      kind,
      previousReleaseId: champion?.releaseId ?? null,
      startedAt: this.#at(),
    });
  }

  move(): Move {
    return nextMove(this.#truth());
  }

  happen(what: Happening): void {
    switch (what.kind) {
      case 'turn':
        this.#turn(what.verdict, what.fails);
        return;
      case 'time':
        this.nowMs += what.minutes * MINUTE_MS;
        return;
      case 'endpoint':
        if (this.pending !== null && what.isGood) this.runs = this.pending;
        this.pending = null;
        return;
      case 'edit':
        this.isEdited = true;
        this.runs = what.arms;
        return;
      case 'hold':
        this.hold = { model: 'churn', actor: 'a', because: 'b', at: this.#at() };
        return;
      case 'release':
        this.hold = null;
        return;
      case 'forget':
        this.#news = null;
        return;
      case 'stop':
        this.#stop();
        return;
      case 'decide':
        this.#decide(what.decision);
        return;
    }
  }

  #turn(verdict: 'continue' | 'proceed' | 'go-back', fails: boolean): void {
    const move = this.move();
    this.#news = null;
    if (fails && move.kind !== 'change' && move.kind !== 'wait' && move.kind !== 'ended') {
      this.#news = { kind: 'failure', of: move.kind, isPassing: false, because: 'it failed' };
      return;
    }
    switch (move.kind) {
      case 'change':
        this.rollout = move.next;
        if (move.route !== null) this.route = move.route.to;
        return;
      case 'wait':
      case 'ask':
        this.nowMs += move.forMs;
        return;
      case 'point':
        this.#point(move.arms);
        return;
      case 'replay':
        this.#news = {
          kind: 'replay',
          outcome: verdict === 'proceed' ? 'pass' : verdict === 'go-back' ? 'fail' : 'inconclusive',
          because: 'replayed',
          reportUri: 's3://b/k',
        };
        return;
      case 'count': {
        const { phase, since } = this.rollout;
        this.#news = { kind: 'look', phase, since, judgement: { verdict, because: 'looked' }, reportUri: 's3://b/k' };
        return;
      }
      case 'ended':
        return;
    }
  }

  /** The endpoint takes one change at a time; what it has taken is written down. */
  #point(arms: readonly Arm[]): void {
    if (this.pending !== null) {
      this.#news = { kind: 'failure', of: 'point', isPassing: true, because: 'busy' };
      return;
    }
    if (!isSame(this.runs, arms)) this.pending = arms;
    this.rollout = { ...this.rollout, pointed: { arms, at: this.#at() } };
  }

  /** As `headgate rollback` does while a rollout runs. */
  #stop(): void {
    const { phase } = this.rollout;
    if (phase === 'settling' || phase === 'restoring' || phase === 'done') return;
    const stop = { kind: 'person' as const, actor: 'a', because: 'b', at: this.#at() };
    const { next, route } = goBack(this.rollout, this.route, stop);
    this.rollout = next;
    if (route !== null) this.route = route.to;
  }

  #decide(decision: 'approve' | 'reject'): void {
    const { approval, phase } = this.rollout;
    if (phase !== 'approval' || approval === null || approval.decision !== null) return;
    if (this.nowMs > Date.parse(approval.expiresAt)) return;
    this.rollout = { ...this.rollout, approval: { ...approval, decision, actor: 'a', decidedAt: this.#at() } };
  }

  #truth(): Truth {
    const { policy, hasLatencyGate, refusal } = this.#setting;
    return {
      rollout: this.rollout,
      route: this.route,
      policy,
      hasLatencyGate,
      hold: this.hold,
      refusal,
      endpoint: this.#endpoint(),
      news: this.#news,
      now: new Date(this.nowMs),
      pollMs: 5_000,
    };
  }

  #endpoint(): EndpointState {
    const wanted = wantedArms(this.rollout, this.route);
    if (this.pending !== null) return { state: 'changing' };
    if (isSame(this.runs, wanted)) return { state: 'in-service' };
    const missing = wanted.filter((arm) => !this.runs.some((it) => isSameArm(it, arm))).map(({ variant }) => variant);
    return { state: 'other-content', missing };
  }

  #at(): string {
    return new Date(this.nowMs).toISOString();
  }
}

export function isSameArm(a: Arm, b: Arm): boolean {
  return a.releaseId === b.releaseId && a.variant === b.variant;
}

function isSame(a: readonly Arm[], b: readonly Arm[]): boolean {
  return a.length === b.length && a.every((arm) => b.some((other) => isSameArm(arm, other)));
}
