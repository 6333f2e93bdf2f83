import * as z from 'zod';

/** A whole StartQueryExecution request, passed through by the state machine. */
export const AthenaQuery = z.strictObject({
  QueryString: z.string(),
  /** Absent when the statement has no parameters: Athena takes no empty list. */
  ExecutionParameters: z.array(z.string()).min(1).optional(),
  QueryExecutionContext: z.strictObject({ Catalog: z.literal('AwsDataCatalog'), Database: z.string() }),
  WorkGroup: z.string(),
  /** Equal for equal queries, so that a repeated call starts nothing new. */
  ClientRequestToken: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AthenaQuery = z.infer<typeof AthenaQuery>;
