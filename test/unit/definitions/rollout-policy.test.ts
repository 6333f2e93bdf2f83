import { expect, it } from 'vitest';
import { readInput } from '../../../contracts/definitions/read-input.ts';
import { RolloutInput } from '../../../contracts/definitions/rollout-policy.ts';

it.each([
  [
    { shadow: true },
    'shadow: true is not allowed; write false to leave the phase out, or true is not an object; write {',
  ],
  [{ watch: { for: '99d' } }, 'watch.for: "99d" is out of range'],
  [{ watch: { holdback: '5%' } }, 'watch.holdback: "5%" is not a number; write a number from 0 to 0.5'],
  [
    { watch: { holdback: 0 }, judge: { errors: { max: null } } },
    'watch.holdback: 0 leaves nobody to compare with, and judge.errors.max is null, so nothing would be judged; set',
  ],
  [{ canary: { steps: 'fast' } }, 'canary.steps: must be a list of shares'],
  [{ canary: { step: [0.1] } }, 'canary: unknown key "step"; known: steps, entities, bake, within'],
])('a policy %j is refused with what is wrong inside the phase', (given, says) => {
  expect(() => readInput('model "m"', RolloutInput, given)).toThrow(says);
});
