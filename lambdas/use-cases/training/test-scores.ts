import type { EvaluationJob, EvaluationRequest } from '../../../contracts/training-flow.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { scoresUri, testFileOf } from './prepare-evaluation.ts';
import { readNumbers, within } from './sealed-training-set.ts';

export interface TestScoresDeps {
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly artifactBucket: string;
}

/**
 * What a batch transform of the training gave for the test rows, in their order.
 *
 * @throws NotFoundError when it is not there, CorruptDataError when it is not one finite number for each row
 */
export async function testScores(
  { objects, artifactBucket }: TestScoresDeps,
  { model, trainingId }: Pick<EvaluationRequest['plan'], 'model' | 'trainingId'>,
  role: EvaluationJob['role'],
  rows: number,
): Promise<number[]> {
  const folder = scoresUri(artifactBucket, model, trainingId, role);
  const scores = await readNumbers(objects, within(folder, `${testFileOf(role)}.out`));
  if (scores.length !== rows) {
    throw new CorruptDataError(`the ${role} gave ${scores.length} scores for ${rows} test rows`, {
      role,
      rows,
      scores: scores.length,
    });
  }
  return scores;
}
