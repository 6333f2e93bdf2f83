import { readEnv } from '../../../contracts/environment.ts';
import { UnavailableError } from '../../../core/errors.ts';
import { MODEL_ENV, modelAdapters, sagemakerHosting } from '../../adapters/aws/model-adapters.ts';
import { tarModelArchive } from '../../adapters/files/tar-model-archive.ts';
import { makeOwnEndpoint } from './own-endpoint.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeOwnEndpoint({
  ...modelAdapters(env),
  hosting: sagemakerHosting(),
  archive: tarModelArchive,
  respond: async (url, body) => {
    const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' } });
    if (!response.ok) throw new UnavailableError(`CloudFormation did not take the answer: ${response.status}`);
  },
});
