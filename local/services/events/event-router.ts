import { randomUUID } from 'node:crypto';
import type { Region } from '../../service.ts';
import { Ticker } from '../scheduler/ticker.ts';
import { Deliveries, type Delivery } from './deliveries.ts';
import { matchesPattern } from './match-pattern.ts';
import type { BusEvent, Rule, RuleTarget } from './rules.ts';
import { type FunctionTarget, sendToTarget } from './send-to-target.ts';
import { transformInput } from './transform-input.ts';

const STATES = 'rule-states';
/** What AWS does when a target says nothing. */
const DEFAULT_RETRY_ATTEMPTS = 185;
const DEFAULT_EVENT_AGE_SECONDS = 86_400;
/** An event that goes round between buses is let go after so many. */
const MAX_BUS_HOPS = 5;

/** Buses, their rules, and what flows between them. Rules come from the templates at each start. */
export class EventRouter {
  readonly buses = new Map<string, string>();
  readonly #region: Region;
  readonly #rules = new Map<string, Rule>();
  readonly #deliveries: Deliveries;
  readonly #ticker: Ticker;
  #isResumed = false;

  constructor(region: Region, functions: FunctionTarget) {
    this.#region = region;
    this.#deliveries = new Deliveries(region, 'events', (id, delivery) =>
      sendToTarget(region, functions, 'events.amazonaws.com', id, delivery),
    );
    this.#ticker = new Ticker(region, 'events');
    this.addBus('default');
  }

  addBus(name: string): string {
    const arn = `arn:aws:events:${this.#region.regionName}:${this.#region.accountId}:event-bus/${name}`;
    this.buses.set(name, arn);
    return arn;
  }

  putRule(rule: Rule): void {
    this.#rules.set(rule.arn, rule);
    if (this.#isResumed) this.#schedule(rule);
  }

  /** Drops what the store keeps of a rule that is no more. */
  forgetRule(arn: string): void {
    this.#rules.delete(arn);
    this.#ticker.forget(arn);
    this.#region.store('events').delete(STATES, arn);
  }

  rules(busName: string): Rule[] {
    return [...this.#rules.values()]
      .filter((rule) => rule.busName === busName)
      .map((rule) => ({ ...rule, state: this.#stateOf(rule) }));
  }

  /** An operator's choice outlives a restart, as it outlives a deployment that does not touch the rule. */
  setState(rule: Rule, state: Rule['state']): void {
    this.#region.store('events').put(STATES, rule.arn, state);
    this.#schedule(rule);
  }

  /** Hands an event to every rule of the bus that wants it; what they send is on disk when it returns. */
  publish(busName: string, event: BusEvent, hops = 0): void {
    for (const rule of this.#rules.values()) {
      if (rule.busName !== busName || rule.pattern === undefined || this.#stateOf(rule) === 'DISABLED') continue;
      if (matchesPattern(rule.pattern, event)) this.#trigger(rule, event, hops);
    }
  }

  makeEvent(event: {
    readonly source: string;
    readonly detailType: string;
    readonly detail: unknown;
    readonly resources?: readonly string[] | undefined;
    readonly time?: Date | undefined;
  }): BusEvent {
    const time = event.time ?? this.#region.clock.now();
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': event.detailType,
      source: event.source,
      account: this.#region.accountId,
      time: `${time.toISOString().slice(0, 19)}Z`,
      region: this.#region.regionName,
      resources: event.resources ?? [],
      detail: event.detail,
    };
  }

  resume(): void {
    this.#isResumed = true;
    this.#deliveries.resume();
    for (const rule of this.#rules.values()) this.#schedule(rule);
  }

  async stop(): Promise<void> {
    this.#ticker.stopAll();
    await this.#deliveries.stop();
  }

  #schedule(rule: Rule): void {
    if (rule.scheduleExpression === undefined) return;
    if (this.#stateOf(rule) === 'DISABLED') {
      this.#ticker.forget(rule.arn);
      return;
    }
    this.#ticker.start({
      key: rule.arn,
      expression: rule.scheduleExpression,
      fire: (dueAt) =>
        this.#trigger(
          rule,
          this.makeEvent({
            source: 'aws.events',
            detailType: 'Scheduled Event',
            detail: {},
            resources: [rule.arn],
            time: dueAt,
          }),
          0,
        ),
    });
  }

  #stateOf(rule: Rule): Rule['state'] {
    return this.#region.store('events').get<Rule['state']>(STATES, rule.arn) ?? rule.state;
  }

  #trigger(rule: Rule, event: BusEvent, hops: number): void {
    for (const target of rule.targets) {
      if (target.Arn.split(':')[2] === 'events') {
        const busName = target.Arn.split('/').at(-1) ?? '';
        if (hops < MAX_BUS_HOPS && this.buses.has(busName)) this.publish(busName, event, hops + 1);
        else this.#region.log('events', 'error', `${rule.arn} could not forward an event to ${target.Arn}`);
      } else {
        this.#deliveries.accept(deliveryTo(rule, target, event));
      }
    }
  }
}

function deliveryTo(rule: Rule, target: RuleTarget, event: BusEvent): Delivery {
  const roleArn = target.RoleArn ?? rule.roleArn;
  return {
    targetArn: target.Arn,
    payload: transformInput(target, event, rule),
    sourceArn: rule.arn,
    maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS,
    maximumEventAgeSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(target.DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: target.DeadLetterConfig.Arn }),
    ...(target.SqsParameters === undefined ? {} : { messageGroupId: target.SqsParameters.MessageGroupId }),
  };
}
