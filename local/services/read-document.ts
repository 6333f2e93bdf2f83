import * as z from 'zod';
import { AwsError, type ResourceRequest } from '../service.ts';

/**
 * Checks the input document of an operation. Members the schema does not name are dropped, as AWS ignores them.
 *
 * @throws AwsError with `code` when a member is missing or has the wrong shape
 */
export function readInput<T>(schema: z.ZodType<T>, input: unknown, code = 'ValidationException'): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError(code, describeIssues(parsed.error));
}

/**
 * Checks the properties of a CloudFormation resource. Give a strict schema: a property the stand-in does not know
 * stops the start instead of being silently ignored.
 */
export function readProperties<T>(schema: z.ZodType<T>, request: ResourceRequest, typeName: string): T {
  const parsed = schema.safeParse(request.properties);
  if (parsed.success) return parsed.data;
  throw new Error(
    `the laptop region cannot bring up ${request.logicalId} (${typeName}) of stack ${request.stackName}: ${describeIssues(parsed.error)}`,
  );
}

export function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'document'}: ${issue.message}`).join('; ');
}

/** A boolean of a template, where CloudFormation also accepts the words. */
export const templateBoolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);

/** A number of a template, where CloudFormation also accepts digits in a string. */
export const templateNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);

/** Tags are accepted and not kept: nothing on the laptop reads them. */
export const templateTags = z.unknown().optional();
