import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, sagemakerPackages, stageEvents } from '../../adapters/aws/model-adapters.ts';
import { tarModelArchive } from '../../adapters/files/tar-model-archive.ts';
import { makeRegisterRelease } from './register-release.ts';

const env = readEnv(process.env, [
  ...MODEL_ENV,
  'EVENT_BUS',
  'HEADGATE_STAGE',
  'HEADGATE_VERSION',
  'HEADGATE_CODE_SHA256',
  'HEADGATE_ACCOUNT',
  'HEADGATE_REGION',
]);

export const handler = makeRegisterRelease({
  ...modelAdapters(env),
  archive: tarModelArchive,
  events: stageEvents(env),
  packages: sagemakerPackages(),
  platformVersion: env.HEADGATE_VERSION,
  platform: {
    codeSha256: env.HEADGATE_CODE_SHA256,
    stage: env.HEADGATE_STAGE,
    account: env.HEADGATE_ACCOUNT,
    region: env.HEADGATE_REGION,
    nodeVersion: process.version,
  },
});
