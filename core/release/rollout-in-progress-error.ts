import { PlatformError } from '../errors.ts';

export class RolloutInProgressError extends PlatformError {
  constructor(model: string, holder: string) {
    super(
      'RolloutInProgressError',
      'conflict',
      `rollout ${holder} of model "${model}" has not ended; a model has one rollout at a time`,
      { model, rolloutId: holder },
    );
  }
}
