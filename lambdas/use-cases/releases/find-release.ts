import { InvalidInputError, NotFoundError } from '../../../core/errors.ts';
import type { ModelRegistry, ReleaseSummary } from '../../ports/model-registry.ts';

const FEWEST_DIGITS = 4;
const ALL_DIGITS = 64;

/**
 * A release by its id, or by the first digits of it where no other release of any model begins with them.
 *
 * @throws NotFoundError; InvalidInputError for what is no part of an id, and for digits that several releases begin with
 */
export async function findRelease(
  registry: Pick<ModelRegistry, 'models' | 'release' | 'releases'>,
  id: string,
): Promise<ReleaseSummary> {
  if (!new RegExp(`^[0-9a-f]{${FEWEST_DIGITS},${ALL_DIGITS}}$`).test(id)) {
    throw new InvalidInputError(
      `"${id}" is no release id; give its ${ALL_DIGITS} hexadecimal digits, or at least the first ${FEWEST_DIGITS}`,
      { id },
    );
  }
  if (id.length === ALL_DIGITS) return registry.release(id);
  const models = await registry.models();
  const all = (await Promise.all(models.map(({ name }) => registry.releases(name)))).flat();
  const found = all.filter(({ releaseId }) => releaseId.startsWith(id));
  const [only, ...others] = found;
  if (only === undefined) throw new NotFoundError('release', id, null, 'list them: GET /v1/models/{model}/releases');
  if (others.length > 0) {
    const ids = found.map(({ releaseId, model }) => `${releaseId.slice(0, 16)} of ${model}`).join(', ');
    throw new InvalidInputError(`${found.length} releases begin with "${id}": ${ids}; give more digits`, { id });
  }
  return only;
}
