import type { Region } from '../../service.ts';
import type { FunctionTarget } from '../events/send-to-target.ts';
import { serviceCaller } from '../service-caller.ts';
import { type CompositeAlarm, type MetricAlarm, queriesOf } from './alarm-document.ts';
import { type AlarmState, parseAlarmRule } from './alarm-rule.ts';
import { type Evaluation, evaluateAlarm } from './evaluate-alarm.ts';
import { periodSecondsOf } from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';

export type Alarm =
  | { readonly kind: 'metric'; readonly arn: string; readonly document: MetricAlarm }
  | { readonly kind: 'composite'; readonly arn: string; readonly document: CompositeAlarm };

export interface StateRecord {
  readonly state: AlarmState;
  readonly reason: string;
  readonly changedAtMs: number;
}

const STATES = 'alarm-states';
const API_ALARMS = 'api-alarms';
/** AWS looks once a minute, or every ten seconds at alarms with short periods. */
const LONGEST_LOOK_SECONDS = 10;
const SHORTEST_LOOK_MS = 250;
const PRUNE_MS = 3_600_000;

/** Alarms, what state each is in, and what happens when that changes. */
export class Alarms {
  readonly #region: Region;
  readonly #metrics: MetricStore;
  readonly #functions: FunctionTarget;
  readonly #alarms = new Map<string, Alarm>();
  readonly #abort = new AbortController();
  #prunedAtMs = 0;

  constructor(region: Region, metrics: MetricStore, functions: FunctionTarget) {
    this.#region = region;
    this.#metrics = metrics;
    this.#functions = functions;
    for (const { value } of region.store('monitoring').list<Alarm>(API_ALARMS))
      this.#alarms.set(value.document.AlarmName, value);
  }

  arnOf(name: string): string {
    return `arn:aws:cloudwatch:${this.#region.regionName}:${this.#region.accountId}:alarm:${name}`;
  }

  put(alarm: Alarm): void {
    this.#alarms.set(alarm.document.AlarmName, alarm);
  }

  /** Alarms made by PutMetricAlarm are in no template, so the store remembers them. */
  putDurably(alarm: Alarm): void {
    this.#region.store('monitoring').put(API_ALARMS, alarm.document.AlarmName, alarm);
    this.put(alarm);
  }

  delete(name: string): void {
    this.#alarms.delete(name);
    this.#region.store('monitoring').delete(API_ALARMS, name);
    this.#region.store('monitoring').delete(STATES, name);
  }

  find(nameOrArn: string): Alarm | undefined {
    return this.#alarms.get(nameOrArn.startsWith('arn:') ? (nameOrArn.split(':alarm:')[1] ?? '') : nameOrArn);
  }

  all(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  stateOf(nameOrArn: string): StateRecord {
    const name = this.find(nameOrArn)?.document.AlarmName ?? nameOrArn;
    const unknown: StateRecord = {
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      changedAtMs: 0,
    };
    return this.#region.store('monitoring').get<StateRecord>(STATES, name) ?? unknown;
  }

  async setState(alarm: Alarm, { state, reason }: Evaluation): Promise<void> {
    const before = this.stateOf(alarm.document.AlarmName);
    if (before.state === state) return;
    const changedAtMs = this.#region.clock.now().getTime();
    const after: StateRecord = { state, reason, changedAtMs };
    this.#region.store('monitoring').put(STATES, alarm.document.AlarmName, after);
    this.#announce(alarm, before, after);
    await this.#act(alarm, before, after);
    await this.#evaluateComposites(alarm);
  }

  /** Looks at every metric alarm once. */
  async evaluate(): Promise<void> {
    const { clock } = this.#region;
    for (const alarm of this.#alarms.values()) {
      if (alarm.kind === 'composite') continue;
      const current = this.stateOf(alarm.document.AlarmName).state;
      await this.setState(
        alarm,
        evaluateAlarm(this.#metrics, alarm.document, current, clock.now().getTime(), clock.speed),
      );
    }
  }

  start(): void {
    this.#watch().catch((error: unknown) => {
      if (!this.#abort.signal.aborted)
        this.#region.log('monitoring', 'error', `alarms are no longer looked at: ${String(error)}`);
    });
  }

  stop(): void {
    this.#abort.abort(new Error('the region stops'));
  }

  async #watch(): Promise<void> {
    const { clock } = this.#region;
    for (;;) {
      await clock.sleep(Math.max(this.#lookSeconds() * 1000, SHORTEST_LOOK_MS * clock.speed), this.#abort.signal);
      await this.evaluate();
      const nowMs = clock.now().getTime();
      if (nowMs - this.#prunedAtMs > PRUNE_MS) {
        this.#prunedAtMs = nowMs;
        this.#metrics.prune();
      }
    }
  }

  #lookSeconds(): number {
    const periods = this.all().flatMap((alarm) => {
      if (alarm.kind === 'composite') return [];
      const { queries, watched } = queriesOf(alarm.document);
      return [periodSecondsOf(queries, watched)];
    });
    return Math.min(LONGEST_LOOK_SECONDS, ...periods);
  }

  async #evaluateComposites(changed: Alarm): Promise<void> {
    for (const alarm of this.#alarms.values()) {
      if (alarm.kind === 'metric' || alarm === changed) continue;
      const rule = parseAlarmRule(alarm.document.AlarmRule);
      if (!rule.alarms.some((name) => this.find(name) === changed)) continue;
      const isAlarm = rule.holds((name) => this.stateOf(name).state);
      const reason = `${changed.arn} transitioned; the rule ${alarm.document.AlarmRule} is ${isAlarm}`;
      await this.setState(alarm, { state: isAlarm ? 'ALARM' : 'OK', reason });
    }
  }

  async #act(alarm: Alarm, before: StateRecord, after: StateRecord): Promise<void> {
    const { document } = alarm;
    if (!document.ActionsEnabled) return;
    const actions = {
      ALARM: document.AlarmActions,
      OK: document.OKActions,
      INSUFFICIENT_DATA: document.InsufficientDataActions,
    };
    for (const action of actions[after.state]) {
      try {
        if (action.split(':')[2] === 'lambda') this.#callFunction(alarm, action, before, after);
        else await this.#publish(alarm, action, before, after);
      } catch (error) {
        this.#region.log(
          'monitoring',
          'error',
          `alarm ${document.AlarmName} could not reach ${action}: ${String(error)}`,
        );
      }
    }
  }

  async #publish(alarm: Alarm, topicArn: string, before: StateRecord, after: StateRecord): Promise<void> {
    const { AlarmName, AlarmDescription } = alarm.document;
    const message = {
      AlarmName,
      AlarmDescription: AlarmDescription ?? null,
      AWSAccountId: this.#region.accountId,
      NewStateValue: after.state,
      NewStateReason: after.reason,
      StateChangeTime: new Date(after.changedAtMs).toISOString(),
      Region: this.#region.regionName,
      AlarmArn: alarm.arn,
      OldStateValue: before.state,
      ...(alarm.kind === 'metric' ? { Trigger: alarm.document } : { AlarmRule: alarm.document.AlarmRule }),
    };
    const Subject = `${after.state}: "${AlarmName}" in ${this.#region.regionName}`.slice(0, 100);
    const caller = serviceCaller('cloudwatch.amazonaws.com', alarm.arn);
    await this.#region.invoke(
      'sns',
      'Publish',
      { TopicArn: topicArn, Subject, Message: JSON.stringify(message) },
      caller,
    );
  }

  #callFunction(alarm: Alarm, functionArn: string, before: StateRecord, after: StateRecord): void {
    const payload = {
      source: 'aws.cloudwatch',
      alarmArn: alarm.arn,
      accountId: this.#region.accountId,
      time: new Date(after.changedAtMs).toISOString(),
      region: this.#region.regionName,
      alarmData: this.#alarmData(alarm, before, after),
    };
    this.#functions.sendEventFor(
      { principal: 'lambda.alarms.cloudwatch.amazonaws.com', sourceArn: alarm.arn },
      functionArn,
      JSON.stringify(payload),
    );
  }

  #announce(alarm: Alarm, before: StateRecord, after: StateRecord): void {
    this.#region.emit({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [alarm.arn],
      detail: this.#alarmData(alarm, before, after),
    });
  }

  #alarmData(alarm: Alarm, before: StateRecord, after: StateRecord): object {
    const state = ({ state: value, reason, changedAtMs }: StateRecord) => ({
      value,
      reason,
      timestamp: new Date(changedAtMs).toISOString(),
    });
    const configuration =
      alarm.kind === 'metric'
        ? { metrics: queriesOf(alarm.document).queries }
        : { alarmRule: alarm.document.AlarmRule };
    return { alarmName: alarm.document.AlarmName, state: state(after), previousState: state(before), configuration };
  }
}
