import { PlatformError } from '../errors.ts';

/** Somebody else wrote the model's retraining or its hold since they were read: read again and decide anew. */
export class RetrainingChangedError extends PlatformError {
  constructor(model: string, what: 'retraining' | 'hold') {
    super(
      'RetrainingChangedError',
      'conflict',
      `the ${what} of model "${model}" has changed since it was read; read it again`,
      { model, what },
    );
  }
}
