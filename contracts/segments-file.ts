import * as z from 'zod';

/** `test/segments.json` of a sealed training set: for each segment its slices, and which one each test row belongs to. */
export const SegmentsFile = z.array(
  z.strictObject({
    /** `view:feature`. */
    segment: z.string(),
    /** Null for rows without a value. */
    slices: z.array(z.string().nullable()),
    rows: z.array(z.int().min(0)),
  }),
);
