import * as z from 'zod';

/** What a flow that works for a model answers when there is nothing to do. */
export const NothingToDo = z.strictObject({ action: z.literal('nothing'), model: z.string(), because: z.string() });
export type NothingToDo = z.infer<typeof NothingToDo>;
