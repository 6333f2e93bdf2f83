import * as z from 'zod';
import { DefinedName, Instant } from './api-values.ts';

const LetterId = z.string().regex(/^[0-9a-f]{16}-\d{60}$/, 'must be the id of a dead letter');
const LetterPlace = z.string().max(200).describe('Where the answer before this one ended');

export const MAX_LETTERS = 100;

export const DeadLettersQuery = z.strictObject({
  source: DefinedName.optional().describe('Only letters of this source'),
  after: LetterPlace.optional(),
});

export const DeadLetter = z.strictObject({
  letterId: z.string(),
  source: z.string().nullable().describe('What the record says; null when it says none'),
  reason: z.string(),
  kind: z
    .enum(['rejected', 'given-up'])
    .describe('rejected: the record can not be stored as it is; given-up: its batch failed again and again'),
  streamArn: z.string(),
  shardId: z.string(),
  sequenceNumber: z.string(),
  partitionKey: z.string(),
  arrivedAt: Instant,
  deadAt: Instant,
  data: z.string().describe('The original bytes in base64'),
});

export const DeadLettersResponse = z.strictObject({
  letters: z.array(DeadLetter).describe(`At most ${MAX_LETTERS}, by source and place in the stream`),
  total: z.int().describe('Letters that are open'),
  givenUpBatches: z.int().describe('Batches that Lambda gave up; a replay makes letters of their records'),
  next: z.string().nullable().describe('Give it as `after`; null at the end'),
});
export type DeadLettersResponse = z.infer<typeof DeadLettersResponse>;

export const ReplayDeadLettersRequest = z.strictObject({
  source: DefinedName.optional().describe('Only letters of this source; by default all'),
  letterIds: z.array(LetterId).min(1).max(MAX_LETTERS).optional().describe('Only these letters'),
  after: LetterPlace.optional(),
});
export type ReplayDeadLettersRequest = z.infer<typeof ReplayDeadLettersRequest>;

const REPLAY_OUTCOMES = ['stored', 'already-stored', 'rejected', 'failed'] as const;

export const ReplayDeadLettersResponse = z.strictObject({
  results: z.array(
    z.strictObject({
      letterId: z.string(),
      source: z.string().nullable(),
      outcome: z
        .enum(REPLAY_OUTCOMES)
        .describe('rejected: still not fit to be stored; failed: try again. Both stay open'),
      reason: z.string().nullable(),
    }),
  ),
  unreadableBatches: z.array(z.string()).describe('Objects that Lambda left and that are not what it leaves'),
  next: z.string().nullable().describe('Give it as `after` to go on; null when every letter was tried'),
});
export type ReplayDeadLettersResponse = z.infer<typeof ReplayDeadLettersResponse>;
