import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { EndpointFleet, endpointFolder } from './endpoint-fleet.ts';
import { describeEndpoint, type EndpointRecord, type VariantCapacity } from './endpoint-record.ts';
import {
  createEndpointInput,
  endpointInput,
  listEndpointsInput,
  updateEndpointInput,
  updateWeightsInput,
} from './endpoint-shapes.ts';
import { listPageOf } from './list-page.ts';
import { planEndpoint, planUpdate } from './plan-endpoint.ts';
import { allow, arnOf, invalid, nowSeconds, type SageMakerScope } from './sagemaker-scope.ts';
import { keepTags } from './tags.ts';

const COLLECTION = 'endpoint';

/** An endpoint that can answer: its record and the processes behind it. */
export interface LiveEndpoint {
  readonly record: EndpointRecord;
  readonly fleet: EndpointFleet;
}

/**
 * Endpoints and their changes. An update is blue/green: the new processes must answer pings before the traffic
 * moves, all at once, and the old ones end when their last request is answered. When the new ones do not come up,
 * the endpoint goes on with the old configuration, as on AWS.
 */
export class Endpoints {
  readonly #scope: SageMakerScope;
  readonly #fleets = new Map<string, EndpointFleet>();
  readonly #records = new Map<string, EndpointRecord>();
  /** Endpoints this process has begun to work on; `resume` leaves them alone. */
  readonly #begun = new Set<string>();
  readonly #work = new Set<Promise<void>>();
  readonly #refusesUpdate: (endpoint: EndpointRecord, next: EndpointRecord['plan']) => string | undefined;
  #isStopping = false;

  /** @param refusesUpdate a reason of somebody else's to refuse a change of plan: registered scaling targets */
  constructor(
    scope: SageMakerScope,
    refusesUpdate: (endpoint: EndpointRecord, next: EndpointRecord['plan']) => string | undefined,
  ) {
    this.#scope = scope;
    this.#refusesUpdate = refusesUpdate;
  }

  readonly operations: Record<string, Operation> = {
    CreateEndpoint: async (document, caller) => {
      const input = readInput(createEndpointInput, document);
      const arn = arnOf(this.#scope, 'endpoint', input.EndpointName);
      allow(this.#scope, caller, 'CreateEndpoint', arn);
      allow(this.#scope, caller, 'CreateEndpoint', arnOf(this.#scope, 'endpoint-config', input.EndpointConfigName));
      if (input.Tags !== undefined) allow(this.#scope, caller, 'AddTags', arn);
      const lower = input.EndpointName.toLowerCase(); // names differ by more than case at creation
      if (this.#all().some(({ name }) => name.toLowerCase() === lower)) {
        throw invalid(`Cannot create already existing endpoint "${arn}".`);
      }
      const now = nowSeconds(this.#scope);
      const planned = planEndpoint(this.#scope, input.EndpointConfigName);
      const record: EndpointRecord = {
        name: input.EndpointName,
        arn,
        status: 'Creating',
        ...planned,
        createdSeconds: now,
        modifiedSeconds: now,
      };
      keepTags(this.#scope, arn, input.Tags);
      this.#save(record);
      this.#background(record.name, () => this.#bringUp(record.name));
      return { EndpointArn: arn };
    },
    DescribeEndpoint: async (document, caller) => {
      const { EndpointName } = readInput(endpointInput, document);
      allow(this.#scope, caller, 'DescribeEndpoint', arnOf(this.#scope, 'endpoint', EndpointName));
      return describeEndpoint(this.find(EndpointName));
    },
    UpdateEndpoint: async (document, caller) => {
      const input = readInput(updateEndpointInput, document);
      allow(this.#scope, caller, 'UpdateEndpoint', arnOf(this.#scope, 'endpoint', input.EndpointName));
      allow(this.#scope, caller, 'UpdateEndpoint', arnOf(this.#scope, 'endpoint-config', input.EndpointConfigName));
      const endpoint = this.#updatable(input.EndpointName);
      if (endpoint.plan.configName === input.EndpointConfigName) {
        throw invalid(
          `Cannot update endpoint "${endpoint.arn}" to the endpoint configuration it already has, "${input.EndpointConfigName}".`,
        );
      }
      const next = planUpdate(this.#scope, endpoint, input);
      const refusal = this.#refusesUpdate(endpoint, next.plan);
      if (refusal !== undefined) throw invalid(refusal);
      const { failureReason: _, ...rest } = endpoint;
      this.#save({ ...rest, status: 'Updating', next });
      this.#background(endpoint.name, () => this.#update(endpoint.name));
      return { EndpointArn: endpoint.arn };
    },
    UpdateEndpointWeightsAndCapacities: async (document, caller) => {
      const input = readInput(updateWeightsInput, document);
      allow(
        this.#scope,
        caller,
        'UpdateEndpointWeightsAndCapacities',
        arnOf(this.#scope, 'endpoint', input.EndpointName),
      );
      const endpoint = this.#updatable(input.EndpointName);
      const capacities: Record<string, VariantCapacity> = { ...endpoint.capacities };
      const wanted = input.DesiredWeightsAndCapacities;
      if (wanted.filter(({ DesiredInstanceCount }) => DesiredInstanceCount !== undefined).length > 1) {
        throw invalid('DesiredInstanceCount can be given for one variant per call; weights for all of them');
      }
      for (const { VariantName, DesiredWeight, DesiredInstanceCount } of wanted) {
        if (!endpoint.plan.production.some(({ variant }) => variant.VariantName === VariantName)) {
          throw invalid(`Could not find variant "${VariantName}" of endpoint "${endpoint.arn}".`);
        }
        const current = capacities[VariantName]!;
        capacities[VariantName] = {
          weight: DesiredWeight ?? current.weight,
          instanceCount: DesiredInstanceCount ?? current.instanceCount,
        };
      }
      this.#save({ ...endpoint, status: 'Updating', next: { plan: endpoint.plan, capacities } });
      this.#background(endpoint.name, async () => this.#finishUpdate(endpoint.name));
      return { EndpointArn: endpoint.arn };
    },
    DeleteEndpoint: async (document, caller) => {
      const { EndpointName } = readInput(endpointInput, document);
      allow(this.#scope, caller, 'DeleteEndpoint', arnOf(this.#scope, 'endpoint', EndpointName));
      const endpoint = this.find(EndpointName);
      if (endpoint.status === 'Deleting') return {};
      this.#save({ ...endpoint, status: 'Deleting' });
      this.#background(EndpointName, () => this.#remove(EndpointName));
      return {};
    },
    ListEndpoints: async (document, caller) => {
      const input = readInput(listEndpointsInput, document);
      allow(this.#scope, caller, 'ListEndpoints', '*');
      const { items, ...more } = listPageOf(this.#all(), input);
      const summary = (endpoint: EndpointRecord) => ({
        EndpointName: endpoint.name,
        EndpointArn: endpoint.arn,
        CreationTime: endpoint.createdSeconds,
        LastModifiedTime: endpoint.modifiedSeconds,
        EndpointStatus: endpoint.status,
      });
      return { Endpoints: items.map(summary), ...more };
    },
  };

  /** @throws AwsError ValidationException when there is no such endpoint */
  find(name: string): EndpointRecord {
    const record = this.get(name);
    if (record === undefined) throw invalid(`Could not find endpoint "${arnOf(this.#scope, 'endpoint', name)}".`);
    return record;
  }

  get(name: string): EndpointRecord | undefined {
    const known = this.#records.get(name) ?? this.#scope.store.get<EndpointRecord>(COLLECTION, name);
    if (known !== undefined) this.#records.set(name, known);
    return known;
  }

  /** The endpoint with its processes; undefined while it has none that answer. */
  live(name: string): LiveEndpoint | undefined {
    const record = this.get(name);
    const fleet = this.#fleets.get(name);
    return record === undefined || fleet === undefined ? undefined : { record, fleet };
  }

  /** Brings endpoints up again after a start of the region; what was being changed is changed. */
  resume(): void {
    for (const endpoint of this.#all()) {
      if (endpoint.status === 'Failed' || this.#begun.has(endpoint.name)) continue;
      if (endpoint.status === 'Deleting') this.#background(endpoint.name, () => this.#remove(endpoint.name));
      else this.#background(endpoint.name, () => this.#bringUp(endpoint.name));
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#fleets.values()].map((fleet) => fleet.stop()));
    await Promise.all(this.#work);
    await Promise.all([...this.#fleets.values()].map((fleet) => fleet.stop())); // those that came up meanwhile
    this.#fleets.clear();
  }

  async #bringUp(name: string): Promise<void> {
    const { plan } = this.find(name);
    this.#removeOldFolders(name, plan.deploymentId);
    let failure: string | undefined;
    try {
      await this.#adopt(name, await EndpointFleet.launch(this.#scope, name, plan));
    } catch (error) {
      failure = messageOf(error);
      this.#scope.region.log('sagemaker', 'error', `endpoint ${name}: ${failure}`);
    }
    const endpoint = this.get(name);
    if (this.#isStopping || endpoint === undefined || endpoint.status === 'Deleting') return;
    // an update that a killed region left unfinished
    if (endpoint.next !== undefined) return this.#update(name);
    const { failureReason: _, ...rest } = endpoint;
    if (failure === undefined) return this.#save({ ...rest, status: 'InService' });
    this.#save({ ...rest, status: endpoint.status === 'Creating' ? 'Failed' : 'OutOfService', failureReason: failure });
  }

  /** Deployments that were being taken down when the region was killed. */
  #removeOldFolders(name: string, deploymentId: string): void {
    const folder = endpointFolder(this.#scope, name);
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder)) {
      if (entry !== deploymentId) rmSync(join(folder, entry), { recursive: true, force: true });
    }
  }

  async #update(name: string): Promise<void> {
    const { next, plan } = this.find(name);
    if (next === undefined || next.plan.configName === plan.configName) return this.#finishUpdate(name);
    let fleet: EndpointFleet;
    try {
      fleet = await EndpointFleet.launch(this.#scope, name, next.plan);
    } catch (error) {
      return this.#rollBack(name, messageOf(error));
    }
    const endpoint = this.get(name);
    if (this.#isStopping || endpoint === undefined || endpoint.status === 'Deleting') return fleet.retire();
    const old = this.#fleets.get(name);
    this.#fleets.set(name, fleet);
    this.#finishUpdate(name);
    await old?.retire();
  }

  #rollBack(name: string, reason: string): void {
    const endpoint = this.get(name);
    if (this.#isStopping || endpoint === undefined || endpoint.status === 'Deleting') return;
    this.#scope.region.log('sagemaker', 'error', `endpoint ${name} keeps its old configuration: ${reason}`);
    const { next, ...rest } = endpoint;
    this.#save({ ...endpoint, status: 'RollingBack' });
    this.#save({
      ...rest,
      status: this.#fleets.has(name) ? 'InService' : 'OutOfService',
      failureReason: `Update to ${next?.plan.configName} failed: ${reason}`,
    });
  }

  #finishUpdate(name: string): void {
    const endpoint = this.get(name);
    if (endpoint === undefined || endpoint.status === 'Deleting') return;
    const { next, ...rest } = endpoint;
    this.#save({ ...rest, ...next, status: 'InService' });
  }

  async #adopt(name: string, fleet: EndpointFleet): Promise<void> {
    const endpoint = this.get(name);
    if (this.#isStopping) return fleet.stop();
    if (endpoint === undefined || endpoint.status === 'Deleting') return fleet.retire();
    this.#fleets.set(name, fleet);
  }

  async #remove(name: string): Promise<void> {
    const fleet = this.#fleets.get(name);
    this.#fleets.delete(name);
    await fleet?.retire();
    if (this.#isStopping && fleet === undefined) return;
    const endpoint = this.get(name);
    rmSync(endpointFolder(this.#scope, name), { recursive: true, force: true });
    this.#records.delete(name);
    this.#scope.store.delete(COLLECTION, name);
    if (endpoint !== undefined) this.#emit(endpoint, 'DELETED');
  }

  #updatable(name: string): EndpointRecord {
    const endpoint = this.find(name);
    if (endpoint.status === 'Failed') {
      throw invalid(`Cannot update endpoint "${endpoint.arn}" in status Failed; delete it and create it again.`);
    }
    if (endpoint.status !== 'InService' && endpoint.status !== 'OutOfService')
      throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`);
    return endpoint;
  }

  #all(): EndpointRecord[] {
    return this.#scope.store.list<EndpointRecord>(COLLECTION).map(({ value }) => value);
  }

  #save(change: EndpointRecord): void {
    const record = { ...change, modifiedSeconds: nowSeconds(this.#scope) };
    this.#scope.store.put(COLLECTION, record.name, record);
    this.#records.set(record.name, record);
    this.#emit(record, record.status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase());
  }

  #emit(record: EndpointRecord, status: string): void {
    this.#scope.region.emit({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Endpoint State Change',
      resources: [record.arn],
      detail: {
        ...describeEndpoint(record),
        EndpointStatus: status,
        CreationTime: record.createdSeconds * 1000,
        LastModifiedTime: record.modifiedSeconds * 1000,
      },
    });
  }

  #background(name: string, work: () => Promise<void>): void {
    this.#begun.add(name);
    const running = Promise.resolve()
      .then(work)
      .catch((error: unknown) => this.#scope.region.log('sagemaker', 'error', String(error)))
      .finally(() => this.#work.delete(running));
    this.#work.add(running);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
