import { sha256Hex } from '../../core/canonical-json.ts';
import { MINUTE_MS, type Random, SECOND_MS } from '../../core/clock.ts';
import { EndpointBusyError } from '../../core/release/endpoint-busy-error.ts';
import type { Arm, Variant } from '../../core/release/route.ts';
import { parseS3Uri } from '../../core/release/s3-uri.ts';
import type { EndpointState } from '../../core/rollout/truth.ts';
import type {
  EndpointContent,
  HostedVariant,
  ModelHostingPort,
  RunningImage,
} from '../../lambdas/ports/model-hosting.ts';
import type { ObjectStore } from '../../lambdas/ports/object-store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How a change of the endpoint goes. */
export type ChangeEnd = 'good' | 'no-capacity' | 'stuck';

/** What one variant runs: the release, and the digest of the artifact that its instances loaded. */
export interface LoadedVariant extends Arm {
  readonly sha256: string;
  /** Of the image, as its name stood for it when the instances started. */
  readonly imageDigest: string;
}

/** What images are pulled as, and releases were registered with. */
export const IMAGE_DIGEST = `sha256:${sha256Hex(new TextEncoder().encode('image'))}`;

export interface SimulatedEndpointProps {
  readonly time: VirtualTime;
  readonly random: Random;
  /** What instances load; nobody's process, so no fault is injected here. */
  readonly objects: ObjectStore;
  /** Looks at the world after a change has come to its end. */
  readonly onChanged: () => Promise<void>;
}

/**
 * SageMaker as a rollout sees it: a change takes minutes, the old content answers until the new one is in service, a
 * change that finds no capacity goes back, and there is one change at a time.
 */
export class SimulatedEndpoint implements ModelHostingPort {
  readonly #props: SimulatedEndpointProps;
  readonly #live = new Map<string, EndpointContent>();
  readonly #loaded = new Map<string, readonly LoadedVariant[]>();
  readonly #pending = new Map<string, EndpointContent>();
  readonly #failed = new Map<string, string>();
  readonly #scaling = new Map<string, string>();
  /** Ends of the next changes, in order; after them all are good. */
  readonly ends: ChangeEnd[] = [];
  /** What the name of every image stands for; somebody may move it. */
  imageDigest = IMAGE_DIGEST;

  constructor(props: SimulatedEndpointProps) {
    this.#props = props;
  }

  /** What answers on the endpoint now. */
  serving(endpointName: string): readonly LoadedVariant[] {
    return this.#loaded.get(endpointName) ?? [];
  }

  isChanging(endpointName: string): boolean {
    return this.#pending.has(endpointName);
  }

  async pointEndpoint(wanted: EndpointContent): Promise<void> {
    const { endpointName: name } = wanted;
    if (this.#pending.has(name)) {
      if (isSame(this.#pending.get(name), wanted)) return;
      throw new EndpointBusyError(name, 'Updating');
    }
    if (isSame(this.#live.get(name), wanted)) this.#scaling.set(name, JSON.stringify(wanted.scaling));
    else this.#begin(wanted);
  }

  async status(wanted: EndpointContent): Promise<EndpointState> {
    const { endpointName: name } = wanted;
    if (this.#pending.has(name)) return { state: 'changing' };
    const live = this.#live.get(name);
    const reason = this.#failed.get(name);
    if (live === undefined) return reason === undefined ? { state: 'absent' } : { state: 'failed', reason };
    if (!isSame(live, wanted)) return { state: 'other-content', missing: missingFrom(live, wanted) };
    return { state: this.#scaling.get(name) === JSON.stringify(wanted.scaling) ? 'in-service' : 'unscaled' };
  }

  async runningImages(endpointName: string): Promise<readonly RunningImage[]> {
    return this.serving(endpointName).map(({ variant, imageDigest: digest }) => ({ variant, digest }));
  }

  async remove(endpointName: string): Promise<void> {
    for (const map of [this.#live, this.#loaded, this.#pending, this.#failed, this.#scaling]) map.delete(endpointName);
  }

  /** What was there before anybody looked. */
  async install(endpointName: string, content: EndpointContent): Promise<void> {
    await this.#bring({ ...content, endpointName });
  }

  /** Somebody changes the endpoint in the console: at once, whatever anybody wanted. */
  async edit(endpointName: string, variants: (before: EndpointContent) => EndpointContent['variants']): Promise<void> {
    const before = this.#live.get(endpointName);
    if (before === undefined || this.#pending.has(endpointName)) return;
    await this.#bring({ ...before, variants: variants(before) });
  }

  /** Changes that never end are given up, as a person at the service would. */
  giveUp(): void {
    this.#pending.clear();
  }

  #begin(wanted: EndpointContent): void {
    const { time, random } = this.#props;
    const end = this.ends.shift() ?? 'good';
    this.#pending.set(wanted.endpointName, wanted);
    if (end === 'stuck') return;
    time.at(time.nowMs + 25 * SECOND_MS + random() * MINUTE_MS, () => void this.#end(wanted, end));
  }

  /** A change that somebody gave up on comes to its end all the same. */
  async #end(wanted: EndpointContent, end: ChangeEnd): Promise<void> {
    const { endpointName: name } = wanted;
    if (!isSame(this.#pending.get(name), wanted)) return;
    this.#pending.delete(name);
    if (end === 'good') await this.#bring(wanted);
    else if (!this.#live.has(name)) this.#failed.set(name, 'Unable to provision requested ML compute capacity');
    await this.#props.onChanged();
  }

  async #bring(content: EndpointContent): Promise<void> {
    const loaded = content.variants.map(async ({ variant, releaseId, artifactUri }): Promise<LoadedVariant> => {
      const body = await this.#props.objects.get(parseS3Uri(artifactUri)).catch(() => new Uint8Array());
      return { variant, releaseId, sha256: sha256Hex(body), imageDigest: this.imageDigest };
    });
    this.#loaded.set(content.endpointName, await Promise.all(loaded));
    this.#live.set(content.endpointName, content);
    this.#failed.delete(content.endpointName);
  }
}

/** How it scales is no part of what tells contents apart. */
function isSame(a: EndpointContent | undefined, b: EndpointContent): boolean {
  return (
    a === b || (a !== undefined && JSON.stringify({ ...a, scaling: [] }) === JSON.stringify({ ...b, scaling: [] }))
  );
}

function missingFrom(live: EndpointContent, wanted: EndpointContent): Variant[] {
  const runs = (it: HostedVariant) =>
    live.variants.some(({ variant, releaseId }) => variant === it.variant && releaseId === it.releaseId);
  return wanted.variants.filter((it) => !runs(it)).map(({ variant }) => variant);
}
