import middy from '@middy/core';
import { type StreamBatchAnswer, StreamEvent } from '../../../contracts/stream-event.ts';
import { type ConsumeRecordsDeps, consumeRecords } from '../../use-cases/ingestion/consume-records.ts';
import { recordsOf } from '../../use-cases/ingestion/records-of.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

/** Answers which records failed, so that Lambda gives those again and no others. */
export function makeConsumeStream(deps: Omit<ConsumeRecordsDeps, 'onFailure'>, log: RequestLog) {
  const onFailure = (what: string, error: unknown) =>
    log.error('will be tried again', {
      what,
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
  return middy(async (event: unknown): Promise<StreamBatchAnswer> => {
    const failed = await consumeRecords({ ...deps, onFailure }, recordsOf(checked(StreamEvent, event, 'event')));
    return { batchItemFailures: failed.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
  });
}
