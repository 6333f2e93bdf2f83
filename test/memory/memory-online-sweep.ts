import type { OnlineSweep } from '../../lambdas/ports/online-sweep.ts';

/** Over items that are only their keys, two of them a part. */
export function memoryOnlineSweep(items: { entity: string; version: string }[]): OnlineSweep {
  return {
    async sweep(versions, cursor) {
      const from = cursor === null ? 0 : items.findIndex(({ entity }) => entity >= cursor);
      const part = from < 0 ? [] : items.slice(from, from + 2);
      const next = from < 0 ? undefined : items[from + 2];
      const gone = part.filter(({ version }) => versions.includes(version));
      for (const item of gone) items.splice(items.indexOf(item), 1);
      return { cursor: next?.entity ?? null, deleted: gone.length };
    },
  };
}
