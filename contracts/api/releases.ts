import * as z from 'zod';
import { DIFF_TITLES } from '../../core/release/release-diff.ts';
import { OpenDocument } from './api-values.ts';

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

export const CardResponse = z.strictObject({
  releaseId: z.string(),
  status: z.enum(['Draft', 'PendingReview', 'Approved', 'Archived']).describe('ModelCardStatus'),
  content: OpenDocument.describe('Content of a SageMaker model card, for CreateModelCard'),
  markdown: z.string().describe('The same for people'),
});
export type CardResponse = z.infer<typeof CardResponse>;

const LineageNode = z.strictObject({
  kind: z.enum(['rollout', 'release', 'job', 'training-set', 'table', 'run', 'feature-view']),
  name: z.string(),
  says: z.string(),
  get from() {
    return z.array(LineageNode);
  },
});
export type LineageNode = z.infer<typeof LineageNode>;

export const LineageResponse = z.strictObject({
  rollouts: z.array(LineageNode).describe('Those the release went out with, newest first'),
  release: LineageNode.describe('What it came from, down to the runs that wrote the rows'),
});
export type LineageResponse = z.infer<typeof LineageResponse>;
