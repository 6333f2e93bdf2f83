import middy from '@middy/core';
import { ReconcileRetrainingsRequest } from '../../../contracts/retraining.ts';
import {
  type ReconcileRetrainingsDeps,
  reconcileRetrainings,
} from '../../use-cases/retraining/reconcile-retrainings.ts';
import { checked } from '../invalid-request.ts';

export function makeReconcileRetrainings(deps: ReconcileRetrainingsDeps) {
  return middy(async (event: unknown) =>
    reconcileRetrainings(deps, checked(ReconcileRetrainingsRequest, event, 'event')),
  );
}
