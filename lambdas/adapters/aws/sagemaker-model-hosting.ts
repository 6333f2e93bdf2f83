import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  ListEndpointConfigsCommand,
  type SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { digestOf } from '../../../core/canonical-json.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { EndpointBusyError } from '../../../core/release/endpoint-busy-error.ts';
import { VARIANTS, type Variant } from '../../../core/release/route.ts';
import { sagemakerName, sagemakerStem } from '../../../core/release/sagemaker-name.ts';
import type { EndpointState } from '../../../core/rollout/truth.ts';
import type { EndpointContent, HostedVariant, ModelHostingPort, RunningImage } from '../../ports/model-hosting.ts';
import { answerOf } from './aws-failure.ts';
import type { Pause } from './jittered-pause.ts';
import { isScaled, releaseScaling, scaleVariants } from './sagemaker-scaling.ts';

/** SageMaker reads with delay what was just made; its reference asks for calls to be repeated then. */
const TRIES_UNTIL_SEEN = 5;
/** Hexadecimal digits that tell contents of one endpoint apart. */
const DIGITS = 12;
const CONFIG_SUFFIX = /^-[0-9a-f]{12}$/;
const IMAGE_DIGEST = /@(sha256:[0-9a-f]{64})$/;
/** Statuses in which SageMaker takes no other change. */
const CHANGING: ReadonlySet<string> = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']);

/** @param pause before a call is repeated that does not see yet what another one made */
export function sagemakerModelHosting(
  sagemaker: SageMakerClient,
  scaling: ApplicationAutoScalingClient,
  pause: Pause = (tries) => sleep(tries * SECOND_MS),
): ModelHostingPort {
  return {
    pointEndpoint: (wanted) =>
      answerOf(
        `SageMaker change of endpoint ${wanted.endpointName}`,
        point(sagemaker, scaling, wanted, pause).catch((error: unknown) => {
          // somebody, or scaling, was quicker since it was described
          if (isRefusal(error, 'in-progress')) throw new EndpointBusyError(wanted.endpointName, 'being changed');
          // the model or the configuration that was made; whoever calls again makes it again where it is gone
          if (isRefusal(error, 'Could not find')) throw new EndpointBusyError(wanted.endpointName, 'not ready yet');
          throw error;
        }),
      ),
    status: (wanted) =>
      answerOf(`SageMaker DescribeEndpoint of ${wanted.endpointName}`, statusOf(sagemaker, scaling, wanted)),
    runningImages: (endpointName) =>
      answerOf(`SageMaker DescribeEndpoint of ${endpointName}`, runningImages(sagemaker, endpointName)),
    remove: (endpointName) =>
      answerOf(`SageMaker removal of ${endpointName}`, remove(sagemaker, scaling, endpointName)),
  };
}

async function point(
  sagemaker: SageMakerClient,
  scaling: ApplicationAutoScalingClient,
  wanted: EndpointContent,
  pause: Pause,
): Promise<void> {
  const configName = configNameOf(wanted);
  const endpoint = await describe(sagemaker, wanted.endpointName);
  if (endpoint !== null && isOnTheWayTo(endpoint, configName)) {
    if (endpoint.EndpointStatus === 'InService') await scaleVariants(sagemaker, scaling, wanted, endpoint);
    return;
  }
  if (endpoint !== null && CHANGING.has(endpoint.EndpointStatus ?? '')) {
    throw new EndpointBusyError(wanted.endpointName, String(endpoint.EndpointStatus));
  }
  for (const variant of wanted.variants) await createModel(sagemaker, wanted, variant);
  await onceSeen(pause, () => createConfig(sagemaker, wanted, configName));
  if (endpoint === null) {
    const create = { EndpointName: wanted.endpointName, EndpointConfigName: configName };
    await onceSeen(pause, () => sagemaker.send(new CreateEndpointCommand(create)));
    return;
  }
  if (endpoint.EndpointStatus === 'Failed') {
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: wanted.endpointName }));
    throw new EndpointBusyError(wanted.endpointName, 'Deleting after it failed to come up');
  }
  await releaseScaling(scaling, wanted.endpointName);
  const update = new UpdateEndpointCommand({
    EndpointName: wanted.endpointName,
    EndpointConfigName: configName,
    // what scaling has grown a variant to is kept; weights and capture are those of the new content
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: [
      { VariantPropertyType: 'DesiredWeight' },
      { VariantPropertyType: 'DataCaptureConfig' },
    ],
  });
  await onceSeen(pause, () => sagemaker.send(update));
}

async function statusOf(
  sagemaker: SageMakerClient,
  scaling: ApplicationAutoScalingClient,
  wanted: EndpointContent,
): Promise<EndpointState> {
  const endpoint = await describe(sagemaker, wanted.endpointName);
  if (endpoint === null) return { state: 'absent' };
  const status = endpoint.EndpointStatus ?? '';
  if (status === 'InService') {
    // after a failed update the endpoint is in service again, with the configuration it had before
    if (endpoint.EndpointConfigName !== configNameOf(wanted)) {
      return { state: 'other-content', missing: await missingVariants(sagemaker, wanted, endpoint) };
    }
    return { state: (await isScaled(scaling, wanted, endpoint)) ? 'in-service' : 'unscaled' };
  }
  if (CHANGING.has(status)) return { state: 'changing' };
  return {
    state: 'failed',
    reason: `endpoint ${wanted.endpointName} is ${status}: ${endpoint.FailureReason ?? 'no reason given'}`,
  };
}

/** Those whose model is another one. A configuration that was deleted under its endpoint tells of none. */
async function missingVariants(
  sagemaker: SageMakerClient,
  wanted: EndpointContent,
  { EndpointConfigName }: DescribeEndpointCommandOutput,
): Promise<readonly Variant[]> {
  const running = new Map<string | undefined, string | undefined>();
  try {
    const config = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    for (const { VariantName, ModelName } of config.ProductionVariants ?? []) running.set(VariantName, ModelName);
  } catch (error) {
    if (!isRefusal(error, 'Could not find')) throw error;
  }
  return wanted.variants.flatMap((it) => (running.get(it.variant) === modelNameOf(wanted, it) ? [] : [it.variant]));
}

/** `ResolvedImage` is `repository@sha256:…`, also where the model names a tag. */
async function runningImages(sagemaker: SageMakerClient, endpointName: string): Promise<readonly RunningImage[]> {
  const endpoint = await describe(sagemaker, endpointName);
  return (endpoint?.ProductionVariants ?? []).flatMap(({ VariantName, DeployedImages }) => {
    const variant = VARIANTS.find((one) => one === VariantName);
    return (DeployedImages ?? []).flatMap(({ ResolvedImage }) => {
      const digest = IMAGE_DIGEST.exec(ResolvedImage ?? '')?.[1];
      return variant === undefined || digest === undefined ? [] : [{ variant, digest }];
    });
  });
}

async function remove(
  sagemaker: SageMakerClient,
  scaling: ApplicationAutoScalingClient,
  endpointName: string,
): Promise<void> {
  await releaseScaling(scaling, endpointName);
  if ((await describe(sagemaker, endpointName)) !== null) {
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpointName }));
  }
  for (const name of await configsOf(sagemaker, endpointName)) {
    await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }));
  }
}

/** Equal content, equal name: a repeated call finds what the first one made. */
function configNameOf({ scaling: _, ...content }: EndpointContent): string {
  return sagemakerName(content.endpointName, digestOf(content).slice(0, DIGITS));
}

/** The artifact is part of the name, so a name never stands for two artifacts. */
function modelNameOf(wanted: EndpointContent, variant: HostedVariant): string {
  const what = { uri: variant.artifactUri, image: variant.image, role: wanted.executionRoleArn };
  return sagemakerName(wanted.endpointName, digestOf(what).slice(0, DIGITS));
}

function isOnTheWayTo(endpoint: DescribeEndpointCommandOutput, configName: string): boolean {
  const status = endpoint.EndpointStatus ?? '';
  if (status === 'InService' || status === 'Creating') return endpoint.EndpointConfigName === configName;
  return status === 'Updating' && endpoint.PendingDeploymentSummary?.EndpointConfigName === configName;
}

async function describe(
  sagemaker: SageMakerClient,
  endpointName: string,
): Promise<DescribeEndpointCommandOutput | null> {
  try {
    return await sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpointName }));
  } catch (error) {
    if (isRefusal(error, 'Could not find')) return null;
    throw error;
  }
}

async function createModel(sagemaker: SageMakerClient, wanted: EndpointContent, variant: HostedVariant): Promise<void> {
  await unlessThere(() =>
    sagemaker.send(
      new CreateModelCommand({
        ModelName: modelNameOf(wanted, variant),
        ExecutionRoleArn: wanted.executionRoleArn,
        EnableNetworkIsolation: true,
        PrimaryContainer: { Image: variant.image, ModelDataUrl: variant.artifactUri },
      }),
    ),
  );
}

async function createConfig(sagemaker: SageMakerClient, wanted: EndpointContent, configName: string): Promise<void> {
  await unlessThere(() =>
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: configName,
        ProductionVariants: wanted.variants.map((variant, index) => ({
          VariantName: variant.variant,
          ModelName: modelNameOf(wanted, variant),
          InstanceType: variant.instanceType as never, // the SDK's union lags behind the instance types AWS takes
          InitialInstanceCount: variant.instanceCount,
          InitialVariantWeight: index === 0 ? 1 : 0,
        })),
        ...(wanted.dataCapture === null
          ? {}
          : {
              DataCaptureConfig: {
                EnableCapture: true,
                InitialSamplingPercentage: wanted.dataCapture.samplingPct,
                DestinationS3Uri: wanted.dataCapture.uri,
                CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
                CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
              },
            }),
      }),
    ),
  );
}

async function configsOf(sagemaker: SageMakerClient, endpointName: string): Promise<string[]> {
  const stem = sagemakerStem(endpointName, DIGITS);
  const names: string[] = [];
  let next: string | undefined;
  do {
    const page = await sagemaker.send(
      new ListEndpointConfigsCommand({ NameContains: stem, MaxResults: 100, NextToken: next }),
    );
    const found = (page.EndpointConfigs ?? []).flatMap((config) => config.EndpointConfigName ?? []);
    names.push(...found.filter((name) => name.startsWith(stem) && CONFIG_SUFFIX.test(name.slice(stem.length))));
    next = page.NextToken;
  } while (next !== undefined);
  return names;
}

async function onceSeen(pause: Pause, call: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await call();
      return;
    } catch (error) {
      if (!isRefusal(error, 'Could not find') || tries === TRIES_UNTIL_SEEN) throw error;
      await pause(tries);
    }
  }
}

async function unlessThere(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!isRefusal(error, 'already exist')) throw error;
  }
}

/** SageMaker answers with ValidationException for what is missing and what is there; only the words tell which. */
function isRefusal(error: unknown, words: string): boolean {
  return error instanceof Error && error.name === 'ValidationException' && error.message.includes(words);
}
