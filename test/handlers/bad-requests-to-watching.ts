import type { BadRequest } from './bad-request.ts';

const churn = { model: 'churn' };
const sha256 = 'ab'.repeat(32);
const file = { sha256, format: 'csv' };
const outcome = { predictionId: '01890a5d-ac96-774b-bcce-b302099a8057', value: 1, occurredAt: '2026-02-01T00:00:00Z' };

const INSTANT = 'must be an ISO 8601 instant with a zone, for example 2026-03-01T12:00:00Z, given';

/** What an instant may not be, at each door that takes one. */
const badInstants: readonly BadRequest[] = (
  [
    ['startDriftScan', 'to'],
    ['startTraining', 'asOf'],
    ['startBatchPrediction', 'asOf'],
  ] as const
).flatMap(([to, field]) => {
  const refused = (why: string, given: unknown, says: string): BadRequest => ({
    why: `${why} for ${field}`,
    to,
    path: churn,
    body: { [field]: given },
    status: 400,
    says,
  });
  return [
    refused('a word', 'yesterday', `${field}: ${INSTANT} "yesterday"`),
    refused('a day that there is not', '2026-02-30T00:00:00Z', `${field}: ${INSTANT} "2026-02-30T00:00:00Z"`),
    refused('no zone', '2026-02-01T00:00:00', `${field}: ${INSTANT} "2026-02-01T00:00:00"`),
    refused('a number', 1_772_366_400_000, `${field}: ${INSTANT} 1772366400000`),
    refused('null', null, `${field}: ${INSTANT} null`),
    refused('a list', ['2026-02-01T00:00:00Z'], `${field}: ${INSTANT} [`),
    refused(
      'the future',
      '9999-12-31T23:59:59Z',
      `"${field}" lies in the future: 9999-12-31T23:59:59Z; give an instant`,
    ),
    { why: 'an unknown key', to, path: churn, body: { when: 'now' }, status: 400, says: 'unknown when; known: ' },
    { why: 'no object', to, path: churn, body: '[]', status: 400, says: 'body: must be an object' },
  ];
});

const reason = { because: 'source mended' };

/** Every door that names a model. */
const nobody: readonly BadRequest[] = (
  [
    ['startDriftScan', {}],
    ['listDriftScans', undefined],
    ['getRetraining', undefined],
    ['acknowledgeRetraining', reason],
    ['startTraining', {}],
    ['startBatchPrediction', {}],
    ['listBatchPredictions', undefined],
  ] as const
).flatMap(([to, body]) => [
  { why: 'an unknown model', to, path: { model: 'nobody' }, body, status: 404, says: '"nobody"; known: churn' },
  { why: 'a model of a prototype', to, path: { model: '__proto__' }, body, status: 404, says: 'known: churn' },
  {
    why: 'a name of 300',
    to,
    path: { model: 'm'.repeat(300) },
    body,
    status: 400,
    says: '300 characters, at most 200',
  },
]);

function limit(given: string, says: string): BadRequest {
  return { why: `${given} scans`, to: 'listDriftScans', path: churn, query: { limit: given }, status: 400, says };
}

function acknowledged(why: string, body: unknown, says: string): BadRequest {
  return { why, to: 'acknowledgeRetraining', path: churn, body, status: 400, says };
}

function entities(why: string, given: unknown, says: string, status = 400): BadRequest {
  return { why, to: 'startBatchPrediction', path: churn, body: { entities: given }, status, says };
}

function outcomes(why: string, given: unknown, says: string): BadRequest {
  const body = typeof given === 'string' ? given : { outcomes: given };
  return { why, to: 'recordOutcomes', path: churn, body, status: 400, says };
}

/** Scans, retraining, batch predictions, and outcomes as they are judged later. */
export const TO_WATCHING: readonly BadRequest[] = [
  ...badInstants,
  ...nobody,
  limit('0', 'limit: must be at least 1, given "0"'),
  limit('21', 'limit: must be at most 20, given "21"'),
  limit('', 'limit: must be at least 1, given ""'),
  limit('few', 'limit: must be a number, given "few"'),
  limit('1.5', 'limit: must be a whole number, given "1.5"'),
  {
    why: 'an unknown query of scans',
    to: 'listDriftScans',
    path: churn,
    query: { since: '1d' },
    status: 400,
    says: 'query: unknown since; known: limit',
  },
  ...(['getRetraining', 'listBatchPredictions'] as const).map(
    (to): BadRequest => ({
      why: 'a query that is not read',
      to,
      path: churn,
      query: { limit: '5' },
      status: 400,
      says: 'takes no query, given limit; leave it out',
    }),
  ),
  acknowledged('no reason', {}, 'because: must say why'),
  acknowledged('a blank reason', { because: '  ' }, 'because: must say why, given "  "'),
  acknowledged('a number for a reason', { because: 5 }, 'because: must say why, given 5'),
  acknowledged('a reason of 1,001', { because: 'x'.repeat(1_001) }, 'at most 1,000 characters, given "xxx'),
  acknowledged('a reason that clears the screen', { because: '\u001b[2J' }, 'must not have control characters'),
  acknowledged('a reason under another name', { reason: 'x' }, 'unknown reason; known: because'),
  entities('a file that was not uploaded', file, 'POST /v1/entity-tables says where to upload it', 409),
  entities('a file by its name', 'vips.csv', 'entities: must be an object, given "vips.csv"'),
  entities(
    'a digest in capitals',
    { ...file, sha256: 'AB'.repeat(32) },
    '64 lower-case hexadecimal digits, given "ABAB',
  ),
  entities('no digest', { format: 'csv' }, 'entities.sha256: is missing; give a string'),
  entities('an unknown format', { ...file, format: 'xlsx' }, 'one of "csv", "parquet", "jsonl", given "xlsx"'),
  entities(
    'two delimiters',
    { ...file, csv: { delimiter: '||' } },
    'delimiter: must have at most 1 character, given "||"',
  ),
  entities('no delimiter', { ...file, csv: { delimiter: '' } }, 'delimiter: must have at least 1 character, given ""'),
  entities('a delimiter that ends lines', { ...file, csv: { delimiter: '\n' } }, 'must not be a quote or end lines'),
  entities('a delimiter that quotes', { ...file, csv: { delimiter: '"' } }, 'must not be a quote or end lines'),
  entities('a null in a word', { ...file, csv: { nulls: 'NA' } }, 'entities.csv.nulls: must be a list, given "NA"'),
  entities(
    'an unknown key of CSV',
    { ...file, csv: { quote: "'" } },
    'entities.csv: unknown quote; known: delimiter, nulls',
  ),
  {
    why: 'publishing by hand',
    to: 'startBatchPrediction',
    path: churn,
    body: { publish: true },
    status: 400,
    says: 'unknown publish; known: asOf, entities',
  },
  {
    why: 'an overlong key',
    to: 'startTraining',
    path: churn,
    body: {},
    headers: { 'idempotency-key': 'k'.repeat(201) },
    status: 400,
    says: 'Idempotency-Key must have 1 to 200 characters, given 201',
  },
  outcomes('501 outcomes', Array(501).fill(outcome), 'outcomes: must have at most 500 members'),
  outcomes(
    'an outcome without end',
    `{"outcomes":[${JSON.stringify(outcome).replace(':1,', ':1e999,')}]}`,
    'outcomes[0].value: must be a number or a boolean',
  ),
  outcomes(
    'an outcome that is NaN',
    `{"outcomes":[${JSON.stringify(outcome).replace(':1,', ':NaN,')}]}`,
    'the body is no JSON',
  ),
  outcomes(
    'an outcome of null',
    [{ ...outcome, value: null }],
    'outcomes[0].value: must be a number or a boolean, given null',
  ),
  outcomes(
    'an outcome of a list',
    [outcome, { ...outcome, value: [1] }],
    'outcomes[1].value: must be a number or a boolean, given [1]',
  ),
  outcomes(
    'one outcome of two to come',
    [outcome, { ...outcome, occurredAt: '2030-01-01T00:00:00Z' }],
    'outcomes[1].occurredAt lies in the future',
  ),
  outcomes(
    'an outcome with a note',
    [{ ...outcome, note: 1 }],
    'outcomes[0]: unknown note; known: predictionId, value, occurredAt',
  ),
  outcomes('outcomes by place', { 0: outcome }, 'outcomes: must be a list, given {"0"'),
];
