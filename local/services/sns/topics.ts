import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Region } from '../../service.ts';
import type { FunctionTarget } from '../events/send-to-target.ts';
import { serviceCaller } from '../service-caller.ts';
import { queueUrlOf } from '../sqs/queue-url.ts';

export interface Topic {
  readonly name: string;
  readonly arn: string;
  readonly displayName?: string | undefined;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'email' | 'email-json' | 'lambda' | 'sqs';
  readonly endpoint: string;
  readonly isRaw: boolean;
}

export interface Publication {
  readonly message: string;
  readonly subject?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/** Topics, who listens, and what reaches them. */
export class Topics {
  readonly #region: Region;
  readonly #functions: FunctionTarget;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(region: Region, functions: FunctionTarget) {
    this.#region = region;
    this.#functions = functions;
  }

  put(topic: Topic): void {
    this.#topics.set(topic.arn, topic);
  }

  find(arn: string): Topic | undefined {
    return this.#topics.get(arn);
  }

  all(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  subscribe(subscription: Subscription): void {
    this.#subscriptions.set(subscription.arn, subscription);
  }

  subscriptionsOf(topicArn: string): readonly Subscription[] {
    return [...this.#subscriptions.values()].filter((subscription) => subscription.topicArn === topicArn);
  }

  /** Hands a message to every subscriber; one that cannot be reached is logged and does not hold up the others. */
  async publish(topic: Topic, publication: Publication): Promise<string> {
    const messageId = randomUUID();
    await Promise.all(
      this.subscriptionsOf(topic.arn).map(async (subscription) => {
        try {
          await this.#hand(topic, subscription, messageId, publication);
        } catch (error) {
          const { protocol, endpoint } = subscription;
          this.#region.log('sns', 'error', `${topic.arn} could not reach ${protocol} ${endpoint}: ${String(error)}`);
        }
      }),
    );
    return messageId;
  }

  async #hand(topic: Topic, subscription: Subscription, messageId: string, publication: Publication): Promise<void> {
    const notification = this.#notification(topic, messageId, publication);
    switch (subscription.protocol) {
      case 'email':
      case 'email-json':
        this.#mail(topic, subscription, publication);
        return;
      case 'lambda': {
        const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscription.arn };
        this.#functions.sendEventFor(
          { principal: 'sns.amazonaws.com', sourceArn: topic.arn },
          subscription.endpoint,
          JSON.stringify({ Records: [{ ...record, Sns: notification }] }),
        );
        return;
      }
      case 'sqs':
        await this.#region.invoke(
          'sqs',
          'SendMessage',
          {
            QueueUrl: queueUrlOf(this.#region, subscription.endpoint),
            MessageBody: subscription.isRaw ? publication.message : JSON.stringify(notification),
          },
          serviceCaller('sns.amazonaws.com', topic.arn),
        );
    }
  }

  /** No mail leaves the laptop: it is a line in the region's log and a paragraph in a file per topic. */
  #mail(topic: Topic, subscription: Subscription, { subject, message }: Publication): void {
    const folder = join(this.#region.stateDir, 'sns');
    mkdirSync(folder, { recursive: true });
    const at = this.#region.clock.now().toISOString();
    const head = `Date: ${at}\nTo: ${subscription.endpoint}\nSubject: ${subject ?? 'AWS Notification Message'}`;
    appendFileSync(join(folder, `${topic.name}.mail`), `${head}\n\n${message}\n\n`);
    this.#region.log('sns', 'info', `mail to ${subscription.endpoint} from ${topic.name}: ${subject ?? message}`);
  }

  #notification(topic: Topic, messageId: string, { message, subject, attributes }: Publication): object {
    return {
      Type: 'Notification',
      MessageId: messageId,
      TopicArn: topic.arn,
      ...(subject === undefined ? {} : { Subject: subject }),
      Message: message,
      Timestamp: this.#region.clock.now().toISOString(),
      ...(attributes === undefined ? {} : { MessageAttributes: attributes }),
    };
  }
}
