import { PlatformError } from '../errors.ts';

/** Somebody else wrote the rollout, its model's route or its hold since they were read: read again and decide anew. */
export class RolloutChangedError extends PlatformError {
  constructor(rolloutId: string, what: 'rollout' | 'route' | 'hold') {
    super(
      'RolloutChangedError',
      'conflict',
      `the ${what} has changed since rollout ${rolloutId} was read; read it again`,
      { rolloutId, what },
    );
  }
}
