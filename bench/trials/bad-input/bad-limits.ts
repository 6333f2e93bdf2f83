import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BadCase } from './bad-case.ts';
import { commandReply } from './command.ts';
import { http } from './http-reply.ts';

const PREDICT = '/v1/models/returning/predictions';
const instance = {
  'order_habit:orders_7d': 1,
  'order_habit:spend_28d': 10,
  'last_order:channel': 'web',
  'last_order:amount_cents': 1_000,
};
const NOTES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const SEEN_AT = '2026-01-05T10:00:00Z';

/** A push of one signal. */
const signal = (deviceId: string, note: string, to: string) => ({
  push_source_name: 'signals',
  df: { device_id: [deviceId], seen_at: [SEEN_AT], ...Object.fromEntries(NOTES.map((name) => [name, [note]])) },
  to,
});

/** Values that one part of the platform could hold and another could not. */
export const BAD_LIMITS: readonly BadCase[] = [
  http('an online row with a key of 3 KB', '/push', {
    body: signal('x'.repeat(3_000), 'n', 'online'),
    says: ['device_id'],
  }),
  http('an online row of 420 KB', '/push', { body: signal('d1', 'n'.repeat(60_000), 'online'), says: ['KiB'] }),
  http('a stored row with a key of 3 KB', '/push', {
    body: signal('x'.repeat(3_000), 'n', 'offline'),
    says: ['device_id'],
  }),
  http('features of a key of 3 KB', '/get-online-features', {
    body: { features: ['last_signal:a'], entities: { device_id: ['€'.repeat(1_024)] } },
    says: ['device_id'],
  }),
  http('an instance with a text of 500 KB', PREDICT, {
    body: { instances: [{ ...instance, 'last_order:channel': 'x'.repeat(500_000) }] },
    says: ['last_order:channel'],
  }),
  http('an instance with half a character', PREDICT, {
    body: '{"instances":[{"order_habit:orders_7d":1,"order_habit:spend_28d":1,"last_order:channel":"\\ud800","last_order:amount_cents":1}]}',
    says: ['last_order:channel'],
  }),
  http('an instance beyond single precision', PREDICT, {
    body: { instances: [{ ...instance, 'order_habit:spend_28d': 1e300 }] },
    code: '200',
    says: ['"score":'],
    changes: { predictions: 1 },
  }),
  http('an infinite entity', PREDICT, { body: '{"entities":{"customer_id":1e400}}', says: ['customer_id'] }),
  http('an id of 5 KB', `/v1/predictions/${'x'.repeat(5_000)}`, { says: ['{id}', '5000 characters'] }),
  http('an id that is a zero byte', '/v1/predictions/%00', { code: '404', says: ['no prediction'] }),
  http('a model name of 5 KB', `/v1/models/${'m'.repeat(5_000)}/predictions`, {
    body: { entities: { customer_id: 1 } },
    says: ['{model}', '5000 characters', 'at most 200'],
  }),
  http('a page asked for twice', '/v1/models/returning/releases?limit=1&limit=2', { says: ['limit'] }),
  {
    door: 'file',
    why: 'rows whose key or whole is too large for the online store, and one good row',
    async attempt({ dir, url }) {
      const file = join(dir, 'signals.csv');
      const row = (id: string, note: string) => [id, SEEN_AT, ...NOTES.map(() => note)].join();
      const rows = [row('x'.repeat(3_000), 'n'), row('large', 'n'.repeat(60_000)), row('good', 'n')];
      await writeFile(file, `device_id,seen_at,${NOTES.join()}\n${rows.join('\n')}\n`);
      const loaded = await commandReply(['ingest', 'signals', file, '--url', url]);
      const materialized = await commandReply(['materialize', 'last_signal', '--url', url]);
      return { ...materialized, message: `${loaded.message}\n${materialized.message}` };
    },
    code: 'exit 0',
    says: ['rows written      1', 'rows quarantined  2', 'last_signal: 1 row computed'],
    changes: { 'source rows': 1, 'view rows': 1, files: 2, 'online items': 1 },
  },
];
