import type { RetrainingState } from '../../../core/retraining/retraining.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { RetrainingLog } from '../../ports/retraining-log.ts';

export interface WriteChangeDeps {
  readonly log: RetrainingLog;
  readonly events: EventBus;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** What happened to a model's retraining. */
export interface RetrainingNews {
  /** `headgate.retraining.<what>` on the bus and `retraining.<what>` in the audit chain. */
  readonly what:
    | 'started'
    | 'merged'
    | 'waiting'
    | 'wait-over'
    | 'escalated'
    | 'acknowledged'
    | 'rolling-out'
    | 'concluded'
    | 'judged';
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What the world is told of; the others are in the audit chain alone. */
const TOLD: readonly RetrainingNews['what'][] = [
  'started',
  'waiting',
  'escalated',
  'acknowledged',
  'concluded',
  'judged',
];

const METRIC_OF: Partial<Record<RetrainingNews['what'], string>> = {
  started: 'RetrainingStarted',
  escalated: 'RetrainingEscalated',
};

/**
 * Makes one change, with its audit record in the same transaction, and tells of it. Telling is a hint: when the process
 * ends in between nobody is told, and the record says what happened all the same.
 *
 * @throws RetrainingChangedError
 */
export async function writeChange(
  { log, events, metrics, clock }: WriteChangeDeps,
  seen: RetrainingState,
  next: RetrainingState,
  { what, actor, detail }: RetrainingNews,
  { unlessHeld = false }: { readonly unlessHeld?: boolean } = {},
): Promise<RetrainingState> {
  const at = clock.now().toISOString();
  const made = await log.change({ seen, next, unlessHeld }, { action: `retraining.${what}`, actor, at, detail });
  const { model } = seen;
  const metric = what === 'concluded' && detail['status'] === 'failed' ? 'RetrainingFailed' : METRIC_OF[what];
  if (metric !== undefined) {
    const dimensionSets = [['Model'], []];
    metrics.put({ dimensions: { Model: model }, dimensionSets, values: { [metric]: 1 }, unit: 'Count' });
  }
  if (TOLD.includes(what)) {
    // the change was made: that nobody could be told must not make it seem as if it were not
    const data = { model, actor, at, ...detail };
    await Promise.allSettled([events.publish([{ type: `headgate.retraining.${what}`, subject: model, data }])]);
  }
  return made;
}
