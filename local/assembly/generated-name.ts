import { createHash } from 'node:crypto';

const LONGEST_NAME = 63;

/** A physical name that is the same at every start: `<stack>-<logicalId>-<hash>`, at most 63 characters. */
export function generatedName(stackName: string, logicalId: string): string {
  const hash = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 8);
  const readable = `${stackName}-${logicalId}`
    .replaceAll(/[^A-Za-z0-9-]/g, '')
    .slice(0, LONGEST_NAME - hash.length - 1);
  return `${readable}-${hash}`;
}
