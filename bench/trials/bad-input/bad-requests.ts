import { randomUUID } from 'node:crypto';
import { type BadCase, sequence } from './bad-case.ts';
import { http, httpReply } from './http-reply.ts';

const PREDICT = '/v1/models/returning/predictions';
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const frame = {
  order_id: ['P1', 'P2'],
  customer_id: [7, 8],
  ordered_at: ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00Z'],
  amount: [1, 2],
  channel: ['web', null],
};
const push = { push_source_name: 'orders', df: frame, to: 'offline' };

/** Bodies, routes, the catalogue, pushed rows. */
export const BAD_REQUESTS: readonly BadCase[] = [
  http('no JSON', PREDICT, { body: '{"entities":', says: ['the body is no JSON'] }),
  http('a list', PREDICT, { body: [1], says: ['object'] }),
  http('no body', PREDICT, { method: 'POST', says: ['exactly one of "entities" and "instances"'] }),
  http('XML', PREDICT, { body: '<a/>', headers: { 'content-type': 'application/xml' }, says: ['no JSON'] }),
  http('no UTF-8', PREDICT, {
    body: () => new Uint8Array([0x7b, 0xff, 0x7d]),
    headers: { 'content-type': 'application/octet-stream' },
    says: ['not UTF-8'],
  }),
  http('nested 2,000 levels deep', PREDICT, { body: deep(2_000), says: ['deeper than 32 levels'] }),
  http('a prototype', PREDICT, { body: '{"entities":{"__proto__":{"customer_id":1}}}', says: ['"__proto__"'] }),
  http('1.5 MB', PREDICT, { body: { a: 'x'.repeat(1_500_000) }, says: ['1048576 are allowed'] }),
  http('8 MB', PREDICT, { body: { a: 'x'.repeat(8_000_000) }, says: ['1048576 are allowed'] }),
  http('11 MB', PREDICT, { body: { a: 'x'.repeat(11_000_000) }, code: '413', says: ['Request Too Long'] }),
  http('NaN as a number', PREDICT, { body: '{"instances":[{"a":NaN}]}', says: ['no JSON'] }),
  http('a route that there is not', '/v1/nothing', { code: '404', says: ['Not Found'] }),
  http('a method that there is not', PREDICT, { method: 'DELETE', code: '404', says: ['Not Found'] }),
  http('a path that cannot be decoded', '/v1/models/%E0%A4%A/predictions', {
    body: { entities: { customer_id: 1 } },
    code: '404',
    says: [],
  }),
  http('a model called __proto__', '/v1/models/__proto__', { code: '404', says: ['"__proto__"', 'known: '] }),
  http('an unknown model', '/v1/models/nobody', { code: '404', says: ['"nobody"', 'known: demanding'] }),
  http('an unknown view', '/v1/feature-views/nothing', { code: '404', says: ['"nothing"', 'known: last_order'] }),
  http('an unknown release', `/v1/releases/${'a'.repeat(64)}`, { code: '404', says: ['no release named'] }),
  http('an unknown rollout', '/v1/rollouts/nothing', { code: '404', says: ['no rollout named'] }),
  http('the evidence of an unknown prediction', `/v1/predictions/${randomUUID()}`, {
    code: '404',
    says: ['prediction'],
  }),
  http('a page of no size', '/v1/models/returning/releases?limit=0', { says: ['limit', '1'] }),
  http('a cursor of no page', '/v1/models/returning/releases?cursor=xyz', { says: ['cursor "xyz"'] }),
  http('an unknown query', '/v1/models/returning/releases?page=2', { says: ['page'] }),
  http('an audit of no model', '/v1/audit', { says: ['model'] }),
  http('a page of another site', PREDICT, {
    body: { entities: { customer_id: 1 } },
    headers: { origin: 'https://elsewhere.example' },
    code: '403',
    says: ['Forbidden'],
  }),
  http('an empty idempotency key', '/push', { body: push, headers: { 'idempotency-key': '' }, says: ['1 to 200'] }),
  http('rows for an unknown source', '/push', {
    body: { ...push, push_source_name: 'sales' },
    code: '404',
    says: ['"sales"', 'known: '],
  }),
  http('rows that lack a column', '/push', {
    body: { ...push, df: { order_id: ['P1'] } },
    says: ['df lacks customer_id', 'source "orders" has'],
  }),
  http('columns of different length', '/push', {
    body: { ...push, df: { ...frame, amount: [1] } },
    says: ['differ in length', 'amount 1'],
  }),
  http('rows to nowhere', '/push', { body: { ...push, to: 'archive' }, says: ['given "archive"', '"offline"'] }),
  http('1,001 rows', '/push', {
    body: { ...push, df: Object.fromEntries(Object.keys(frame).map((name) => [name, Array(1_001).fill(1)])) },
    says: ['1000'],
  }),
  http('rows that all are bad', '/push', {
    body: { ...push, df: { ...frame, amount: ['much', null] } },
    says: ['none of the 2 rows', 'row 0: amount: not a number'],
  }),
  http('online rows for a source without views of single rows', '/push', {
    body: { push_source_name: 'visits', df: { customer_id: [1], visited_at: ['2026-01-01T00:00:00Z'] }, to: 'online' },
    says: ['source "visits"', '"to": "offline"'],
  }),
  http('one bad row of two', '/push', {
    body: { ...push, df: { ...frame, amount: [3, 'much'] } },
    code: '200',
    says: ['"accepted":1', '"row":1,"reason":"amount: not a number"'],
    changes: { 'source rows': 1, files: 1 },
  }),
  {
    door: 'HTTP',
    why: 'the same rows pushed twice',
    attempt: ({ url }) => sequence(() => httpReply(`${url}/push`, { body: push }), 2),
    code: '200',
    says: ['"accepted":2'],
    changes: { 'source rows': 2, files: 1 },
  },
];
