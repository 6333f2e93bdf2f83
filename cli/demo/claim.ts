import { CliError } from '../cli-error.ts';

/** Something that the demonstration says of what was found, and whether it is so. */
export interface Claim<F> {
  readonly says: (facts: F) => string;
  readonly holds: (facts: F) => boolean;
}

/** A claim after it was checked. */
export interface CheckedClaim {
  readonly scene: string;
  readonly claim: string;
  readonly holds: boolean;
}

/** A claim that is not so: the demonstration ends with it. */
export class ClaimError extends CliError {
  constructor(scene: string, claim: string, facts: object) {
    super(`this is not so: ${claim}`, `scene: ${scene}; --json tells the facts it was checked against`, {
      scene,
      claim,
      found: facts,
    });
    this.name = 'ClaimError';
  }
}

/**
 * Checks claims one after the other and tells each.
 *
 * @throws ClaimError at the first that does not hold
 */
export function checkClaims<F extends object>(
  scene: string,
  claims: readonly Claim<F>[],
  facts: F,
  tell: (checked: CheckedClaim) => void,
): void {
  for (const { says, holds } of claims) {
    const checked = { scene, claim: says(facts), holds: holds(facts) };
    tell(checked);
    if (!checked.holds) throw new ClaimError(scene, checked.claim, facts);
  }
}
