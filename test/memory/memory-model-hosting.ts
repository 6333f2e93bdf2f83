import { canonicalJson } from '../../core/canonical-json.ts';
import { EndpointBusyError } from '../../core/release/endpoint-busy-error.ts';
import type { EndpointContent, ModelHostingPort } from '../../lambdas/ports/model-hosting.ts';

export interface MemoryModelHosting extends ModelHostingPort {
  /** What answers on the endpoint now; null before the first change is over. */
  serving(endpointName: string): EndpointContent | null;
  /** Ends the change that is under way: for good, or by going back. */
  settle(endpointName: string, isGood: boolean): void;
  readonly scaled: readonly string[];
}

export function memoryModelHosting(): MemoryModelHosting {
  const live = new Map<string, EndpointContent>();
  const pending = new Map<string, EndpointContent>();
  const scaled: string[] = [];
  const same = (a: EndpointContent | undefined, b: EndpointContent) =>
    a !== undefined && canonicalJson(a) === canonicalJson(b);
  return {
    scaled,
    serving: (name) => live.get(name) ?? null,
    settle(name, isGood) {
      const next = pending.get(name);
      pending.delete(name);
      if (next !== undefined && isGood) live.set(name, next);
    },
    async pointEndpoint(wanted) {
      const name = wanted.endpointName;
      if (same(pending.get(name) ?? live.get(name), wanted)) return;
      if (pending.has(name)) throw new EndpointBusyError(name, 'Updating');
      pending.set(name, wanted);
    },
    async status(wanted) {
      const name = wanted.endpointName;
      if (pending.has(name)) return { state: 'changing' };
      if (!live.has(name)) return { state: 'absent' };
      return same(live.get(name), wanted) ? { state: 'in-service' } : { state: 'other-content' };
    },
    async scale(name, variant, scaling) {
      scaled.push(`${name}/${variant}:${scaling.minInstances}-${scaling.maxInstances}`);
    },
    async remove(name) {
      live.delete(name);
      pending.delete(name);
    },
  };
}
