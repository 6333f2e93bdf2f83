import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { EVENTS } from '../../../contracts/events.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { UnavailableError } from '../../../core/errors.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import { answerOf } from './aws-failure.ts';

const EVENTS_PER_CALL = 10;
const RUNBOOK = 'docs/runbook.md';

export function eventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}

/**
 * CloudEvents in the detail of EventBridge events, so that rules can match `detail-type` and `detail.data`. The id is the
 * digest of what the event is about, so that an event that is published again, because nobody knows whether it was, is the
 * same one; the pair of source and id is unique. `says` and `runbook` are extension attributes, for people.
 * Source: CloudEvents 1.0, required attributes id, source, specversion and type; extension attributes.
 *
 * @param source CloudEvents `source` and EventBridge `Source`: `headgate.<stage>`
 */
export function eventBridgeBus(
  client: EventBridgeClient,
  props: { readonly bus: string; readonly source: string; readonly clock: Clock },
): EventBus {
  return {
    async publish(events) {
      const time = props.clock.now();
      const entries = events.map(({ type, subject, data, key }): PutEventsRequestEntry => {
        const { source } = props;
        const { says, runbook = null } = EVENTS[type] ?? {};
        const about: unknown = JSON.parse(JSON.stringify(key ?? data)); // without what JSON leaves out
        const detail = {
          specversion: '1.0',
          id: digestOf({ source, type, subject, about }),
          source,
          type,
          subject,
          time: time.toISOString(),
          datacontenttype: 'application/json',
          ...(says === undefined ? {} : { says }),
          ...(runbook === null ? {} : { runbook: `${RUNBOOK}#${runbook}` }),
          data,
        };
        return {
          EventBusName: props.bus,
          Source: source,
          DetailType: type,
          Time: time,
          Detail: JSON.stringify(detail),
        };
      });
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
