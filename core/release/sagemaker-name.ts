import { digestOf } from '../canonical-json.ts';

/** SageMaker's limit for models, endpoint configurations, training and transform jobs. */
const MAX_NAME_LENGTH = 63;
const DIGEST_LENGTH = 8;

/**
 * Name of something that SageMaker keeps for a model: that of its endpoint, and a suffix that tells what it is. At most
 * 63 characters.
 *
 * @param suffix letters, digits and hyphens; at most 30
 */
export function sagemakerName(endpointName: string, suffix: string): string {
  return `${sagemakerStem(endpointName, suffix.length)}-${suffix}`;
}

/**
 * What such names begin with. The name of an endpoint that leaves no room for the suffix is cut, and ends in a digest
 * of the whole, so that no two endpoints have one stem.
 */
export function sagemakerStem(endpointName: string, suffixLength: number): string {
  const room = MAX_NAME_LENGTH - 1 - suffixLength;
  if (endpointName.length <= room) return endpointName;
  const kept = endpointName.slice(0, room - 1 - DIGEST_LENGTH).replace(/-+$/, '');
  return `${kept}-${digestOf(endpointName).slice(0, DIGEST_LENGTH)}`;
}
