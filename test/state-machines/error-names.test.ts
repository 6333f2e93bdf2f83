import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filesBelow } from '../arch/source-files.ts';
import { states } from './machines.ts';

/** Names that Step Functions and its integrations give: the service's prefix and the service's own error. */
const OF_AWS = /^(States|Lambda|Runtime|Sandbox|Athena|Glue|SageMaker|StepFunctions)\.\w+$/;

/** Names that our code gives to its errors: literals that end in Error where an error is made. */
function thrownNames(): ReadonlySet<string> {
  const files = filesBelow(['core', 'contracts', 'lambdas'], '.ts');
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return new Set([...text.matchAll(/'([A-Z]\w*Error)'/g)].map(([, name]) => name!));
}

const matched = states.flatMap(([name, { Retry = [], Catch = [] }]) =>
  [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals.map((error) => [error, name] as const)),
);
const thrown = thrownNames();

it.each([...new Set(matched.map(([error]) => error))])('%s can be thrown', (error) => {
  expect(OF_AWS.test(error) || thrown.has(error)).toBe(true);
});

it('looks at real names', () => {
  expect([...thrown]).toEqual(expect.arrayContaining(['InvalidInputError', 'TableBusyError', 'UnavailableError']));
});
