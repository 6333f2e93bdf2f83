import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenIngestionResponse } from '../../../contracts/api/ingestions.ts';
import type { ExecutionResponse } from '../../../contracts/api/operations.ts';
import type { RetrainingResponse } from '../../../contracts/api/retraining.ts';
import { asked, started, watch } from '../../../test/e2e/api.ts';
import { watchRollout } from '../../../test/e2e/follow-release.ts';
import type { BadCase, Reply } from './bad-case.ts';
import { commandReply } from './command.ts';
import { http, httpReply } from './http-reply.ts';

const INGESTIONS = '/v1/feature-views/orders/ingestions';
const TRAININGS = (model: string) => `/v1/models/${model}/trainings`;
const MATERIALIZATIONS = '/v1/feature-views/order_habit/materializations';

/** Facts of a file that is text. */
const factsOf = (text: string) => ({
  fileName: 'orders.csv',
  sha256: createHash('sha256').update(text).digest('hex'),
  sizeBytes: Buffer.byteLength(text),
});

/** Long-running work, by how it ended. */
function flow(why: string, path: string, body: object, expected: Pick<BadCase, 'code' | 'says' | 'changes'>): BadCase {
  return {
    door: 'flow',
    why,
    attempt: async ({ url }) => replyOf(await watch(url, await started(url, path, body))),
    ...expected,
  };
}

/** The training of a model by a person, which has ended once the platform has noted how. */
function training(
  why: string,
  model: string,
  body: object,
  expected: Pick<BadCase, 'code' | 'says' | 'changes'>,
): BadCase {
  const ended = flow(why, TRAININGS(model), body, expected);
  return {
    ...ended,
    async attempt(platform) {
      const reply = await ended.attempt(platform);
      await noted(platform.url, model);
      return reply;
    },
  };
}

async function noted(url: string, model: string): Promise<void> {
  const newest = async () => (await asked<RetrainingResponse>(url, `/v1/models/${model}/retraining`)).retrainings[0];
  while ((await newest())?.endedAt === null) await sleep(100);
}

function replyOf({ status, error, output }: ExecutionResponse): Reply {
  return { code: status, name: error?.name ?? '', message: error?.message ?? JSON.stringify(output) };
}

/** Opens an ingestion of a text, and uploads another one. */
function upload(why: string, sent: (text: string) => string, code: string, says: readonly string[]): BadCase {
  const text = `order_id,customer_id,ordered_at,amount,channel\nU,7,2026-01-05T10:00:00Z,1,${why}\n`;
  return {
    door: 'flow',
    why,
    attempt: async ({ url }) => {
      const { upload } = await asked<OpenIngestionResponse>(url, INGESTIONS, factsOf(text));
      const { 'content-length': _, ...headers } = upload!.headers; // fetch says how much it sends
      return httpReply(upload!.url, { method: 'PUT', body: sent(text), headers });
    },
    code,
    says,
  };
}

const missing = factsOf('a file that is never uploaded');
const openingFirst =
  (body: object, id?: string): BadCase['attempt'] =>
  async ({ url }) => {
    const { ingestionId } = await asked<OpenIngestionResponse>(url, INGESTIONS, missing);
    return httpReply(`${url}${INGESTIONS}/${id ?? ingestionId}`, { body });
  };

/** Uploads, materializations, trainings and rollouts. */
export const BAD_FLOWS: readonly BadCase[] = [
  {
    door: 'flow',
    why: 'a load without its upload',
    attempt: openingFirst(missing),
    code: '409',
    says: ['"orders.csv"', 'nothing was uploaded', 'PUT'],
  },
  {
    door: 'flow',
    why: 'a load with the facts of another file',
    attempt: openingFirst({ ...missing, sha256: 'ab'.repeat(32) }),
    code: '400',
    says: ['of another file', 'same body'],
  },
  http('an announcement without a digest', INGESTIONS, {
    body: { ...missing, sha256: 'abc' },
    says: ['64', 'given "abc"'],
  }),
  http('an announcement of an empty file', INGESTIONS, {
    body: { ...missing, sizeBytes: 0 },
    says: ['the file is empty'],
  }),
  http('an announcement of 2 GiB', INGESTIONS, { body: { ...missing, sizeBytes: 2 ** 31 }, says: ['1 GiB', 'split'] }),
  upload('an upload with another content', (text) => text.replace('U,7', 'U,8'), '400', ['SHA256']),
  upload('an upload cut short', (text) => text.slice(0, -5), '403', ['signature']),
  http('a span that ends before it begins', MATERIALIZATIONS, {
    body: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
    says: ['"from" must lie before "to"'],
  }),
  http('a span that ends in the future', MATERIALIZATIONS, {
    body: { to: '2999-01-01T00:00:00Z' },
    says: ['"to"', 'future'],
  }),
  http('a span from no instant', MATERIALIZATIONS, {
    body: { from: 'monday' },
    says: ['from', 'ISO 8601', 'given "monday"'],
  }),
  http('a materialization of an unknown view', '/v1/feature-views/sales/materializations', {
    body: {},
    code: '404',
    says: ['"sales"', 'known: '],
  }),
  flow(
    'a materialization before there is data',
    '/v1/feature-views/visit_habit/materializations',
    {},
    {
      code: 'SUCCEEDED',
      says: ['"nothing"', 'no rows'],
    },
  ),
  http('a training of an unknown model', TRAININGS('nobody'), { body: {}, code: '404', says: ['"nobody"', 'known: '] }),
  http('a training as of the future', TRAININGS('returning'), {
    body: { asOf: '2999-01-01T00:00:00Z' },
    says: ['future'],
  }),
  training(
    'a training before there is data',
    'unfed',
    {},
    {
      code: 'FAILED',
      says: ['visit_habit', 'no rows', 'materialize'],
      changes: { 'audit records': 2 },
    },
  ),
  training(
    'a training as of a time before all data',
    'returning',
    { asOf: '2001-01-01T00:00:00Z' },
    {
      code: 'FAILED',
      says: ['no label that has matured by 2001-01-01'],
      changes: { 'audit records': 2 },
    },
  ),
  training(
    'a hyperparameter out of range',
    'misconfigured',
    {},
    {
      code: 'FAILED',
      says: ['max_depth', '-3'],
      changes: { files: 6, 'audit records': 2 },
    },
  ),
  http('a rollout of no release', '/v1/models/returning/rollouts', {
    body: { releaseId: 'latest' },
    says: ['given "latest"'],
  }),
  http('a rollout of an unknown release', '/v1/models/returning/rollouts', {
    body: { releaseId: 'ab'.repeat(32) },
    code: '404',
    says: ['no release named'],
  }),
  http('a rollout of a release that did not pass', '/v1/models/demanding/rollouts', {
    body: ({ failedReleaseId }) => ({ releaseId: failedReleaseId }),
    code: '409',
    says: ['did not pass its gates', '/v1/releases/'],
  }),
  http('a rollout of another model’s release', '/v1/models/demanding/rollouts', {
    body: ({ releaseId }) => ({ releaseId }),
    says: ['is of model "returning", not of "demanding"'],
  }),
  {
    door: 'flow',
    why: 'a rollout of the release that answers already',
    attempt: async ({ url, releaseId }) =>
      replyOf(await watch(url, await started(url, '/v1/models/returning/rollouts', { releaseId }))),
    code: 'SUCCEEDED',
    says: ['rejected', 'is the champion already'],
    changes: { rollouts: 1, 'audit records': 3 },
  },
  {
    door: 'flow',
    why: 'a second rollout while one runs: it waits for its turn',
    async attempt({ url, releaseId }) {
      const training = await watch(url, await started(url, TRAININGS('returning')));
      const { rolloutId } = training.output as { readonly rolloutId: string }; // of a training that passed
      await watchRollout(url, rolloutId, ({ phase }) => phase === 'shadow');
      const second = await started(url, '/v1/models/returning/rollouts', { releaseId });
      // nobody asks the shadow of the first anything, which would go on for a day
      await asked(url, '/v1/models/returning/rollbacks', { because: 'the trial goes on' });
      const reply = replyOf(await watch(url, second));
      await noted(url, 'returning');
      return reply;
    },
    code: 'SUCCEEDED',
    says: ['rejected', 'is the champion already'],
    // one file less in a trial of flows alone: it learns the same from the same rows, whose model is there
    changes: { releases: 1, rollouts: 2, 'audit records': 14, files: 10, 'route epochs': 2 },
  },
  http('an unknown execution', '/v1/executions/train:nothing', {
    code: '404',
    says: ['no execution named "train:nothing"'],
  }),
  http('an execution of no flow', '/v1/executions/nothing', { code: '404', says: ['nothing'] }),
  {
    door: 'flow',
    why: 'two loads of one file at once',
    async attempt({ url, dir }) {
      const file = join(dir, 'at-once.csv');
      await writeFile(file, 'order_id,customer_id,ordered_at,amount,channel\nO1,7,2026-01-05T10:00:00Z,1,web\n');
      const both = await Promise.all([1, 2].map(() => commandReply(['ingest', 'orders', file, '--url', url])));
      return both.find(({ code }) => code !== 'exit 0') ?? both[0]!;
    },
    code: 'exit 0',
    says: ['at-once.csv', 'rows written      1'],
    changes: { 'source rows': 1, files: 1 },
  },
];
