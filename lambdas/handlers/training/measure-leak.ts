import middy from '@middy/core';
import { MeasureLeakRequest } from '../../../contracts/leak-check.ts';
import { type MeasureLeakDeps, measureLeak } from '../../use-cases/training/measure-leak.ts';

export function makeMeasureLeak(deps: MeasureLeakDeps) {
  return middy(async (event: unknown) => measureLeak(deps, MeasureLeakRequest.parse(event)));
}
