import { PlatformError, UnavailableError } from '../../../core/errors.ts';

const MAX_TRIES = 10;

/**
 * Does what reads the state of a model's retraining and changes it; when somebody else wrote in between, once more on what is
 * there now, which may ask for something else.
 *
 * @throws UnavailableError when that happened ten times
 */
export async function onWhatIsThere<T>(model: string, change: () => Promise<T>): Promise<T> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof PlatformError && error.name === 'RetrainingChangedError')) throw error;
    }
  }
  throw new UnavailableError(`the retraining of model "${model}" changed ${MAX_TRIES} times at once; try again`, {
    model,
  });
}
