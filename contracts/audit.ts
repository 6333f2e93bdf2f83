import * as z from 'zod';
import { CheckpointBody } from './api/audit.ts';

/** What the function that signs is called with: the end of a rollout from the event bus, or the schedule. */
export const CheckpointEvent = z.union([
  z.object({ detail: z.object({ subject: z.string().min(1) }) }).transform(({ detail }) => detail.subject),
  z.strictObject({}).transform(() => null),
]);

/** One line of an export. Checked for its form alone: whether it says what was written is what verifying is about. */
export const ExportedRecord = z.looseObject({
  position: z.int(),
  hash: z.string(),
  previousHash: z.string(),
  model: z.string(),
});

export const ExportedCheckpoints = z.array(CheckpointBody);
