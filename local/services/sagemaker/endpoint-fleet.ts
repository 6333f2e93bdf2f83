import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EndpointPlan, VariantPlan } from './endpoint-record.ts';
import { ModelServer } from './model-server.ts';
import { modelEnvironment, prepareModel } from './prepare-model.ts';
import type { SageMakerScope } from './sagemaker-scope.ts';

const DEFAULT_START_LIMIT_SECONDS = 240;
/** Longer than the longest invocation. */
const DRAIN_LIMIT_MS = 65_000;

/** The processes of one endpoint under one configuration: one per variant, production and shadow. */
export class EndpointFleet {
  readonly plan: EndpointPlan;
  readonly #servers: ReadonlyMap<string, ModelServer>;
  readonly #folder: string;

  private constructor(plan: EndpointPlan, servers: ReadonlyMap<string, ModelServer>, folder: string) {
    this.plan = plan;
    this.#servers = servers;
    this.#folder = folder;
  }

  /** Starts every variant and waits until all answer pings; when one does not, none is left running. */
  static async launch(scope: SageMakerScope, endpointName: string, plan: EndpointPlan): Promise<EndpointFleet> {
    const folder = join(endpointFolder(scope, endpointName), plan.deploymentId);
    const started = await Promise.allSettled(
      [...plan.production, ...plan.shadow].map(async (variant) => {
        const name = variant.variant.VariantName;
        return [name, await startVariant(scope, endpointName, variant, join(folder, name))] as const;
      }),
    );
    const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = started.find((result) => result.status === 'rejected');
    const fleet = new EndpointFleet(plan, new Map(servers), folder);
    if (failed === undefined) return fleet;
    await fleet.stop();
    throw failed.reason;
  }

  /** The process of a variant, which must be one of the plan. */
  server(variantName: string): ModelServer {
    return this.#servers.get(variantName)!;
  }

  /** Takes the fleet out of service: what is under way is answered, then the processes end and their files go. */
  async retire(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.drain(DRAIN_LIMIT_MS)));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends the processes and keeps their files for the next start of the region. */
  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
  }
}

/** Holds a folder per deployment of the endpoint. */
export function endpointFolder({ region }: SageMakerScope, endpointName: string): string {
  return join(region.stateDir, 'sagemaker/endpoints', endpointName);
}

async function startVariant(
  scope: SageMakerScope,
  endpointName: string,
  plan: VariantPlan,
  folder: string,
): Promise<ModelServer> {
  const { variant } = plan;
  const model = { ...plan, name: variant.ModelName };
  const baseDir = join(folder, 'ml');
  await prepareModel(scope, model, baseDir);
  const server = new ModelServer({
    command: scope.images.commandFor(plan.image),
    baseDir,
    environment: modelEnvironment(scope, model),
    logFile: join(folder, 'log.txt'),
    startLimitMs: 1000 * (variant.ContainerStartupHealthCheckTimeoutInSeconds ?? DEFAULT_START_LIMIT_SECONDS),
    onCrash: (message) =>
      scope.region.log('sagemaker', 'error', `endpoint ${endpointName} variant ${variant.VariantName}: ${message}`),
  });
  await server.start();
  return server;
}
