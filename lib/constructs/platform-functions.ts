import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvName } from '../../contracts/environment.ts';
import type { FunctionBundles } from '../bundling/function-bundle.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, type FunctionSpec, functionId } from '../functions.ts';
import { FUNCTION_PERMISSIONS } from '../permissions/function-permissions.ts';
import type { PlatformResources } from '../permissions/resources.ts';
import { PlatformFunction } from './platform-function.ts';

export interface PlatformFunctionsProps {
  readonly bundles: FunctionBundles;
  readonly resources: PlatformResources;
  /** A value for every variable there is; each function gets those it reads. */
  readonly environment: Readonly<Record<EnvName, string>>;
  readonly logRetention: RetentionDays;
}

/** Every function of the catalogue. */
export class PlatformFunctions extends Construct {
  readonly byName: Readonly<Record<FunctionName, LambdaFunction>>;

  constructor(scope: Construct, id: string, props: PlatformFunctionsProps) {
    super(scope, id);
    const made = FUNCTION_NAMES.map((name) => [name, this.make(name, props)] as const);
    this.byName = Object.fromEntries(made) as Readonly<Record<FunctionName, LambdaFunction>>; // one for each name
  }

  private make(name: FunctionName, props: PlatformFunctionsProps): LambdaFunction {
    const spec: FunctionSpec = FUNCTIONS[name];
    const names: readonly EnvName[] = ['HEADGATE_STAGE', 'HEADGATE_VERSION', ...spec.env];
    return new PlatformFunction(this, functionId(name), {
      description: name,
      spec,
      bundle: props.bundles[name],
      environment: Object.fromEntries(names.map((variable) => [variable, props.environment[variable]])),
      grants: FUNCTION_PERMISSIONS[name](props.resources),
      logRetention: props.logRetention,
    }).fn;
  }
}
