import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrainingSetRequest } from '../../contracts/api/training-sets.ts';
import type { Answer } from './fake-api.ts';
import { runCommand } from './run-command.ts';
import { apiOf, execution, failure, fileOf } from './scripted-api.ts';

const CSV = 'Cust,event_timestamp\nC1,2026-02-01\n';
const SHA256 = createHash('sha256').update(CSV).digest('hex');
const ID = 'a'.repeat(64);
/** The fake server answers JSON: this is the body of every file. */
const BODY = JSON.stringify('rows');
const result = { trainingSetId: ID, uri: 's3://artifacts/training-set/a/', rows: 1, files: 1, wasThere: false };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-set-'));
});
afterEach(() => rm(folder, { recursive: true }));

function setOf(
  url: string,
  names: readonly string[],
  sha256 = createHash('sha256').update(BODY).digest('hex'),
): Answer {
  const expiresAt = '2026-01-01T00:00:00Z';
  return {
    body: {
      trainingSetId: ID,
      uri: result.uri,
      rows: 1,
      trainingSet: {
        entities: { eventTimes: { from: '2026-02-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' } },
        features: [{ column: 'spend__total' }, { column: 'weather__rain' }],
        nullShares: { spend__total: 0.25, weather__rain: 0 },
        views: [
          { as: 'spend', materializedTo: '2026-01-31T00:00:00.000Z' },
          { as: 'weather', materializedTo: null },
        ],
      },
      downloads: names.map((name) => ({ name, url: `${url}/${name}?sig=1`, sha256, sizeBytes: 6, expiresAt })),
    },
  };
}

const upload = { method: 'PUT', headers: { 'x-amz-checksum-sha256': 'abc' }, expiresAt: '2026-01-01T00:00:00Z' };
const flow = {
  'POST /v1/entity-tables': (url: string): Answer => ({
    body: { sha256: SHA256, state: 'awaiting-upload', upload: { ...upload, url: `${url}/up?sig=1` } },
  }),
  'PUT /up?sig=1': { body: '' },
  'POST /v1/training-sets': { status: 202, body: { executionId: 'training-set:e1' } },
  'GET /v1/executions/training-set%3Ae1': [execution('RUNNING'), execution('SUCCEEDED', { output: result })],
  [`GET /v1/training-sets/${ID}`]: (url: string) => setOf(url, ['part-00000.parquet']),
  'GET /part-00000.parquet?sig=1': { body: 'rows' },
  'GET /part-00001.parquet?sig=1': { body: 'rows' },
};

describe('training-set', () => {
  it('uploads the entity table, follows the work, downloads the files and tells what they hold', async () => {
    const file = await fileOf('e.csv', CSV);
    const api = await apiOf(flow);
    const out = join(folder, 'set');
    const ran = await runCommand(
      [
        'training-set',
        '--features',
        'spend:total,weather:rain',
        '--entities',
        file,
        '--map',
        'Cust=customer_id',
        '--type',
      ].concat(['y=float64', '--delimiter', ';', '--timestamp-column', 'at', '--out', out, '--url', api.url]),
    );
    expect(ran.stderr).toContain('joining e.csv');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`training set ${ID} is made`);
    expect(ran.stdout).toContain('spend__total: no value in 25 % of the rows');
    expect(ran.stdout).not.toContain('weather__rain');
    expect(ran.stderr).toContain('the newest row (2026-02-01T00:00:00.000Z) is later than spend was computed');
    expect((await readdir(out)).sort()).toEqual(['part-00000.parquet', 'training-set.json']);
    expect(await readFile(join(out, 'part-00000.parquet'), 'utf8')).toBe(BODY);
    const posted = api.asked.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
    expect(posted[0]).toEqual({ sha256: SHA256, sizeBytes: CSV.length });
    expect(posted[1]).toEqual({
      features: ['spend:total', 'weather:rain'],
      entities: { sha256: SHA256, format: 'csv', csv: { delimiter: ';' } },
      mapping: { Cust: 'customer_id' },
      types: { y: 'float64' },
      timestampColumn: 'at',
    });
    expect(TrainingSetRequest.safeParse(posted[1]).success).toBe(true);
  });

  it('uploads nothing that is there already, takes a service, and gives one JSON document', async () => {
    const file = await fileOf('e.jsonl', '{}');
    const body = { sha256: SHA256, state: 'uploaded', upload: null };
    const api = await apiOf({ ...flow, 'POST /v1/entity-tables': { body } });
    const out = join(folder, 'deep', 'one.parquet');
    const ran = await runCommand([
      'training-set',
      '--service',
      'trip',
      '--entities',
      file,
      '--out',
      out,
      '--json',
      '--url',
      api.url,
    ]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ trainingSetId: ID, wasThere: false, files: [out] });
    expect(api.asked.some(({ method }) => method === 'PUT')).toBe(false);
    expect(await readFile(out, 'utf8')).toBe(BODY);
    expect(JSON.parse(api.asked.at(1)!.body)).toMatchObject({ featureService: 'trip', entities: { format: 'jsonl' } });
  });

  it('makes a set again, and finds one by its id', async () => {
    const api = await apiOf(flow);
    const again = await runCommand(['training-set', '--reproduce', ID, '--url', api.url]);
    expect(again.code).toBe(0);
    expect(api.asked.map(({ body }) => body)[0]).toBe(JSON.stringify({ reproduce: ID }));
    const found = await runCommand(['training-set', ID, '--url', api.url]);
    expect(found.stdout).toContain(`training set ${ID} is there`);
  });

  it('writes no file that is not the one announced, and no set of several files into one', async () => {
    const wrong = await apiOf({
      ...flow,
      [`GET /v1/training-sets/${ID}`]: (url: string) => setOf(url, ['part-00000.parquet'], 'b'),
    });
    const other = await runCommand(['training-set', ID, '--out', join(folder, 'w'), '--url', wrong.url]);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('other bytes than were announced')]);
    expect(await readdir(join(folder, 'w'))).toEqual([]);
    const names = ['part-00000.parquet', 'part-00001.parquet'];
    const two = await apiOf({ ...flow, [`GET /v1/training-sets/${ID}`]: (url: string) => setOf(url, names) });
    const one = await runCommand(['training-set', ID, '--out', join(folder, 'one.parquet'), '--url', two.url]);
    expect([one.code, one.stderr]).toEqual([1, expect.stringContaining('there are 2 files, and')]);
    expect(one.stderr).toContain(`name a folder: headgate training-set ${ID} --out DIR`);
    const both = await runCommand(['training-set', ID, '--out', join(folder, 'both'), '--url', two.url]);
    expect(both.code).toBe(0);
    expect((await readdir(join(folder, 'both'))).sort()).toEqual([...names, 'training-set.json']);
  });

  it.each([
    [['--features', 'a:b'], 'give --entities and one of --features and --service'],
    [['--entities', 'x.csv'], 'give --entities and one of'],
    [['--features', 'a:b', '--service', 's', '--entities', 'x.csv'], 'give --entities and one of'],
    [['--features', 'a:b', '--entities', 'rows'], 'the format of "rows" cannot be told from its name'],
    [[ID, '--entities', 'x.csv'], 'the id of a training set is given alone'],
    [['--map', 'x'], 'NAME=VALUE'],
  ])('refuses %j', async (args, message) => {
    const ran = await runCommand(['training-set', ...args]);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('tells why it was not made', async () => {
    const file = await fileOf('e.csv', CSV);
    const error = { name: 'FileRejectedError', message: 'the entity table lacks customer_id' };
    const api = await apiOf({
      ...flow,
      'GET /v1/executions/training-set%3Ae1': [execution('FAILED', { error, step: 'Plan' })],
    });
    const ran = await runCommand(['training-set', '--features', 'a:b', '--entities', file, '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([
      1,
      expect.stringContaining('failed at Plan: the entity table lacks customer_id'),
    ]);
    const refused = await apiOf({
      ...flow,
      'POST /v1/training-sets': failure(404, 'not-found', 'no feature view named "a"'),
    });
    const other = await runCommand(['training-set', '--features', 'a:b', '--entities', file, '--url', refused.url]);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('no feature view named "a"')]);
  });
});
