/** A region with one endpoint of two variants in a process of its own, to be killed by a test. */

import { CreateEndpointCommand, CreateModelCommand } from '@aws-sdk/client-sagemaker';
import { ROLE, sageMakerLab } from './sagemaker-lab.ts';

const echo = new URL('echo-container.ts', import.meta.url).pathname;
const lab = await sageMakerLab({ images: [`echo='${process.execPath}' '${echo}'`] });
await lab.constantModel('low', 0.25);
await lab.client.send(
  new CreateModelCommand({ ModelName: 'echo', ExecutionRoleArn: ROLE, PrimaryContainer: { Image: 'echo' } }),
);
await lab.config('durable-1', [
  { name: 'a', model: 'low' },
  { name: 'b', model: 'echo', weight: 0 },
]);
await lab.client.send(new CreateEndpointCommand({ EndpointName: 'durable', EndpointConfigName: 'durable-1' }));
await lab.untilEndpoint('durable', 'InService');
console.log(JSON.stringify({ stateDir: lab.region.stateDir }));
setInterval(() => {}, 60_000);
