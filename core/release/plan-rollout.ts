import type { Sha256 } from '../canonical-json.ts';
import type { Arm, Route, Variant } from './route.ts';

/** What runs on the endpoint during one step, and where the release answers once that is in service. */
export interface PlannedStep {
  readonly variants: readonly Arm[];
  readonly flipTo: Variant | null;
}

/**
 * The way of a release to the champion's seat without a moment at which features of one release meet the model of
 * another: the release is first brought up beside the champion on the other variant, then the route flips to it in
 * one write, and only then is the old model taken away. Ends with the release alone on the variant `champion`.
 */
export function planRollout(route: Route, releaseId: Sha256): readonly PlannedStep[] {
  const current = route.champion;
  const settled: PlannedStep = { variants: [{ variant: 'champion', releaseId }], flipTo: null };
  if (current === null) return [{ ...settled, flipTo: 'champion' }, settled];
  if (current.variant !== 'champion') {
    // an earlier rollout stopped before it had settled: the seat `champion` is free to be taken
    return [{ variants: [current, { variant: 'champion', releaseId }], flipTo: 'champion' }, settled];
  }
  const beside: Arm = { variant: 'challenger', releaseId };
  return [
    { variants: [current, beside], flipTo: 'challenger' },
    { variants: [{ variant: 'champion', releaseId }, beside], flipTo: 'champion' },
    settled,
  ];
}

/** What the endpoint runs when nothing is under way: the champion where it answers, nothing before the first promotion. */
export function restingVariants(route: Route): readonly Arm[] {
  return route.champion === null ? [] : [route.champion];
}
