import * as z from 'zod';
import { AwsError, type Operation, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import type { EventRouter } from './event-router.ts';

const MAX_ENTRIES = 10;
const MAX_BYTES = 1_048_576;

const Entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  Resources: z.array(z.string()).default([]),
  /** Epoch seconds on the wire, a date in process. */
  Time: z.union([z.number().transform((seconds) => new Date(seconds * 1000)), z.date()]).optional(),
  TraceHeader: z.string().optional(),
});
type Entry = z.infer<typeof Entry>;

const Input = z.object({ Entries: z.array(Entry).min(1).max(MAX_ENTRIES) });

interface Refusal {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** PutEvents: each entry is taken or refused for itself, in order. */
export function putEvents(region: Region, router: EventRouter): Operation {
  return async (input, caller) => {
    const { Entries } = readInput(Input, input);
    const sizeBytes = Entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    if (sizeBytes >= MAX_BYTES) {
      const message = `Total size of the entries in the request is over the limit: ${sizeBytes} of ${MAX_BYTES} bytes.`;
      throw new AwsError('ValidationException', message);
    }
    for (const { EventBusName } of Entries) {
      region.authorize(caller, 'events:PutEvents', busArn(region, EventBusName));
    }
    const results = Entries.map((entry) => {
      const refusal = refusalOf(entry, router);
      if (refusal !== undefined) return refusal;
      const event = router.makeEvent({
        source: entry.Source ?? '',
        detailType: entry.DetailType ?? '',
        detail: JSON.parse(entry.Detail ?? '{}'),
        resources: entry.Resources,
        time: entry.Time,
      });
      router.publish(busNameOf(entry.EventBusName), event);
      return { EventId: event.id };
    });
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };
}

function refusalOf(entry: Entry, router: EventRouter): Refusal | undefined {
  for (const field of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[field] === undefined || entry[field] === '') {
      const ErrorMessage = `Parameter ${field} is not valid. Reason: ${field} is a required argument.`;
      return { ErrorCode: 'InvalidArgument', ErrorMessage };
    }
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: `Not authorized for the source.` };
  }
  if (!isJsonObject(entry.Detail ?? '')) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if (!router.buses.has(busNameOf(entry.EventBusName))) {
    const ErrorMessage = `Event bus ${entry.EventBusName} does not exist.`;
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage };
  }
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** As AWS counts: 14 bytes for a time, and the bytes of the rest. */
function entryBytes(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...entry.Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), entry.Time === undefined ? 0 : 14);
}

export function busNameOf(nameOrArn: string): string {
  return nameOrArn.split('/').at(-1) ?? nameOrArn;
}

export function busArn(region: Region, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return `arn:aws:events:${region.regionName}:${region.accountId}:event-bus/${nameOrArn}`;
}
