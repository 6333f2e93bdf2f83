import { type App, Tags } from 'aws-cdk-lib';
import type { Definitions } from '../core/definitions/definitions.ts';
import type { FunctionBundles } from './bundling/function-bundle.ts';
import type { Environment } from './config/environment.ts';
import { DataStack } from './stacks/data-stack.ts';
import { ModelStack } from './stacks/model-stack.ts';
import { PlatformStack } from './stacks/platform-stack.ts';
import { modelStackName, stagePrefix } from './stage-names.ts';

export interface HeadgateProps {
  readonly environment: Environment;
  readonly definitions: Definitions;
  readonly bundles: FunctionBundles;
  /** Version of the platform's code. */
  readonly version: string;
}

export interface HeadgateStacks {
  readonly data: DataStack;
  readonly platform: PlatformStack;
  /** One per model, in the order of the definitions. */
  readonly models: readonly ModelStack[];
}

/** The stacks of one environment; references go from a later one to an earlier one. */
export function addHeadgate(app: App, props: HeadgateProps): HeadgateStacks {
  const { environment, definitions, bundles, version } = props;
  const prefix = stagePrefix(environment.stage);
  const common = {
    environment,
    env: { account: environment.account, region: environment.region },
    terminationProtection: environment.deletionProtection,
  };
  const data = new DataStack(app, `${prefix}-data`, {
    ...common,
    definitions,
    description: 'Headgate: tables, buckets, catalogue, logs',
  });
  const platform = new PlatformStack(app, `${prefix}-platform`, {
    ...common,
    definitions,
    bundles,
    data,
    version,
    suppressTemplateIndentation: true, // with fifty models it would be longer than CloudFormation takes
    description: 'Headgate: functions, state machines, HTTP API, schedules, alarms',
  });
  const models = definitions.models.map(
    (model) =>
      new ModelStack(app, modelStackName(environment.stage, model.name), {
        ...common,
        model,
        artifactBucket: data.artifactBucket,
        endpointOwner: platform.endpointOwner,
        alarmTopics: platform.alarmTopics,
        machines: platform.machines,
        scheduleGroup: platform.scheduleGroup,
        description: `Headgate: endpoint, role and alarms of model ${model.name}`,
      }),
  );
  for (const stack of [data, platform, ...models]) Tags.of(stack).add('headgate:stage', environment.stage);
  return { data, platform, models };
}
