import { CONCURRENCY } from './faults/concurrency.ts';
import { CRASHES } from './faults/crashes.ts';
import { EVENT_FAULTS } from './faults/events.ts';
import { JUDGEMENT_FAULTS } from './faults/judgement.ts';
import { SERVICE_FAULTS } from './faults/services.ts';
import { TIME_AND_DATA_FAULTS } from './faults/time-and-data.ts';
import type { Fault } from './simulate.ts';

/** Every fault that a rollout can meet, in the order of the catalogue. */
export const FAULTS: readonly Fault[] = [
  ...EVENT_FAULTS,
  ...CRASHES,
  ...CONCURRENCY,
  ...SERVICE_FAULTS,
  ...TIME_AND_DATA_FAULTS,
  ...JUDGEMENT_FAULTS,
].sort((a, b) => a.number - b.number);
