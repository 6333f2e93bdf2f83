/**
 * The runtime inside a worker thread: loads a function's bundle and feeds it one event at a time. Runs without the
 * rest of the region; its process.env is the function's own.
 */

import { existsSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { FunctionErrorDocument, InvokeMessage, WorkerMessage, WorkerStart } from './worker-messages.ts';

type Handler = (event: unknown, context: object) => unknown;

const start = workerData as WorkerStart; // set by function-worker.ts
const port = parentPort!; // this file runs in a worker only

function send(message: WorkerMessage): void {
  port.postMessage(message);
}

function describe(thrown: unknown): FunctionErrorDocument {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

/** A task root without a package.json is CommonJS, whatever folder the assembly lies in; and the runtime has the SDK. */
function playLambdaFileSystem(): void {
  const rootUrl = `${pathToFileURL(start.codeDir).href}/`;
  const isCommonJs = !existsSync(join(start.codeDir, 'package.json'));
  registerHooks({
    load: (url, context, nextLoad) =>
      isCommonJs && url.startsWith(rootUrl) && url.endsWith('.js')
        ? nextLoad(url, { ...context, format: 'commonjs' })
        : nextLoad(url, context),
    resolve: (specifier, context, nextResolve) => {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!specifier.startsWith('@aws-sdk/')) throw error;
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}

/** Lets handlers that send their answer to CloudFormation with `https.request({hostname, path})` reach the region. */
function playCloudFormationAddress(): void {
  const original = https.request;
  const redirected = (...args: Parameters<typeof https.request>) => {
    const [options, callback] = args as unknown as [http.RequestOptions, (response: http.IncomingMessage) => void]; // the form CDK uses
    if (typeof options === 'object' && String(options.path).startsWith(start.responsePath)) {
      return http.request({ ...options, protocol: 'http:', port: new URL(start.endpointUrl).port }, callback);
    }
    return original(...args);
  };
  https.request = redirected as typeof https.request; // same overloads, passed through
  syncBuiltinESMExports();
}

async function loadHandler(): Promise<Handler> {
  const dot = start.handler.lastIndexOf('.');
  const [file, name] = [start.handler.slice(0, dot), start.handler.slice(dot + 1)];
  const path = ['.js', '.mjs', '.cjs'].map((ext) => join(start.codeDir, file + ext)).find((each) => existsSync(each));
  if (path === undefined) throw named('Runtime.ImportModuleError', `Cannot find module '${file}' in ${start.codeDir}`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>; // a module is a record
  const exports = module['default'] as Record<string, unknown> | undefined; // of a CommonJS file
  const handler = module[name] ?? exports?.[name];
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${start.handler} is undefined or not exported`);
  }
  if (handler.length >= 3) {
    throw named(
      'Runtime.CallbackHandlerDeprecated',
      `${start.handler} takes a callback, which Node.js 24 functions can not`,
    );
  }
  return handler as Handler; // a function, just checked
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

function contextOf(message: InvokeMessage): object {
  return {
    awsRequestId: message.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: '$LATEST',
    invokedFunctionArn: message.functionArn,
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    getRemainingTimeInMillis: () => Math.max(0, message.deadlineMs - Date.now()),
  };
}

playLambdaFileSystem();
playCloudFormationAddress();
try {
  const handler = await loadHandler();
  port.on('message', async (message: InvokeMessage) => {
    try {
      const result = await handler(JSON.parse(message.payload), contextOf(message));
      send({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
    } catch (thrown) {
      send({ kind: 'error', error: describe(thrown) });
    }
  });
  send({ kind: 'ready' });
} catch (thrown) {
  send({ kind: 'init-error', error: describe(thrown) });
}
