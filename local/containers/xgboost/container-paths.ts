import { join } from 'node:path';

/** Folders of the SageMaker container contract, below one base folder. */
export interface ContainerPaths {
  readonly hyperparameters: string;
  readonly inputDataConfig: string;
  readonly model: string;
  readonly failure: string;
  channel(name: string): string;
}

/** @param base `/opt/ml` on AWS */
export function containerPaths(base: string): ContainerPaths {
  return {
    hyperparameters: join(base, 'input/config/hyperparameters.json'),
    inputDataConfig: join(base, 'input/config/inputdataconfig.json'),
    model: join(base, 'model'),
    failure: join(base, 'output/failure'),
    channel: (name) => join(base, 'input/data', name),
  };
}
