import { canonicalJson } from '../../core/canonical-json.ts';
import { EndpointBusyError } from '../../core/release/endpoint-busy-error.ts';
import type { EndpointContent, HostedVariant, ModelHostingPort } from '../../lambdas/ports/model-hosting.ts';

export interface MemoryModelHosting extends ModelHostingPort {
  /** What answers on the endpoint now; null before the first change is over. */
  serving(endpointName: string): EndpointContent | null;
  isChanging(endpointName: string): boolean;
  /** Somebody changes it by hand. */
  edit(endpointName: string, change: (before: readonly HostedVariant[]) => readonly HostedVariant[]): void;
  /** Ends the change that is under way: for good, or by going back. */
  settle(endpointName: string, isGood: boolean): void;
  readonly scaled: readonly string[];
  /** Digests that names of images stand for; without one nothing is told. */
  readonly images: Map<string, string>;
}

export function memoryModelHosting(): MemoryModelHosting {
  const live = new Map<string, EndpointContent>();
  const pending = new Map<string, EndpointContent>();
  const scaled: string[] = [];
  const images = new Map<string, string>();
  const scaling = new Map<string, string>();
  const same = (a: EndpointContent | undefined, b: EndpointContent) =>
    a !== undefined && canonicalJson({ ...a, scaling: null }) === canonicalJson({ ...b, scaling: null });
  return {
    scaled,
    images,
    isChanging: (name) => pending.has(name),
    edit(name, change) {
      const there = live.get(name);
      if (there !== undefined) live.set(name, { ...there, variants: change(there.variants) });
    },
    serving: (name) => live.get(name) ?? null,
    settle(name, isGood) {
      const next = pending.get(name);
      pending.delete(name);
      if (next !== undefined && isGood) live.set(name, next);
    },
    async pointEndpoint(wanted) {
      const name = wanted.endpointName;
      if (!pending.has(name) && same(live.get(name), wanted)) {
        scaling.set(name, canonicalJson(wanted.scaling));
        for (const { variant, minInstances, maxInstances, atLeastAs } of wanted.scaling) {
          scaled.push(
            `${name}/${variant}:${minInstances}-${maxInstances}${atLeastAs === null ? '' : `>=${atLeastAs}`}`,
          );
        }
        return;
      }
      if (same(pending.get(name), wanted)) return;
      if (pending.has(name)) throw new EndpointBusyError(name, 'Updating');
      pending.set(name, wanted);
    },
    async status(wanted) {
      const name = wanted.endpointName;
      if (pending.has(name)) return { state: 'changing' };
      if (!live.has(name)) return { state: 'absent' };
      const there = live.get(name);
      if (!same(there, wanted)) {
        const runs = (it: HostedVariant) =>
          there?.variants.some(({ variant, releaseId }) => variant === it.variant && releaseId === it.releaseId);
        return {
          state: 'other-content',
          missing: wanted.variants.filter((it) => !runs(it)).map(({ variant }) => variant),
        };
      }
      return { state: scaling.get(name) === canonicalJson(wanted.scaling) ? 'in-service' : 'unscaled' };
    },
    async runningImages(name) {
      return (live.get(name)?.variants ?? []).flatMap(({ variant, image }) => {
        const digest = images.get(image);
        return digest === undefined ? [] : [{ variant, digest }];
      });
    },
    async remove(name) {
      live.delete(name);
      pending.delete(name);
    },
  };
}
