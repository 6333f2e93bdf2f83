import { PlatformError } from '../errors.ts';

/** Another process has taken the rollout over, or it has ended: whoever gets this stops, and changes nothing any more. */
export class LeaseLostError extends PlatformError {
  constructor(rolloutId: string, fence: number) {
    super(
      'LeaseLostError',
      'conflict',
      `rollout ${rolloutId} is no longer led with fence ${fence}: another process took it over, or it has ended`,
      { rolloutId, fence },
    );
  }
}
