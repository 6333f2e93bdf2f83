import * as z from 'zod';
import { DIFF_TITLES } from '../../core/release/release-diff.ts';

export const ReleaseDiffResponse = z.strictObject({
  before: z.string(),
  after: z.string(),
  answerAlike: z
    .boolean()
    .describe('Whether both give the same answer to every request: what differs is only how they came to be'),
  sections: z
    .array(
      z.strictObject({
        title: z.enum(DIFF_TITLES),
        lines: z.array(
          z.strictObject({
            path: z.string().describe('Where in the manifest; members of lists go by what names them'),
            before: z.unknown().describe('Null where it is not there'),
            after: z.unknown().describe('Null where it is not there'),
            says: z.string().describe('The difference in words'),
          }),
        ),
      }),
    )
    .describe('Everything that differs, in the order in which a release comes to be'),
});
export type ReleaseDiffResponse = z.infer<typeof ReleaseDiffResponse>;
