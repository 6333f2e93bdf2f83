import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantModel } from '../../core/trees/constant-model.ts';
import { writeXgboostModel } from '../../core/trees/write-xgboost-model.ts';
import { makeContainerImages } from '../../local/containers/images.ts';
import { containerPaths } from '../../local/containers/xgboost/container-paths.ts';
import { readChannel } from '../../local/containers/xgboost/data/read-channel.ts';
import { loadBoosters } from '../../local/containers/xgboost/load-boosters.ts';
import { makeModelServer } from '../../local/containers/xgboost/serve.ts';
import { train } from '../../local/containers/xgboost/train.ts';

const CONTAINER = new URL('../../local/containers/xgboost/container.ts', import.meta.url).pathname;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-xgboost-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A base folder of the container contract. */
function base(
  name: string,
  hyperparameters: object,
  channels: Readonly<Record<string, Readonly<Record<string, string>>>>,
) {
  const root = join(folder, name);
  mkdirSync(join(root, 'input/config'), { recursive: true });
  writeFileSync(join(root, 'input/config/hyperparameters.json'), JSON.stringify(hyperparameters));
  const config = Object.fromEntries(Object.keys(channels).map((channel) => [channel, { ContentType: 'text/csv' }]));
  writeFileSync(join(root, 'input/config/inputdataconfig.json'), JSON.stringify(config));
  for (const [channel, files] of Object.entries(channels)) {
    mkdirSync(join(root, 'input/data', channel), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, 'input/data', channel, file), text);
  }
  return root;
}

const AND = '0,0,0\n0,0,1\n0,1,0\n1,1,1\n';
const PARAMETERS = { num_round: '3', objective: 'binary:logistic', min_child_weight: '0', eval_metric: 'logloss,auc' };

describe('train', () => {
  it('writes the model and prints the metrics of each round as the image does', async () => {
    const root = base('good', PARAMETERS, { train: { 'a.csv': AND, 'b.csv': AND }, validation: { 'v.csv': AND } });
    const lines: string[] = [];
    expect(await train(containerPaths(root), (line) => lines.push(line))).toBe(0);
    expect(lines[0]).toBe('Train matrix has 8 rows and 2 columns');
    expect(lines.at(-1)).toMatch(
      /^\[2\]#011train-logloss:0\.\d{5}#011train-auc:1\.00000#011validation-logloss:0\.\d{5}#011validation-auc:1\.00000$/,
    );
    expect(loadBoosters(join(root, 'model'), true)[0]?.featureCount).toBe(2);
  });

  it.each<[string, object, Parameters<typeof base>[2], RegExp]>([
    [
      'a header',
      PARAMETERS,
      { train: { 'a.csv': `y,a,b\n${AND}` } },
      /train\/a\.csv line 1 column 1 is "y", not a number; .*no header/,
    ],
    [
      'a ragged row',
      PARAMETERS,
      { train: { 'a.csv': `${AND}1,1\n` } },
      /line 5 has 2 columns, but the first row has 3/,
    ],
    ['a label alone', PARAMETERS, { train: { 'a.csv': '1\n' } }, /at least one feature/],
    ['an empty channel', PARAMETERS, { train: {} }, /channel train has no files/],
    ['no train channel', PARAMETERS, { validation: { 'a.csv': AND } }, /channel train is missing/],
    [
      'a channel nobody reads',
      PARAMETERS,
      { train: { 'a.csv': AND }, extra: { 'a.csv': AND } },
      /channel extra is not known/,
    ],
    [
      'channels of two widths',
      PARAMETERS,
      { train: { 'a.csv': AND }, validation: { 'a.csv': '1,1\n' } },
      /validation channel has 1 feature columns, the train channel 2/,
    ],
    ['a bad hyperparameter', { ...PARAMETERS, eta: '-1' }, { train: { 'a.csv': AND } }, /eta is "-1"/],
  ])('writes its failure for %s', async (name, hyperparameters, channels, message) => {
    const root = base(name.replaceAll(' ', '-'), hyperparameters, channels);
    expect(await train(containerPaths(root), () => {})).toBe(1);
    expect(readFileSync(join(root, 'output/failure'), 'utf8')).toMatch(message);
  });

  it('is a process with an exit code', async () => {
    const run = promisify(execFile);
    const SAGEMAKER_BASE_DIR = base('process', PARAMETERS, { train: { 'a.csv': AND } });
    const { stdout } = await run(process.execPath, [CONTAINER, 'train'], { env: { SAGEMAKER_BASE_DIR } });
    expect(stdout).toContain('[0]#011train-logloss:');
    await expect(run(process.execPath, [CONTAINER, 'dance'], { env: {} })).rejects.toMatchObject({ code: 2 });
  });
});

describe('readChannel', () => {
  it('reads libsvm, counting columns from the lowest index, and takes what is left out as missing', async () => {
    const root = base('libsvm', {}, { train: { 'a.txt': '1 1:5 3:7\n0 2:6\n' } });
    const matrix = await readChannel(join(root, 'input/data/train'), 'train', 'text/libsvm');
    expect([...matrix.values]).toEqual([5, Number.NaN, 7, Number.NaN, 6, Number.NaN]);
    expect([...matrix.labels]).toEqual([1, 0]);
  });

  it('reads Parquet by row group, whatever the type of its numbers', async () => {
    const root = base('parquet', {}, { train: {} });
    const buffer = parquetWriteBuffer({
      rowGroupSize: [2],
      columnData: [
        { name: 'label', data: [1, 0, 1], type: 'INT32' },
        { name: 'a', data: [1.5, null, 3.5], type: 'DOUBLE', nullable: true },
        { name: 'b', data: [1n, 2n, 3n], type: 'INT64' },
      ],
    });
    writeFileSync(join(root, 'input/data/train/a.parquet'), Buffer.from(buffer));
    const matrix = await readChannel(join(root, 'input/data/train'), 'train', 'application/x-parquet');
    expect([...matrix.values]).toEqual([1.5, 1, Number.NaN, 2, 3.5, 3]);
    expect([...matrix.labels]).toEqual([1, 0, 1]);
  });

  it('takes empty and nan as missing, and refuses infinite numbers, words, and unknown types', async () => {
    const root = base(
      'csv',
      {},
      { train: { 'a.csv': '1,,NaN\r\n0, -2.5e3 ,NA\r\n' }, bad: { 'a.csv': '1,1e60\n' }, hex: { 'a.csv': '1,0x10\n' } },
    );
    const read = (channel: string, type: string) => readChannel(join(root, 'input/data', channel), channel, type);
    expect([...(await read('train', 'text/csv; charset=utf-8')).values]).toEqual([
      Number.NaN,
      Number.NaN,
      -2500,
      Number.NaN,
    ]);
    await expect(read('bad', 'text/csv')).rejects.toThrow(/"1e60", not a number/);
    await expect(read('hex', 'text/csv')).rejects.toThrow(/"0x10", not a number/);
    await expect(read('train', 'application/x-recordio-protobuf')).rejects.toThrow(/allowed: text\/csv/);
  });
});

describe('serve', () => {
  const boosters = [constantModel(0.25, 2), constantModel(0.75, 2)];
  const server = makeModelServer({ boosters, defaultAccept: 'text/csv', isBatch: false });
  let url: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server has an AddressInfo
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const invoke = async (body: string, headers: Record<string, string> = { 'content-type': 'text/csv' }) => {
    const response = await fetch(`${url}/invocations`, { method: 'POST', body, headers });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  it('answers pings and tells how it likes to be asked', async () => {
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    expect(await (await fetch(`${url}/execution-parameters`)).json()).toMatchObject({
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: 6,
    });
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  });

  it('averages its boosters and answers in the type that is asked for', async () => {
    const csv = { 'content-type': 'text/csv' };
    expect(await invoke('1,2\n,nan\n')).toEqual({ status: 200, type: 'text/csv', text: '0.5\n0.5\n' });
    expect((await invoke('1,2', { ...csv, accept: 'application/json' })).text).toBe('{"predictions":[{"score":0.5}]}');
    expect((await invoke('1,2\n3,4', { ...csv, accept: 'application/jsonlines' })).text).toBe(
      '{"score":0.5}\n{"score":0.5}\n',
    );
    expect((await invoke('1:5 2:3', { 'content-type': 'text/libsvm' })).text).toBe('0.5\n');
    expect((await invoke('1 1:5', { 'content-type': 'text/libsvm' })).text).toBe('0.5\n');
  });

  it.each([
    ['an empty body', '', 'text/csv', undefined, 204, /^$/],
    ['too few columns', '1', 'text/csv', undefined, 400, /row 1 has 1 columns, but the model was trained with 2/],
    ['too many columns', '1,2\n1,2,3', 'text/csv', undefined, 400, /row 2 has 3 columns/],
    ['words', '1,two', 'text/csv', undefined, 415, /row 1 column 2 is "two"/],
    ['JSON', '{}', 'application/json', undefined, 415, /Content-type application\/json is not supported/],
    ['an answer it can not give', '1,2', 'text/csv', 'image/png', 406, /Accept type image\/png is not supported/],
    ['a broken libsvm cell', '1:x', 'text/libsvm', undefined, 415, /libsvm/],
    ['a libsvm index past the model', '0:1 9:1', 'text/libsvm', undefined, 400, /has 10 columns/],
  ])('refuses %s', async (_, body, type, accept, status, message) => {
    const answer = await invoke(body, { 'content-type': type, ...(accept === undefined ? {} : { accept }) });
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(message)]);
  });

  it('refuses a body over 6 MB', async () => {
    const answer = await invoke('1'.repeat(6 * 1024 * 1024 + 1)).catch(() => ({ status: 413 }));
    expect(answer.status).toBe(413); // the connection may close before the answer is read
  });
});

describe('loadBoosters', () => {
  it('takes every file that is no dotfile, or the first alone', () => {
    const root = join(folder, 'boosters');
    mkdirSync(root);
    writeFileSync(join(root, 'xgboost-model-0'), writeXgboostModel(constantModel(0.25, 2)));
    writeFileSync(join(root, 'xgboost-model-1'), writeXgboostModel(constantModel(0.75, 2)));
    writeFileSync(join(root, '.hidden'), 'not a model');
    expect(loadBoosters(root, true)).toHaveLength(2);
    expect(loadBoosters(root, false)).toHaveLength(1);
    writeFileSync(join(root, 'xgboost-model-2'), writeXgboostModel(constantModel(0.75, 3)));
    expect(() => loadBoosters(root, true)).toThrow(/xgboost-model-2 takes other rows than xgboost-model-0/);
    writeFileSync(join(root, 'metadata.json'), '{"any":"thing"}');
    expect(() => loadBoosters(root, true)).toThrow(/Model metadata\.json cannot be loaded/);
    mkdirSync(join(folder, 'nothing'));
    expect(() => loadBoosters(join(folder, 'nothing'), true)).toThrow(/no file/);
  });
});

describe('container images', () => {
  const images = makeContainerImages(['my-*:v1=python3 a.py', 'my-model=python3 b.py']);

  it.each([
    ['683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0', 'node'],
    ['registry/sagemaker-xgboost@sha256:abc', 'node'],
    ['registry/my-model:v1', 'python3 a.py'],
    ['registry/my-model:v2', 'python3 b.py'],
  ])('%s is played by %s', (uri, expected) => {
    const command = images.commandFor(uri);
    expect(command.kind === 'node' ? 'node' : command.line).toBe(expected);
  });

  it('names what is known and how to add one', () => {
    expect(() => images.commandFor('pytorch:2')).toThrow(
      /"pytorch:2".*known images: my-\*:v1, my-model, sagemaker-xgboost.*PATTERN=COMMAND/,
    );
    expect(() => makeContainerImages(['no-command='])).toThrow(/is not "PATTERN=COMMAND"/);
  });
});
