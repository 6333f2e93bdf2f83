import type { Variant } from '../../core/release/route.ts';
import type { EndpointState } from '../../core/rollout/truth.ts';

/** The endpoint of a model: what runs on it and whether it is in service. Every call may be repeated. */
export interface ModelHostingPort {
  /**
   * Starts bringing the endpoint to the wanted content: creates or updates it, or does nothing when it is on its way. Where
   * the content is there, sees to its scaling: bounds, and instances that are missing.
   *
   * @throws EndpointBusyError (kind `unavailable`) while another change is under way
   */
  pointEndpoint(wanted: EndpointContent): Promise<void>;
  status(wanted: EndpointContent): Promise<EndpointState>;
  /** What the variants in service were started from, as far as the service tells it. */
  runningImages(endpointName: string): Promise<readonly RunningImage[]>;
  /** Removes the endpoint and its configurations; none is no error. */
  remove(endpointName: string): Promise<void>;
}

export interface EndpointContent {
  readonly endpointName: string;
  readonly executionRoleArn: string;
  /** In order of weight; the first takes all untargeted traffic, the others none. */
  readonly variants: readonly HostedVariant[];
  readonly dataCapture: { readonly samplingPct: number; readonly uri: string } | null;
  /** How each variant scales once it is in service; it is no part of what tells contents apart. */
  readonly scaling: readonly VariantScaling[];
}

export interface HostedVariant {
  readonly variant: Variant;
  /** Names what runs, so that equal content gets an equal endpoint configuration. */
  readonly releaseId: string;
  readonly artifactUri: string;
  readonly image: string;
  readonly instanceType: string;
  readonly instanceCount: number;
}

export interface RunningImage {
  readonly variant: Variant;
  /** `sha256:…` of the image's manifest, whatever tag named it. */
  readonly digest: string;
}

export interface VariantScaling extends Scaling {
  readonly variant: Variant;
  /** Never has fewer instances than this variant has now, as far as its own maximum goes: it may have to take over all of its traffic. */
  readonly atLeastAs: Variant | null;
}

export interface Scaling {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly targetInvocationsPerInstance: number;
}
