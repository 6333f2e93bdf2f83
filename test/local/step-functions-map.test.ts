import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalService } from '../../local/service.ts';
import { chain, type Lab, makeLab } from './step-functions-lab.ts';

const objects: Record<string, string> = {
  '/b/in/rows.csv': 'id,name\n1,"a, b"\n2,c\n',
  '/b/in/rows.jsonl': '{"id":1}\n{"id":2}\n\n',
  '/b/in/rows.json': '[{"id":1},{"id":2}]',
  '/b': '<ListBucketResult><Contents><Key>in/a&amp;b</Key><Size>3</Size><ETag>"e"</ETag></Contents></ListBucketResult>',
};
const s3: LocalService = {
  signingNames: ['s3'],
  handle: async ({ path }) => {
    const body = objects[path];
    return body === undefined ? { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' } : { status: 200, body };
  },
};

let lab: Lab;
beforeEach(() => {
  lab = makeLab({ services: [s3] });
});
afterEach(() => lab.remove());

const distributed = (fields: object, output: unknown = '{% $states.input %}') =>
  chain({
    Each: {
      Type: 'Map',
      ...fields,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Take',
        States: {
          Take: {
            Type: 'Choice',
            Choices: [{ Condition: "{% $states.input = 'bad' %}", Next: 'Bad' }],
            Default: 'Good',
          },
          Bad: { Type: 'Fail', Error: 'Bad' },
          Good: { Type: 'Pass', Output: output, End: true },
        },
      },
    },
  });

const fromObject = (Key: string, ReaderConfig: object) => ({
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig,
    Arguments: { Bucket: '{% $states.input.bucket %}', Key },
  },
});

describe('a distributed map', () => {
  it.each([
    [
      'CSV with a header',
      'in/rows.csv',
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
      [
        { id: '1', name: 'a, b' },
        { id: '2', name: 'c' },
      ],
    ],
    ['JSON Lines', 'in/rows.jsonl', { InputType: 'JSONL' }, [{ id: 1 }, { id: 2 }]],
    ['a JSON array', 'in/rows.json', { InputType: 'JSON' }, [{ id: 1 }, { id: 2 }]],
    ['no more than MaxItems', 'in/rows.json', { InputType: 'JSON', MaxItems: 1 }, [{ id: 1 }]],
  ])('reads %s from S3', async (_why, key, config, expected) => {
    expect((await lab.run(distributed(fromObject(key, config)), { bucket: 'b' })).output).toEqual(expected);
  });

  it('lists objects', async () => {
    const ItemReader = { Resource: 'arn:aws:states:::s3:listObjectsV2', Arguments: { Bucket: 'b', Prefix: 'in/' } };
    const { output } = await lab.run(distributed({ ItemReader }, '{% $states.input.Key %}'));
    expect(output).toEqual(['in/a&b']);
  });

  it('fails with States.ItemReaderFailed when there is no such object', async () => {
    const { error } = await lab.run(distributed(fromObject('in/none', { InputType: 'JSON' })), { bucket: 'b' });
    expect(error).toBe('States.ItemReaderFailed');
  });

  it('hands out batches', async () => {
    const fields = { Items: [1, 2, 3], ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { k: '{% $states.input %}' } } };
    expect((await lab.run(distributed(fields), 'v')).output).toEqual([
      { BatchInput: { k: 'v' }, Items: [1, 2] },
      { BatchInput: { k: 'v' }, Items: [3] },
    ]);
  });

  it('fails on the first failed item unless failures are tolerated', async () => {
    const Items = ['a', 'bad', 'c', 'd'];
    expect((await lab.run(distributed({ Items }))).error).toBe('States.ExceedToleratedFailureThreshold');
    expect((await lab.run(distributed({ Items, ToleratedFailurePercentage: 25 }))).output).toEqual(['a', 'c', 'd']);
    expect((await lab.run(distributed({ Items, ToleratedFailurePercentage: 24 }))).error).toBe(
      'States.ExceedToleratedFailureThreshold',
    );
  });

  it('does not see the variables of the machine around it', async () => {
    const map = distributed({ Items: [1] }, '{% $exists($outer) %}').States['Each'];
    const { output } = await lab.run(chain({ Set: { Type: 'Pass', Assign: { outer: 1 } }, Each: map! }));
    expect(output).toEqual([false]);
  });

  it('needs the role to be allowed to start executions of the machine', async () => {
    const machine = await lab.machine(distributed({ Items: [1] }));
    const executionArn = await lab.start(machine);
    lab.region.denied.add(`states:StartExecution ${machine}`);
    expect((await lab.end(executionArn)).status).toBe('FAILED');
  });
});
