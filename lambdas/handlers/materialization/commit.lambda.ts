import { readEnv } from '../../../contracts/environment.ts';
import { OFFLINE_ENV, offlineAdapters, versionAdapters } from '../../adapters/aws/offline-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { makeCommitMaterialization } from './commit.ts';

const env = readEnv(process.env, OFFLINE_ENV);

export const handler = makeCommitMaterialization({
  ...offlineAdapters(env),
  ...versionAdapters(env, bundledDefinitions(import.meta.url)),
});
