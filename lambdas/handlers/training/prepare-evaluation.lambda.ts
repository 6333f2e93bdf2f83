import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { tarModelArchive } from '../../adapters/files/tar-model-archive.ts';
import { makePrepareEvaluation } from './prepare-evaluation.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makePrepareEvaluation({ ...modelAdapters(env), archive: tarModelArchive });
