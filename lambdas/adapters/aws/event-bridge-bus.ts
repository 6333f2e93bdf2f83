import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { UnavailableError } from '../../../core/errors.ts';
import type { Clock, Ids } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import { answerOf } from './aws-failure.ts';

const EVENTS_PER_CALL = 10;

export function eventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}

/**
 * CloudEvents in the detail of EventBridge events, so that rules can match `detail-type` and `detail.data`.
 * Source: CloudEvents 1.0, required attributes id, source, specversion and type.
 *
 * @param source CloudEvents `source` and EventBridge `Source`: `headgate.<stage>`
 */
export function eventBridgeBus(
  client: EventBridgeClient,
  props: { readonly bus: string; readonly source: string; readonly clock: Clock; readonly ids: Ids },
): EventBus {
  return {
    async publish(events) {
      const time = props.clock.now();
      const entries = events.map(
        ({ type, subject, data }): PutEventsRequestEntry => ({
          EventBusName: props.bus,
          Source: props.source,
          DetailType: type,
          Time: time,
          Detail: JSON.stringify({
            specversion: '1.0',
            id: props.ids.next(),
            source: props.source,
            type,
            subject,
            time: time.toISOString(),
            datacontenttype: 'application/json',
            data,
          }),
        }),
      );
      for (let from = 0; from < entries.length; from += EVENTS_PER_CALL) {
        const call = new PutEventsCommand({ Entries: entries.slice(from, from + EVENTS_PER_CALL) });
        const { FailedEntryCount: failed = 0, Entries: answers = [] } = await answerOf(
          `EventBridge PutEvents to ${props.bus}`,
          client.send(call),
        );
        if (failed > 0) {
          const codes = answers.flatMap(({ ErrorCode: code }) => (code === undefined ? [] : [code]));
          throw new UnavailableError(`the event bus took ${failed} events not: ${codes.join(', ')}; try again`);
        }
      }
    },
  };
}
