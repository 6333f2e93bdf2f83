import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';
import { apiOf, failure, fileOf } from './scripted-api.ts';

const PATH = 'POST /v1/models/repeat/predictions';
const answer = (releaseId: string, arm: string, score = 0.5) => ({
  body: {
    predictionId: 'p1',
    model: 'repeat',
    releaseId: releaseId.repeat(32),
    arm,
    prediction: { score, decision: null },
    features: {},
  },
});
const lessons = [
  failure(400, 'invalid-input', 'entities lacks customer_id', { missing: ['customer_id'], known: ['customer_id'] }),
  failure(400, 'invalid-input', 'must be a whole number', { at: 'entities.customer_id', allowed: 'int64' }),
  failure(400, 'invalid-input', 'context lacks amount', { at: 'context', types: { amount: 'float64' } }),
];
const file = () => fileOf('people.csv', 'customer_id,name,amount\n17850,"Ada, L.",12.5\n17851,Bob,\n');

describe('predict --from', () => {
  it('asks for the rows over and over, as the types that the platform names, and counts by release, arm and status', async () => {
    const api = await apiOf({
      [PATH]: [
        ...lessons,
        answer('ab', 'champion'),
        answer('ab', 'champion'),
        answer('cd', 'challenger'),
        answer('ab', 'champion'),
      ],
    });
    const ran = await runCommand([
      'predict',
      'repeat',
      '--from',
      await file(),
      '--rps',
      '100',
      '--for',
      '50ms',
      '--url',
      api.url,
    ]);
    expect([ran.code, ran.stderr]).toEqual([0, 'not sent, because the model takes no such value: name\n']);
    expect(ran.stdout).toContain('5 requests at');
    expect(ran.stdout).toMatch(/abababababab +champion +200 +4 /);
    expect(ran.stdout).toMatch(/cdcdcdcdcdcd +challenger +200 +1 /);
    const bodies = api.asked.slice(3).map(({ body }) => JSON.parse(body));
    // one to learn from and five of the traffic, which may arrive in another order
    const amounts = (id: number) =>
      bodies.filter(({ entities }) => entities.customer_id === id).map(({ context }) => context.amount);
    expect([amounts(17850), amounts(17851)]).toEqual([
      [12.5, 12.5, 12.5, 12.5],
      [null, null],
    ]);
  });

  it('sends no traffic when its record could not be written', async () => {
    const api = await apiOf({ [PATH]: [...lessons, answer('ab', 'champion')] });
    const csv = await file();
    const args = ['--from', csv, '--rps', '100', '--for', '30ms', '--record', `${csv}/requests.jsonl`];
    const ran = await runCommand(['predict', 'repeat', ...args, '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('requests.jsonl cannot be written')]);
    expect(api.asked).toHaveLength(lessons.length + 1);
  });

  it('refuses two columns of one name, of which only one could be asked with', async () => {
    const csv = await fileOf('twice.csv', 'customer_id,customer_id\n1,2\n');
    const ran = await runCommand(['predict', 'repeat', '--from', csv, '--url', 'http://127.0.0.1:9']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('has the column "customer_id" twice')]);
  });

  it('counts requests that failed without repeating them, and ends with code 1', async () => {
    const api = await apiOf({
      [PATH]: [...lessons, answer('ab', 'champion'), answer('ab', 'champion'), failure(503, 'unavailable', 'busy')],
    });
    const record = await fileOf('requests.jsonl', '');
    const args = ['--from', await file(), '--rps', '100', '--for', '30ms', '--record', record];
    const ran = await runCommand(['predict', 'repeat', ...args, '--url', api.url, '--json']);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('2 of 3 requests failed')]);
    expect(JSON.parse(ran.stdout).error).toMatchObject({
      requests: 3,
      failed: 2,
      skipped: 0,
      groups: [
        { status: 503, error: 'TestError', releaseId: null, requests: 2 },
        { status: 200, error: null, arm: 'champion', requests: 1 },
      ],
    });
    const lines = (await readFile(record, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ status }) => status).sort()).toEqual([200, 503, 503]);
    expect(lines.find(({ status }) => status === 200)).toMatchObject({
      predictionId: 'p1',
      score: 0.5,
      request: { entities: { customer_id: 17850 } },
    });
  });

  it('ends before any traffic when the file lacks a column, or the model does not answer', async () => {
    const lacking = await apiOf({ [PATH]: lessons });
    const other = await fileOf('people.csv', 'id\n1\n');
    const ran = await runCommand(['predict', 'repeat', '--from', other, '--url', lacking.url]);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('the file lacks the column customer_id')]);
    const refusing = await apiOf({ [PATH]: failure(409, 'conflict', 'model repeat has no release that answers') });
    const refused = await runCommand(['predict', 'repeat', '--from', await file(), '--url', refusing.url]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('no release that answers')]);
  });

  it.each([
    [['customer_id=1', '--from', 'x.csv'], 'either an entity or --from'],
    [[], 'predict takes an entity, or --from'],
    [['--from', 'x.csv', '--for', '30'], 'such as 500ms'],
    [['--from', 'x.csv', '--rps', '0'], 'a number above 0'],
  ])('refuses %j', async (args, says) => {
    const ran = await runCommand(['predict', 'repeat', ...args]);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
