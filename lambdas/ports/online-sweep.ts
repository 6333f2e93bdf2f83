/** Takes whole versions of views out of the online store. */
export interface OnlineSweep {
  /**
   * Deletes the items of these versions in the next part of the store. Safe to repeat.
   *
   * @param versions as `view@version`, at most 100
   * @param cursor what the call before answered; null to begin
   */
  sweep(
    versions: readonly string[],
    cursor: string | null,
  ): Promise<{
    /** Null when the end has been reached. */
    readonly cursor: string | null;
    readonly deleted: number;
  }>;
}

export const MAX_VERSIONS_PER_SWEEP = 100;
