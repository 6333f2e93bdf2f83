import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { DEPLOYMENTS_PATH } from '../../local/deployments.ts';
import { CliError } from '../cli-error.ts';
import { synthesize } from '../up/synthesize.ts';

export interface DeployRequest {
  /** The project's folder. */
  readonly rootDir: string;
  readonly definitionsDir: string;
  /** Of the platform that is to change. */
  readonly url: string;
  /** Environment of lib/config/environments.ts. */
  readonly stage: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

const DEPLOY_TIMEOUT_MS = 30 * 60_000;

/** Takes the definitions live in the region that runs on this machine: what changed is updated in place. */
export async function deployToLaptop({
  rootDir,
  definitionsDir,
  url,
  signal,
  onProgress,
}: DeployRequest): Promise<void> {
  const { stateDir } = await ask<{ stateDir: string }>(url, 'GET');
  onProgress('synthesizing the dev stacks');
  const assemblyDir = await synthesize({ rootDir, definitionsDir, stateDir, signal });
  onProgress('taking the stacks live');
  await ask(url, 'POST', { assemblyDir });
}

async function ask<T>(url: string, method: 'GET' | 'POST', body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(new URL(DEPLOYMENTS_PATH, url), {
      method,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(DEPLOY_TIMEOUT_MS),
    });
  } catch (error) {
    throw new CliError(`${url} did not take the deployment: ${String(error)}`, 'run the command again', {}, error);
  }
  const answer = (await response.json()) as T & { readonly error?: { readonly message: string } }; // our own region's
  if (response.ok) return answer;
  throw new CliError(`the region did not deploy: ${answer.error?.message ?? response.status}`, 'nothing was changed');
}

/** `cdk deploy` of every stack of the environment; what CloudFormation says goes to stderr. */
export async function deployToEnvironment({ rootDir, definitionsDir, stage, signal }: DeployRequest): Promise<void> {
  const cdk = join(rootDir, 'node_modules', '.bin', 'cdk');
  const child = spawn(cdk, ['deploy', '--all', '--require-approval', 'never', '-c', `env=${stage}`], {
    cwd: rootDir,
    env: { ...process.env, HEADGATE_DEFINITIONS: definitionsDir },
    stdio: ['ignore', 2, 2],
    signal,
  });
  const code = await ending(child);
  if (code === 0) return;
  throw new CliError(
    `cdk deploy ended with ${code}`,
    'CloudFormation has gone back to what was deployed before; put right what it said and run the command again',
  );
}

async function ending(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}
