import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BadCase } from './bad-case.ts';
import { commandReply } from './command.ts';
import { http } from './http-reply.ts';
import type { PreparedPlatform } from './prepared-platform.ts';

const MODEL = '/v1/models/returning';
const SCANS = `${MODEL}/drift-scans`;
const BATCHES = `${MODEL}/batch-predictions`;
const ACKNOWLEDGEMENTS = `${MODEL}/retraining/acknowledgements`;
const outcome = (predictionId: string, more: object = {}) => ({
  outcomes: [{ predictionId, value: 1, occurredAt: '2026-01-01T00:00:00Z', ...more }],
});

/** `headgate batch-predict` over a file with this content. */
function entities(why: string, name: string, content: string | Uint8Array, ...says: string[]): BadCase {
  return {
    door: 'file',
    why,
    async attempt({ dir, url }) {
      const file = join(dir, name);
      await writeFile(file, content);
      return commandReply(['batch-predict', 'returning', '--entities', file, '--url', url]);
    },
    code: 'exit 1',
    says,
  };
}

function verb(why: string, args: readonly string[], code: string, ...says: string[]): BadCase {
  const attempt = ({ url }: PreparedPlatform) => commandReply([...args, '--url', url]);
  return { door: 'command', why, attempt, code, says };
}

const LACKS = 'lacks customer_id (int64, join key)';

/** Scans, retraining, batch predictions and the outcomes that they live on. */
export const BAD_WATCHING: readonly BadCase[] = [
  http('a scan up to a word', SCANS, { body: { to: 'yesterday' }, says: ['to', 'ISO 8601', 'given "yesterday"'] }),
  http('a scan up to the future', SCANS, { body: { to: '2999-01-01T00:00:00Z' }, says: ['"to" lies in the future'] }),
  http('a scan of a window', SCANS, { body: { window: '1d' }, says: ['unknown window', 'known: to'] }),
  http('a scan of an unknown model', '/v1/models/nobody/drift-scans', {
    body: {},
    code: '404',
    says: ['"nobody"', 'known: '],
  }),
  http('no scans', `${MODEL}/drift?limit=0`, { says: ['limit: must be at least 1, given "0"'] }),
  http('too many scans', `${MODEL}/drift?limit=21`, { says: ['limit: must be at most 20, given "21"'] }),
  http('scans since', `${MODEL}/drift?since=1d`, { says: ['unknown since', 'known: limit'] }),
  http('the scans of an unknown model', '/v1/models/nobody/drift', { code: '404', says: ['"nobody"', 'known: '] }),
  http('the retraining of an unknown model', '/v1/models/nobody/retraining', { code: '404', says: ['known: '] }),
  http('the retraining by page', `${MODEL}/retraining?page=2`, { says: ['takes no query, given page'] }),
  http('an acknowledgement without a reason', ACKNOWLEDGEMENTS, { body: {}, says: ['because: must say why'] }),
  http('an acknowledgement of 2,000 characters', ACKNOWLEDGEMENTS, {
    body: { because: 'x'.repeat(2_000) },
    says: ['at most 1,000 characters'],
  }),
  http('an acknowledgement that clears the screen', ACKNOWLEDGEMENTS, {
    body: { because: '\u001b[2J' },
    says: ['must not have control characters'],
  }),
  http('an acknowledgement where nobody has to look', ACKNOWLEDGEMENTS, {
    body: { because: 'nothing was wrong' },
    code: '200',
    says: ['"escalation":null'],
  }),
  http('a training with an unknown setting', `${MODEL}/trainings`, { body: { force: true }, says: ['unknown force'] }),
  http('a batch prediction as of no instant', BATCHES, { body: { asOf: 5 }, says: ['asOf', 'given 5'] }),
  http('a batch prediction as of the future', BATCHES, {
    body: { asOf: '2999-01-01T00:00:00Z' },
    says: ['"asOf" lies in the future'],
  }),
  http('a batch prediction of a file that was not uploaded', BATCHES, {
    body: { entities: { sha256: 'ab'.repeat(32), format: 'csv' } },
    code: '409',
    says: ['POST /v1/entity-tables'],
  }),
  http('a batch prediction of a file by its name', BATCHES, {
    body: { entities: 'vips.csv' },
    says: ['entities: must be an object, given "vips.csv"'],
  }),
  http('a batch prediction cut at line ends', BATCHES, {
    body: { entities: { sha256: 'ab'.repeat(32), format: 'csv', csv: { delimiter: '\n' } } },
    says: ['delimiter', 'must not be a quote or end lines'],
  }),
  http('a batch prediction without a champion', '/v1/models/demanding/batch-predictions', {
    body: {},
    code: '409',
    says: ['no champion yet'],
  }),
  http('the batch predictions of an unknown model', '/v1/models/nobody/batch-predictions', {
    code: '404',
    says: ['known: '],
  }),
  http('501 outcomes', `${MODEL}/outcomes`, {
    body: ({ predictionId }) => ({ outcomes: Array(501).fill(outcome(predictionId).outcomes[0]) }),
    says: ['at most 500 members'],
  }),
  http('an outcome without end', `${MODEL}/outcomes`, {
    body: ({ predictionId }) => JSON.stringify(outcome(predictionId)).replace(':1,', ':1e999,'),
    says: ['outcomes[0].value: must be a number or a boolean'],
  }),
  http('an outcome of another model’s prediction', '/v1/models/demanding/outcomes', {
    body: ({ predictionId }) => outcome(predictionId),
    code: '200',
    says: ['"unknown-prediction":1'],
  }),
  entities('entities in an empty file', 'empty.csv', '', 'empty.csv is empty'),
  entities('entities in a header', 'header.csv', 'customer_id\n', 'the file of entities has no rows'),
  entities('entities by another name', 'other.csv', 'customer\n7\n', LACKS, 'Its columns are customer'),
  entities('an entity in text', 'text.csv', 'customer_id\n7\nabc\n', 'row 2: customer_id: not a whole number'),
  entities('an entity without its key', 'gap.csv', 'customer_id,x\n7,a\n,b\n', 'row 2', 'a join key is missing'),
  entities('a note of 10 MB', 'long.csv', `customer_id,note\n7,${'x'.repeat(10_000_000)}\n`, 'maximum number of'),
  entities('entities in UTF-16', 'wide.csv', Buffer.from('\ufeffcustomer_id\n7\n', 'utf16le'), 'UTF-16', 'save it as'),
  entities('entities in no Parquet', 'text.parquet', 'customer_id\n7\n', 'no Parquet file', 'PAR1'),
  entities('entities in half a Parquet', 'half.parquet', 'PAR1 and nothing else', 'cannot be read as Parquet'),
  verb('a scan of an unknown flag', ['drift', 'returning', '--window', '1d'], 'exit 2', "unknown option '--window'"),
  verb('a scan up to monday', ['drift', 'returning', '--to', 'monday'], 'exit 2', 'ISO 8601'),
  verb('a scan and a list', ['drift', 'returning', '--scan', '--list'], 'exit 2', '--list leaves no room for --scan'),
  verb('the drift of an unknown model', ['drift', 'nobody'], 'exit 1', '"nobody"', 'known: '),
  verb('the retraining of nobody', ['retraining', 'nobody'], 'exit 1', '"nobody"', 'known: '),
  verb('a batch prediction by nobody', ['batch-predict', 'nobody'], 'exit 1', '"nobody"', 'known: '),
  verb('a delimiter of no file', ['batch-predict', 'returning', '--delimiter', ';'], 'exit 2', '--entities FILE'),
];
