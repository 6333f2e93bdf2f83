import type { Flow } from '../contracts/flows.ts';

/** Physical names that something outside the templates reads: people, running jobs, queries, callers of the API. */

const LONGEST_ENDPOINT_NAME = 63;

/** Beginning of every name of this stage. */
export function stagePrefix(stage: string): string {
  return `headgate-${stage}`;
}

export function machineName(stage: string, flow: Flow): string {
  return `${stagePrefix(stage)}-${flow}`;
}

/** Name of a model's stack, below which the names of its alarms begin. */
export function modelStackName(stage: string, model: string): string {
  return `${stagePrefix(stage)}-model-${model.replaceAll('_', '-')}`;
}

/** Path of the IAM roles that models train and serve with. */
export function modelRolePath(stage: string): string {
  return `/headgate/${stage}/models/`;
}

/** Name of SSM parameters, by which everything outside the app finds what it needs. */
export function parameterName(stage: string, what: string): string {
  return `/headgate/${stage}/${what}`;
}

/**
 * Endpoint of a model, and of its model package group; SageMaker takes hyphens between letters and digits only.
 *
 * @throws Error when two words of the model's name cannot be told apart by hyphens, or it is too long
 */
export function endpointName(stage: string, model: string): string {
  const name = `${stagePrefix(stage)}-${model.replaceAll('_', '-')}`;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > LONGEST_ENDPOINT_NAME) {
    throw new Error(
      `model "${model}" has no endpoint name: "${name}" has to be words of a-z and 0-9 joined by single hyphens, at most ${LONGEST_ENDPOINT_NAME} characters; rename the model`,
    );
  }
  return name;
}
