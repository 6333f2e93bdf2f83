import * as z from 'zod';

export const ErrorResponse = z.strictObject({
  error: z.strictObject({
    name: z.string().describe('Stable name of the error, for machines'),
    kind: z.enum([
      'invalid-input',
      'forbidden',
      'not-found',
      'conflict',
      'throttled',
      'unavailable',
      'corrupt-data',
      'bug',
    ]),
    message: z.string().describe('What is wrong, the value given, what is allowed, how to fix it'),
    details: z.record(z.string(), z.unknown()),
  }),
});
export type ErrorResponse = z.infer<typeof ErrorResponse>;
