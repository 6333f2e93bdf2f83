import type { Variant } from '../../core/release/route.ts';

/** The endpoint of a model: what runs on it and whether it is in service. Every call may be repeated. */
export interface ModelHostingPort {
  /**
   * Starts bringing the endpoint to the wanted content: creates or updates it, or does nothing when it is there or on
   * its way already.
   *
   * @throws EndpointBusyError (kind `unavailable`) while another change is under way
   */
  pointEndpoint(wanted: EndpointContent): Promise<void>;
  status(wanted: EndpointContent): Promise<EndpointStatus>;
  /** Registers scaling of the variant between the bounds. */
  scale(endpointName: string, variant: Variant, scaling: Scaling): Promise<void>;
  /** Removes the endpoint and its configurations; none is no error. */
  remove(endpointName: string): Promise<void>;
}

export interface EndpointContent {
  readonly endpointName: string;
  readonly executionRoleArn: string;
  /** In order of weight; the first takes all untargeted traffic, the others none. */
  readonly variants: readonly HostedVariant[];
  readonly dataCapture: { readonly samplingPct: number; readonly uri: string } | null;
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

export interface Scaling {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly targetInvocationsPerInstance: number;
}

export type EndpointStatus =
  | { readonly state: 'in-service' }
  | { readonly state: 'changing' }
  /** It serves, but not what was wanted: an update that failed and went back. */
  | { readonly state: 'other-content' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'absent' };
