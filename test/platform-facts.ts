import type { PlatformFacts } from '../lambdas/use-cases/training/release-provenance.ts';

/** What a platform of the tests knows of itself. */
export const PLATFORM_FACTS: PlatformFacts = {
  codeSha256: 'c'.repeat(64),
  stage: 'dev',
  account: '000000000000',
  region: 'us-east-1',
  nodeVersion: 'v24.0.0',
};
