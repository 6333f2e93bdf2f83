import { UsageError } from '../cli-error.ts';

/**
 * A setting that is not obeyed would seem to have been.
 *
 * @param flag what makes the others meaningless
 * @param others flags by the names of their options
 * @throws UsageError naming those that were given
 */
export function assertAlone<K extends string>(
  flag: string,
  options: Readonly<Partial<Record<NoInfer<K>, unknown>>>,
  others: Readonly<Record<K, string>>,
): void {
  const given = (Object.keys(others) as K[]).filter((name) => options[name] !== undefined && options[name] !== false);
  if (given.length === 0) return;
  throw new UsageError(
    `${flag} leaves no room for ${given.map((name) => others[name]).join(', ')}; give one or the other`,
  );
}
