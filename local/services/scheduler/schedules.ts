import { randomUUID } from 'node:crypto';
import { AwsError, type Region } from '../../service.ts';
import { Deliveries } from '../events/deliveries.ts';
import { sendToTarget } from '../events/send-to-target.ts';
import { checkSchedule, type ScheduleDocument } from './schedule-document.ts';
import { Ticker } from './ticker.ts';

export interface ScheduleRecord {
  readonly document: ScheduleDocument;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

const SCHEDULES = 'schedules';

/** The schedules of the region and their firing. */
export class Schedules {
  readonly groups = new Set(['default']);
  readonly #region: Region;
  readonly #ticker: Ticker;
  readonly #deliveries: Deliveries;
  #isResumed = false;

  constructor(region: Region) {
    this.#region = region;
    this.#ticker = new Ticker(region, 'scheduler');
    this.#deliveries = new Deliveries(region, 'scheduler', (id, delivery) =>
      sendToTarget(region, undefined, 'scheduler.amazonaws.com', id, delivery),
    );
  }

  arnOf(schedule: { readonly GroupName: string; readonly Name: string }): string {
    const { regionName, accountId } = this.#region;
    return `arn:aws:scheduler:${regionName}:${accountId}:schedule/${schedule.GroupName}/${schedule.Name}`;
  }

  find(groupName: string, name: string): ScheduleRecord | undefined {
    return this.#region.store('scheduler').get<ScheduleRecord>(SCHEDULES, `${groupName}/${name}`);
  }

  list(): ScheduleRecord[] {
    return this.#region
      .store('scheduler')
      .list<ScheduleRecord>(SCHEDULES)
      .map(({ value }) => value);
  }

  /** @throws AwsError `ValidationException`, or `ResourceNotFoundException` for an unknown group */
  put(document: ScheduleDocument): void {
    checkSchedule(document);
    if (!this.groups.has(document.GroupName)) {
      throw new AwsError('ResourceNotFoundException', `Schedule group ${document.GroupName} does not exist.`, 404);
    }
    const nowMs = this.#region.clock.now().getTime();
    const key = keyOf(document);
    const record: ScheduleRecord = {
      document,
      createdAtMs: this.find(document.GroupName, document.Name)?.createdAtMs ?? nowMs,
      changedAtMs: nowMs,
    };
    this.#region.store('scheduler').put(SCHEDULES, key, record);
    if (this.#isResumed) this.#start(record);
  }

  delete(document: Pick<ScheduleDocument, 'GroupName' | 'Name'>): void {
    const key = keyOf(document);
    this.#ticker.forget(key);
    this.#region.store('scheduler').delete(SCHEDULES, key);
  }

  resume(): void {
    this.#isResumed = true;
    this.#deliveries.resume();
    for (const record of this.list()) this.#start(record);
  }

  async stop(): Promise<void> {
    this.#ticker.stopAll();
    await this.#deliveries.stop();
  }

  #start({ document }: ScheduleRecord): void {
    const key = keyOf(document);
    if (document.State === 'DISABLED') {
      this.#ticker.forget(key);
      return;
    }
    this.#ticker.start({
      key,
      expression: document.ScheduleExpression,
      timeZone: document.ScheduleExpressionTimezone,
      fire: (dueAt) => this.#fire(document, dueAt),
      onLast: () => {
        if (document.ActionAfterCompletion === 'DELETE') this.delete(document);
      },
    });
  }

  #fire(document: ScheduleDocument, dueAt: Date): void {
    if (document.StartDate !== undefined && dueAt < new Date(document.StartDate)) return;
    if (document.EndDate !== undefined && dueAt > new Date(document.EndDate)) return;
    const { Target } = document;
    const sourceArn = this.arnOf(document);
    this.#deliveries.accept({
      targetArn: Target.Arn,
      payload: this.#inputOf(document, dueAt),
      roleArn: Target.RoleArn,
      sourceArn,
      maximumRetryAttempts: Target.RetryPolicy?.MaximumRetryAttempts ?? 185,
      maximumEventAgeSeconds: Target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
      ...(Target.DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: Target.DeadLetterConfig.Arn }),
      ...(Target.SqsParameters?.MessageGroupId === undefined
        ? {}
        : { messageGroupId: Target.SqsParameters.MessageGroupId }),
    });
  }

  #inputOf(document: ScheduleDocument, dueAt: Date): string {
    const time = `${dueAt.toISOString().slice(0, 19)}Z`;
    const id = randomUUID();
    const arn = this.arnOf(document);
    const input = document.Target.Input;
    if (input === undefined) {
      const { accountId: account, regionName: region } = this.#region;
      return JSON.stringify({
        version: '0',
        id,
        'detail-type': 'Scheduled Event',
        source: 'aws.scheduler',
        account,
        time,
        region,
        resources: [arn],
        detail: '{}',
      });
    }
    return input
      .replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.execution-id>', id)
      .replaceAll('<aws.scheduler.schedule-arn>', arn)
      .replaceAll('<aws.scheduler.attempt-number>', '1');
  }
}

function keyOf(document: Pick<ScheduleDocument, 'GroupName' | 'Name'>): string {
  return `${document.GroupName}/${document.Name}`;
}
