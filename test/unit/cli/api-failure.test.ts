import { expect, it } from 'vitest';
import { apiFailure } from '../../../cli/api/api-failure.ts';

const url = new URL('http://127.0.0.1:4510/v1/models');

it.each([
  [503, 'Service Unavailable', 'run the command again'],
  [504, 'Endpoint request timed out', 'run the command again'],
  [429, 'Too Many Requests', 'wait a little'],
  [403, 'Missing Authentication Token', 'sign with credentials'],
  [401, 'Unauthorized', 'sign with credentials'],
  [404, 'Not Found', ''],
  [413, 'Request Entity Too Large', ''],
])('what the gateway itself answers with %i is hinted at by its status', (status, message, hint) => {
  const failure = apiFailure(status, { message }, url);
  expect([failure.status, failure.message]).toEqual([status, message]);
  if (hint === '') expect(failure.hint).toBe('');
  else expect(failure.hint).toContain(hint);
});
