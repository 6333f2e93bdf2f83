import * as z from 'zod';

/** What the function that signs is called with: the end of a rollout from the event bus, or the schedule. */
export const CheckpointEvent = z.union([
  z.object({ detail: z.object({ subject: z.string().min(1) }) }).transform(({ detail }) => detail.subject),
  z.strictObject({}).transform(() => null),
]);
