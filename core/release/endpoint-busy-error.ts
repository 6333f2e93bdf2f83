import { PlatformError } from '../errors.ts';

/** An endpoint takes one change at a time. */
export class EndpointBusyError extends PlatformError {
  constructor(endpointName: string, status: string) {
    super(
      'EndpointBusyError',
      'unavailable',
      `endpoint ${endpointName} is ${status}; it takes the next change when that is over`,
      { endpointName, status },
    );
  }
}
