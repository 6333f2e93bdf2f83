/** What one type of event says, and whom it reaches beside the subscribers of the bus. */
export interface EventKind {
  /** What has happened, as people read it: the subject comes before it. */
  readonly says: string;
  /** Heading of docs/runbook.md that says what to do; null where nothing is to be done. */
  readonly runbook: string | null;
  /** Whether people are told of it by the notices' topic. */
  readonly isTold: boolean;
}

const told = (says: string, runbook: string | null = null): EventKind => ({ says, runbook, isTold: true });
const untold = (says: string): EventKind => ({ says, runbook: null, isTold: false });

/** Every type of event that the platform puts on its bus; docs/events.md lists them, and a test keeps both equal to the code. */
export const EVENTS: Readonly<Record<string, EventKind>> = {
  'headgate.release.registered': untold('has a new release, passed or not'),
  'headgate.rollout.gates': untold('has a rollout whose gates are looked at'),
  'headgate.rollout.approval': untold('has a rollout that comes to its approval'),
  'headgate.rollout.deploying': untold('has a release that is brought to its endpoint'),
  'headgate.rollout.latency': untold('has a release whose latency is measured'),
  'headgate.rollout.shadow': untold('has a release in the shadow of its champion'),
  'headgate.rollout.canary': untold('has a release that answers some of its callers'),
  'headgate.rollout.watching': untold('has a new champion that is still watched'),
  'headgate.rollout.settling': untold('has a rollout that tidies its endpoint up'),
  'headgate.rollout.restoring': untold('has a rollout that goes back'),
  'headgate.rollout.promoted': told('has a new champion'),
  'headgate.rollout.rejected': told(
    'has a release that was refused before it answered anybody',
    'rollouts-rolled-back',
  ),
  'headgate.rollout.rolled-back': told('has a release that was taken back', 'rollouts-rolled-back'),
  'headgate.rollout.approval-requested': told('has a release that waits for a person', 'approvals-waiting'),
  'headgate.rollout.approved': untold('has a release that a person approved'),
  'headgate.rollout.rejected-by-person': untold('has a release that a person refused'),
  'headgate.rollout.endpoint-edited': told('has an endpoint that somebody changed by hand', 'rollouts-rolled-back'),
  'headgate.model.held': untold('is held by a person'),
  'headgate.model.released': untold('is held no longer'),
  'headgate.materialization.blocked': told(
    'was not brought up to date: its rows break what is expected',
    'expectations-broken',
  ),
  'headgate.skew.found': told('was served values that could not have been known', 'features-skewed'),
  'headgate.version.retired': untold('has a version whose values are no longer kept online'),
  'headgate.drift.found': told('is asked, or answers, differently from what it learned', 'model-drifting'),
  'headgate.performance.degraded': told('answers worse than its evaluation promised', 'performance-degraded'),
  'headgate.health.unhealthy': told('is fed by a pipeline that is not well', 'pipeline-unhealthy'),
  'headgate.retraining.started': untold('is trained again'),
  'headgate.retraining.waiting': untold('is not trained again yet'),
  'headgate.retraining.escalated': told('is not trained again by itself any more', 'retraining-escalated'),
  'headgate.retraining.acknowledged': untold('may be trained again by itself: a person has looked'),
  'headgate.retraining.concluded': untold('has a retraining that has ended'),
  'headgate.retraining.judged': untold('has a retraining of which it is known whether it helped'),
  'headgate.batch-prediction.finished': untold('has answers for all its entities'),
};
