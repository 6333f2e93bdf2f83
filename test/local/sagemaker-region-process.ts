/** A region with one endpoint of two variants in a process of its own, to be killed by a test. */

import { CreateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { sageMakerLab } from './sagemaker-lab.ts';

const lab = await sageMakerLab();
await lab.constantModel('low', 0.25);
await lab.config('durable-1', [
  { name: 'a', model: 'low' },
  { name: 'b', model: 'low' },
]);
await lab.client.send(new CreateEndpointCommand({ EndpointName: 'durable', EndpointConfigName: 'durable-1' }));
await lab.untilEndpoint('durable', 'InService');
console.log(JSON.stringify({ stateDir: lab.region.stateDir }));
setInterval(() => {}, 60_000);
