/** What is looked at of a scan. */
interface Found {
  readonly outcome: 'stable' | 'drifting' | 'not-computable';
}

/**
 * Whether the newest scan drifts and as many of the last ones with it as asked for. Scans that could judge nothing say
 * neither yes nor no, so that they take no place among the last.
 *
 * @param scans of one release, newest first
 */
export function isPersistent(
  scans: readonly Found[],
  { scans: needed, of }: { readonly scans: number; readonly of: number },
): boolean {
  if (scans[0]?.outcome !== 'drifting') return false;
  const judged = scans.filter(({ outcome }) => outcome !== 'not-computable').slice(0, of);
  return judged.filter(({ outcome }) => outcome === 'drifting').length >= needed;
}
