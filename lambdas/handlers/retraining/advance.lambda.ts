import { makeAdvanceRetraining } from './advance.ts';

export const handler = makeAdvanceRetraining();
