import middy from '@middy/core';
import { type StreamBatchAnswer, StreamEvent } from '../../../contracts/stream-event.ts';
import { type ConsumeRecordsDeps, consumeRecords } from '../../use-cases/ingestion/consume-records.ts';
import { recordsOf } from '../../use-cases/ingestion/records-of.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';
import { tellFailure } from './tell-failure.ts';

/** Answers which records failed, so that Lambda gives those again, and what came after the first of them. */
export function makeConsumeStream(deps: Omit<ConsumeRecordsDeps, 'onFailure'>, log: RequestLog) {
  const told = { ...deps, onFailure: tellFailure(log) };
  return middy(async (event: unknown): Promise<StreamBatchAnswer> => {
    const failed = await consumeRecords(told, recordsOf(checked(StreamEvent, event, 'event')));
    return { batchItemFailures: failed.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
  });
}
