import middy from '@middy/core';
import { type ResumeRolloutsDeps, resumeRollouts } from '../../use-cases/rollout/resume-rollouts.ts';

export function makeResumeRollouts(deps: ResumeRolloutsDeps) {
  return middy(async () => resumeRollouts(deps));
}
