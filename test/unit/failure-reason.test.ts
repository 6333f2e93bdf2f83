import { expect, it } from 'vitest';
import { failureReason } from '../../core/failure-reason.ts';

it.each([
  ['a function', { errorType: 'BugError', errorMessage: 'it broke', trace: ['at x'] }, 'it broke'],
  ['a job of SageMaker', { TrainingJobName: 'j', FailureReason: 'no memory' }, 'no memory'],
  ['a query of Athena', { QueryExecution: { Status: { StateChangeReason: 'no such table' } } }, 'no such table'],
])('the reason of %s is told without what is around it', (_, cause, reason) => {
  expect(failureReason(JSON.stringify(cause))).toBe(reason);
});

it.each(['it broke', '{"errorMessage":"cut in the mid', 'null', '"text"', '{}'])('%s is a reason itself', (cause) => {
  expect(failureReason(cause)).toBe(cause);
});
