import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chain, fakeLambda, type Lab, makeLab } from './step-functions-lab.ts';

let lab: Lab;
const calls: unknown[] = [];
beforeEach(() => {
  calls.length = 0;
  lab = makeLab({
    services: [
      fakeLambda({
        echo: (payload) => {
          calls.push(payload);
          return payload;
        },
        big: () => 'x'.repeat(262_144),
      }),
    ],
  });
});
afterEach(() => lab.remove());

const pass = (Output: unknown, rest: object = {}) => chain({ Only: { Type: 'Pass', Output, ...rest } });

describe('expressions', () => {
  it.each([
    ['copies plain JSON', { a: [1, 'two', null] }, { a: [1, 'two', null] }],
    ['reads the input', '{% $states.input.n + 1 %}', 8],
    ['knows the execution', '{% $states.context.Execution.RoleArn %}', 'arn:aws:iam::000000000000:role/machine'],
    ['knows the state', '{% $states.context.State.Name %}', 'Only'],
    ['knows the machine', '{% $states.context.StateMachine.Name %}', 'Test-Thing-abc'],
    ['splits into chunks', '{% $partition([1..5], 2) %}', [[1, 2], [3, 4], [5]]],
    ['counts in steps, the end included', '{% $range(1, 9, 4) %}', [1, 5, 9]],
    ['hashes', "{% $hash('abc', 'SHA-1') %}", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['parses', '{% $parse(\'{"a":[1]}\').a[0] %}', 1],
    ['repeats a seeded random number', '{% $random(7) = $random(7) %}', true],
    ['keeps a one-item array', '{% [$states.input.n] %}', [7]],
    ['keeps false and null', { no: '{% false %}', nothing: '{% null %}' }, { no: false, nothing: null }],
  ])('%s', async (_why, template, expected) => {
    const { status, output } = await lab.run(pass(template), { n: 7 });
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: expected });
  });

  it.each([
    ['nothing', '{% $states.input.missing %}', 'returned nothing'],
    ['an error', '{% 1 + "a" %}', 'threw an error'],
    ['a function', '{% function($x) { $x } %}', 'returned a function'],
    ['$eval', "{% $eval('1') %}", '$parse'],
  ])('fails with States.QueryEvaluationError on %s', async (_why, template, cause) => {
    const execution = await lab.run(pass(template), {});
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(execution.cause).toContain(cause);
  });

  it('makes a new identifier each time', async () => {
    const { output } = await lab.run(pass(['{% $uuid() %}', '{% $uuid() %}']));
    expect(new Set(output as string[]).size).toBe(2);
  });
});

describe('states', () => {
  it('assigns variables at once, from the values before, and hands them on', async () => {
    const { output } = await lab.run(
      chain({
        First: { Type: 'Pass', Assign: { a: 1, b: 2 } },
        Swap: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% $a %}' },
        Last: { Type: 'Pass', Output: { a: '{% $a %}', b: '{% $b %}', before: '{% $states.input %}' } },
      }),
    );
    expect(output).toEqual({ a: 2, b: 1, before: 1 });
  });

  const choice = chain({
    Which: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Assign: { size: 'big' } },
        { Condition: '{% $states.input.n > 5 %}', Next: 'Big', Output: 'middling', Assign: { size: 'mid' } },
      ],
      Default: 'Small',
      Assign: { size: 'none' },
    },
    Big: { Type: 'Pass', End: true, Output: { in: '{% $states.input %}', size: '{% $size %}' } },
    Small: { Type: 'Succeed', Output: '{% $size %}' },
  });
  it.each([
    [11, { in: { n: 11 }, size: 'big' }],
    [6, { in: 'middling', size: 'mid' }],
    [1, 'none'],
  ])('chooses by the first condition that holds: %d', async (n, expected) => {
    expect((await lab.run(choice, { n })).output).toEqual(expected);
  });

  it('fails when no choice matches and there is no default', async () => {
    const definition = chain({
      Which: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'End' }] },
      End: { Type: 'Succeed' },
    });
    expect(await lab.run(definition)).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  it('refuses a condition that is not a boolean', async () => {
    const definition = chain({
      Which: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'End' }], Default: 'End' },
      End: { Type: 'Succeed' },
    });
    expect(await lab.run(definition)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  it('fails with the name and cause of a Fail state', async () => {
    const definition = chain({ No: { Type: 'Fail', Error: 'GateRefused', Cause: "{% 'n = ' & $states.input.n %}" } });
    expect(await lab.run(definition, { n: 3 })).toMatchObject({
      status: 'FAILED',
      error: 'GateRefused',
      cause: 'n = 3',
    });
  });

  it.each([
    ['seconds', { Seconds: '{% $states.input.s %}' }],
    ['an instant that has passed', { Timestamp: '2020-01-01T00:00:00Z' }],
  ])('waits for %s and hands its input on', async (_why, fields) => {
    expect((await lab.run(chain({ Pause: { Type: 'Wait', ...fields } }), { s: 3 })).output).toEqual({ s: 3 });
  });

  it('runs branches side by side, each with its own variables', async () => {
    const branch = (mine: number) => ({
      StartAt: `Set${mine}`,
      States: {
        [`Set${mine}`]: { Type: 'Pass', Assign: { mine }, Next: `Get${mine}` },
        [`Get${mine}`]: { Type: 'Pass', End: true, Output: '{% [$mine, $outer, $states.input] %}' },
      },
    });
    const { output } = await lab.run(
      chain({
        Outer: { Type: 'Pass', Assign: { outer: 'o' } },
        Both: { Type: 'Parallel', Arguments: 'in', Branches: [branch(1), branch(2)], Output: '{% $states.result %}' },
      }),
    );
    expect(output).toEqual([
      [1, 'o', 'in'],
      [2, 'o', 'in'],
    ]);
  });

  it('fails the parallel state with the error of the branch and stops the others', async () => {
    const definition = chain({
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds: 99_999_999, End: true } } },
          { StartAt: 'Die', States: { Die: { Type: 'Fail', Error: 'Dead', Cause: 'on purpose' } } },
        ],
        Catch: [{ ErrorEquals: ['Dead'], Next: 'Caught', Output: '{% $states.errorOutput %}' }],
      },
      Caught: { Type: 'Succeed' },
    });
    const { output } = await lab.run(definition);
    expect(output).toEqual({ Error: 'Dead', Cause: 'on purpose' });
  });

  it('maps items in order, with a selector and the item in the context', async () => {
    const { output } = await lab.run(
      chain({
        Each: {
          Type: 'Map',
          Items: '{% $states.input.list %}',
          MaxConcurrency: 2,
          ItemSelector: { v: '{% $states.context.Map.Item.Value %}', i: '{% $states.context.Map.Item.Index %}' },
          ItemProcessor: {
            StartAt: 'Double',
            States: { Double: { Type: 'Pass', End: true, Output: '{% $states.input.v * 2 + $states.input.i %}' } },
          },
        },
      }),
      { list: [5, 6, 7] },
    );
    expect(output).toEqual([10, 13, 16]);
  });

  it('gives an empty array for no items', async () => {
    const processor = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    expect((await lab.run(chain({ Each: { Type: 'Map', Items: [], ItemProcessor: processor } }))).output).toEqual([]);
  });

  it('calls a function and gives its payload and status', async () => {
    const { output } = await lab.run(
      chain({
        Call: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: 'echo', Payload: { n: '{% $states.input.n %}' } },
        },
      }),
      { n: 1 },
    );
    expect(output).toMatchObject({ Payload: { n: 1 }, StatusCode: 200 });
    expect(calls).toEqual([{ n: 1 }]);
  });

  it('refuses more than 256 KiB between states', async () => {
    const Resource = 'arn:aws:states:::lambda:invoke';
    const definition = chain({
      Call: {
        Type: 'Task',
        Resource,
        Arguments: { FunctionName: 'big' },
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Never' }],
        Next: 'Never',
      },
      Never: { Type: 'Succeed' },
    });
    expect(await lab.run(definition)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    const stateMachineArn = await lab.machine(pass(1));
    await expect(
      lab.call('StartExecution', { stateMachineArn, input: JSON.stringify('x'.repeat(262_144)) }),
    ).rejects.toMatchObject({ code: 'InvalidExecutionInput' });
  });

  it('ends an execution that takes longer than the machine allows', async () => {
    const slow = { ...chain({ Sleep: { Type: 'Wait', Seconds: 99_999_999 } }), TimeoutSeconds: 1 };
    expect(await lab.run(slow)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});
