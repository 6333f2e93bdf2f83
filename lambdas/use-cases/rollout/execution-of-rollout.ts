import { digestOf } from '../../../core/canonical-json.ts';

/** Step Functions takes names of executions up to this. */
const LONGEST = 80;

/** Name of the execution that takes a rollout over from whoever leads it with the fence: however often it is started, it is one. */
export function nextExecutionName(rolloutId: string, fence: number): string {
  const name = `${rolloutId}-${fence + 1}`;
  return name.length <= LONGEST ? name : digestOf({ rolloutId, fence });
}
