import { expect, it } from 'vitest';
import { sagemakerName, sagemakerStem } from '../../../core/release/sagemaker-name.ts';

const DIGITS = '0123456789ab';
/** What SageMaker takes. Source: API reference, CreateModel, `ModelName`; the same for endpoint configurations and jobs. */
const SAGEMAKER = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
const endpoint = (model: string) => `headgate-staging-${model}`;

it('is the name of the endpoint and what it stands for', () => {
  expect(sagemakerName('headgate-dev-churn', DIGITS)).toBe('headgate-dev-churn-0123456789ab');
});

it.each(['a'.repeat(40), `${'a'.repeat(31)}-b`, `${'a'.repeat(32)}-bbbbbbb`, `${'a'.repeat(23)}-${'b'.repeat(16)}`])(
  'fits for the longest model name, wherever it is cut: %s',
  (model) => {
    for (const suffix of [DIGITS, `eval-${DIGITS}`]) {
      const name = sagemakerName(endpoint(model), suffix);
      expect(name).toMatch(SAGEMAKER);
      expect(name.endsWith(`-${suffix}`)).toBe(true);
      expect(name).not.toContain('--');
    }
  },
);

it('tells endpoints apart that differ in their last letter alone', () => {
  const [one, other] = [endpoint(`${'a'.repeat(39)}1`), endpoint(`${'a'.repeat(39)}2`)];
  expect(sagemakerStem(one, DIGITS.length)).not.toBe(sagemakerStem(other, DIGITS.length));
});

it('begins as the roles of the stage allow', () => {
  expect(sagemakerName(endpoint('a'.repeat(40)), DIGITS)).toMatch(/^headgate-staging-/);
});
