import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { DeadLettersResponse, ReplayDeadLettersResponse } from '../../contracts/api/dead-letters.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { makeConsumeStream } from '../../lambdas/handlers/ingestion/consume-stream.ts';
import { makeListDeadLetters } from '../../lambdas/handlers/ingestion/list-dead-letters.ts';
import { makeReplayDeadLetters } from '../../lambdas/handlers/ingestion/replay-dead-letters.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';
import { orders, shop } from './shop-definitions.ts';
import { order, type Put, streamEvent } from './stream-event.ts';

let platform: PlatformInMemory;
beforeEach(() => {
  platform = platformInMemory();
});

const consume = async (puts: readonly Put[], with_: Partial<PlatformInMemory> = {}) =>
  makeConsumeStream({ ...platform, ...with_ }, silentLog)(streamEvent(puts), {} as Context);

async function list(query: Record<string, string> = {}) {
  const { body } = await call(makeListDeadLetters(platform, silentLog), 'GET /v1/dead-letters', undefined, { query });
  return DeadLettersResponse.parse(body);
}

async function replay(body: object = {}, with_: Partial<PlatformInMemory> = {}) {
  const handler = makeReplayDeadLetters({ ...platform, ...with_ }, silentLog);
  const answer = await call(handler, 'POST /v1/dead-letters/replays', body);
  expect(answer.status).toBe(200);
  return ReplayDeadLettersResponse.parse(answer.body);
}

const outcomes = async (...args: Parameters<typeof replay>) =>
  (await replay(...args)).results.map(({ outcome }) => outcome);
const rows = async () => (await platform.tables.head('source_orders')).rows;
const good = (at: number): Put => ({ at, data: order(at, '2026-02-01T10:00:00Z', at) });
const halfAnItem: Put = { at: 2, data: order(2, '2026-02-01T10:00:00Z', 2, { quantity: 1.5 }) };

/** Definitions in which half an item may be ordered. */
const corrected: Definitions = {
  ...shop,
  sources: [
    { ...orders, columns: orders.columns.map((one) => (one.name === 'quantity' ? { ...one, type: 'float64' } : one)) },
  ],
};

/** What Lambda puts into the bucket for a batch it gives up. */
async function giveUp(puts: readonly Put[], name = 'a'): Promise<void> {
  const document = {
    requestContext: {
      requestId: 'r',
      functionArn: 'f',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 11,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-03-01T12:10:00.021Z',
    KinesisBatchInfo: { shardId: 'shardId-000000000001', batchSize: puts.length },
    payload: JSON.stringify(streamEvent(puts)),
  };
  const key = `aws/lambda/uuid/shardId-000000000001/2026/03/01/2026-03-01T12.10.00-${name}`;
  await platform.objects.put({ bucket: 'offline', key }, Buffer.from(JSON.stringify(document)), 'application/json');
}

describe('dead letters', () => {
  it('are listed with reason, place and bytes, by source', async () => {
    await consume([good(1), halfAnItem, { at: 3, data: 'x' }]);
    const { letters, total, givenUpBatches, next } = await list();
    expect([total, givenUpBatches, next]).toEqual([2, 0, null]);
    expect(letters.map(({ source, kind, sequenceNumber }) => [source, kind, sequenceNumber.slice(-3)])).toEqual([
      [null, 'rejected', '003'],
      ['orders', 'rejected', '002'],
    ]);
    expect(Buffer.from(letters[0]!.data, 'base64').toString()).toBe('x');
    expect((await list({ source: 'orders' })).total).toBe(1);
  });

  it('come page by page', async () => {
    await consume(Array.from({ length: 130 }, (_, i) => ({ at: i, data: 'x' })));
    const first = await list();
    const second = await list({ after: first.next! });
    expect([first.letters.length, second.letters.length, second.next]).toEqual([100, 30, null]);
    expect(new Set([...first.letters, ...second.letters].map(({ letterId }) => letterId)).size).toBe(130);
  });
});

describe('a replay', () => {
  it('tells of a letter that still cannot be stored, and leaves it open', async () => {
    await consume([good(1), halfAnItem]);
    expect((await replay()).results).toMatchObject([
      { source: 'orders', outcome: 'rejected', reason: 'quantity: not a whole number' },
    ]);
    expect((await list()).total).toBe(1);
  });

  it('stores a letter once the definitions take it, beside the neighbours that were stored, and once only', async () => {
    await consume([good(1), halfAnItem, good(3)]);
    expect(await outcomes({}, { definitions: corrected })).toEqual(['stored']);
    expect(await rows()).toBe(3);
    expect(platform.online.all().some(({ key }) => key[0] === 2)).toBe(true);
    expect((await list()).total).toBe(0);
    expect(platform.objects.keys('offline').filter((key) => key.startsWith('dead-letter/replayed/'))).toHaveLength(1);
    expect(await outcomes({}, { definitions: corrected })).toEqual([]);
  });

  it('that died before it could close the letter stores nothing twice', async () => {
    await consume([halfAnItem]);
    const put: typeof platform.objects.put = (location, ...rest) =>
      location.key.startsWith('dead-letter/')
        ? Promise.reject(new Error('killed'))
        : platform.objects.put(location, ...rest);
    const dying = { definitions: corrected, objects: { ...platform.objects, put } };
    expect(await outcomes({}, dying)).toEqual(['failed']);
    expect(await rows()).toBe(1);
    expect(await outcomes({}, { definitions: corrected })).toEqual(['already-stored']);
    expect(await rows()).toBe(1);
  });

  it('takes the letters that are named, or those of a source', async () => {
    await consume([
      halfAnItem,
      { at: 3, data: order(3, '2026-02-01T10:00:00Z', 3, { quantity: 2.5 }) },
      { at: 4, data: 'x' },
    ]);
    const { letters } = await list({ source: 'orders' });
    const { results } = await replay({ letterIds: [letters[1]!.letterId] }, { definitions: corrected });
    expect(results.map(({ letterId }) => letterId)).toEqual([letters[1]!.letterId]);
    expect(await outcomes({ source: 'orders' }, { definitions: corrected })).toEqual(['stored']);
    const unknown = await call(makeReplayDeadLetters(platform, silentLog), 'POST /v1/dead-letters/replays', {
      source: 'nobody',
    });
    expect([unknown.status, unknown.body['error']]).toEqual([404, expect.objectContaining({ name: 'NotFoundError' })]);
  });

  it('opens batches that Lambda gave up: what was stored is recognized, the rest is stored in order, what is bad stays', async () => {
    await consume([good(1), good(2)]);
    await giveUp([good(1), good(2), good(3), { at: 4, data: 'x' }]);
    expect((await list()).givenUpBatches).toBe(1);
    const { results } = await replay();
    expect(results.map(({ outcome }) => outcome)).toEqual(['rejected', 'already-stored', 'already-stored', 'stored']);
    expect(await rows()).toBe(3);
    expect(await list()).toMatchObject({ total: 1, givenUpBatches: 0 });
    // the same batch, given up twice because a destination was slow to answer
    await giveUp([good(1), good(2), good(3)], 'b');
    expect(await outcomes()).toEqual(['rejected', 'already-stored', 'already-stored', 'already-stored']);
    expect(await rows()).toBe(3);
  });

  it('and the stream, read again from its start, do not store a record twice', async () => {
    await giveUp([good(1), good(2)]);
    expect(await outcomes()).toEqual(['stored', 'stored']);
    await consume([good(1), good(2), good(3)]);
    expect(await rows()).toBe(3);
  });

  it('leaves alone, and names, what is no batch of the stream', async () => {
    const key = 'aws/lambda/somebody/else';
    await platform.objects.put({ bucket: 'offline', key }, Buffer.from('{}'), 'application/json');
    expect(await replay()).toEqual({ results: [], unreadableBatches: [key], next: null });
    expect(platform.objects.keys('offline')).toEqual([key]);
  });

  it('goes on where the answer before it ended', async () => {
    await giveUp(Array.from({ length: 130 }, (_, i) => good(i + 1)));
    const first = await replay();
    expect([first.results.length, first.next]).toEqual([100, expect.any(String)]);
    const second = await replay({ after: first.next });
    expect([second.results.length, second.next]).toEqual([30, null]);
    expect(await rows()).toBe(130);
  });
});
