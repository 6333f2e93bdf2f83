import middy from '@middy/core';
import { SurveyRequest } from '../../../contracts/version-flow.ts';
import { type SurveyVersionsDeps, surveyVersions } from '../../use-cases/versions/survey-versions.ts';

export function makeSurveyVersions(deps: SurveyVersionsDeps) {
  return middy(async (event: unknown) => surveyVersions(deps, SurveyRequest.parse(event)));
}
