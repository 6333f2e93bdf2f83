import type { Clock } from '../../ports/clock-and-ids.ts';

export const systemClock: Clock = { now: () => new Date() };
