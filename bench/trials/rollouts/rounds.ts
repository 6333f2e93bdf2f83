/** Numbers of boosting rounds; the container of the trial knows by them how to misbehave. */
export const ROUNDS = { fine: 20, better: 24, slow: 31, erroring: 32, bomb: 33 } as const;
