import type { RolloutTurn } from '../../contracts/rollout.ts';
import { HOUR_MS, type Random, SECOND_MS } from '../../core/clock.ts';
import { PlatformError } from '../../core/errors.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import type { Arm, Route } from '../../core/release/route.ts';
import { parseS3Uri } from '../../core/release/s3-uri.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';
import type { EndpointContent, ModelHostingPort } from '../../lambdas/ports/model-hosting.ts';
import type { ModelRegistry } from '../../lambdas/ports/model-registry.ts';
import type { Workflow } from '../../lambdas/ports/workflow.ts';
import { endpointContent } from '../../lambdas/use-cases/rollout/endpoint-content.ts';
import { StateError } from '../../local/services/step-functions/state-error.ts';
import { memoryEventBus } from '../memory/memory-event-bus.ts';
import { memoryModelRegistry } from '../memory/memory-model-registry.ts';
import { memoryObjectStore } from '../memory/memory-object-store.ts';
import { memoryReleaseStore } from '../memory/memory-release-store.ts';
import { memoryTableLog } from '../memory/memory-table-log.ts';
import { memoryVersionRegistry } from '../memory/memory-version-registry.ts';
import { type AskedCounts, answerCount } from './answer-count.ts';
import { Callers } from './callers.ts';
import { Invariants } from './invariants.ts';
import { type Disturbance, Killed, type PortCall, Process, type ProcessWorld } from './process.ts';
import { RequestLog } from './request-log.ts';
import { rolloutFunctions, type SimulatedPorts } from './rollout-functions.ts';
import { SimulatedEndpoint } from './simulated-endpoint.ts';
import { SimulatedFlows } from './simulated-flows.ts';
import { ARTIFACTS, addRelease, hostingOf, type ReleaseProps, summaryOf } from './simulated-release.ts';
import { type Behaviour, GOOD, Traffic } from './traffic.ts';
import { EPOCH_MS, VirtualTime } from './virtual-time.ts';

/** What a test may put in the place of a part, to see that the suite notices. */
export interface Mutation {
  readonly registry?: (real: ModelRegistry, clock: Clock) => ModelRegistry;
  readonly hosting?: (real: ModelHostingPort) => ModelHostingPort;
  readonly workflow?: (real: Workflow) => Workflow;
  readonly releases?: (real: SimulatedPorts['releases']) => SimulatedPorts['releases'];
}

const RECONCILE_EVERY_MS = HOUR_MS;
/** How an invocation that was killed looks to Step Functions. */
const CRASHES = ['Lambda.Unknown', 'Runtime.ExitError', 'Sandbox.Timedout', 'Lambda.ServiceException'] as const;

/** Everything that a rollout meets, in one process, in virtual time, drawn from one seed. */
export class World {
  readonly seed: number;
  readonly time: VirtualTime;
  readonly registry: ModelRegistry;
  readonly releases: ReturnType<typeof memoryReleaseStore>;
  readonly objects = memoryObjectStore();
  readonly events = memoryEventBus();
  readonly endpoint: SimulatedEndpoint;
  readonly log = new RequestLog();
  readonly traffic: Traffic;
  readonly callers: Callers;
  readonly flows: SimulatedFlows;
  readonly invariants: Invariants;
  readonly models: string[] = [];
  readonly behaviours = new Map<string, (nowMs: number) => Behaviour>();
  /** Strikes at calls of ports; a fault puts itself here. */
  disturbance: Disturbance = { strike: async () => {} };
  /** What the clock of a process that is started now is off by. */
  skewMs: () => number = () => 0;
  /** Whether somebody changed the endpoint in the console. */
  isEdited = false;
  isQueryDown = false;
  outcomeDelayMs: (releaseId: string) => number | null = () => null;
  /** Things that are still going to happen, so that it is not over yet. */
  pending = 0;
  calls = 0;
  readonly #manifests = new Map<string, ReleaseManifest>();
  readonly #ports: SimulatedPorts;
  readonly #processWorld: ProcessWorld;
  readonly #asked: AskedCounts = new Map();
  #current: Process | null = null;
  #processes = 0;

  constructor(seed: number, mutation: Mutation = {}) {
    this.seed = seed;
    this.time = new VirtualTime(this.random('order'));
    const clock = { now: () => this.#current?.clock.now() ?? new Date(this.time.nowMs) };
    const registry = memoryModelRegistry(clock);
    this.registry = mutation.registry?.(registry, clock) ?? registry;
    this.releases = memoryReleaseStore();
    const onChanged = () => this.look();
    this.endpoint = new SimulatedEndpoint({
      time: this.time,
      random: this.random('endpoint'),
      objects: this.objects,
      onChanged,
    });
    this.traffic = new Traffic({
      random: this.random('traffic'),
      log: this.log,
      behaviourOf: (releaseId) => this.behaviours.get(releaseId)?.(this.time.nowMs) ?? GOOD,
      outcomeDelayMs: (releaseId) => this.outcomeDelayMs(releaseId),
    });
    this.flows = new SimulatedFlows({
      time: this.time,
      random: this.random('flows'),
      invoke: (name, payload) => this.invoke(name, payload),
      query: (given) => this.#query(given),
    });
    this.invariants = new Invariants({
      registry,
      serving: (name) => this.endpoint.serving(name),
      manifest: (releaseId) => this.#manifests.get(releaseId),
      isEdited: () => this.isEdited,
      hasObject: (uri) => this.objects.keys(parseS3Uri(uri).bucket).includes(parseS3Uri(uri).key),
      nowMs: () => this.time.nowMs,
    });
    this.callers = new Callers({
      time: this.time,
      registry: this.registry,
      traffic: this.traffic,
      serving: (name) => this.endpoint.serving(name),
      onAsked: () => {
        if (this.traffic.homeless === 0 || this.isEdited) return;
        this.invariants.say('I2', 'a request found its release nowhere');
      },
    });
    this.#ports = {
      registry: this.registry,
      releases: mutation.releases?.(this.releases) ?? this.releases,
      hosting: mutation.hosting?.(this.endpoint) ?? this.endpoint,
      objects: this.objects,
      events: this.events,
      tables: memoryTableLog(clock),
      versionRegistry: memoryVersionRegistry(),
      workflow: mutation.workflow?.(this.flows) ?? this.flows,
    };
    const latency = this.random('latency');
    this.#processWorld = {
      time: this.time,
      disturbance: { strike: (call, moment) => this.disturbance.strike(call, moment) },
      witness: (call) => this.#witness(call),
      latencyMs: () => 5 + latency() * 45,
      as: (process, make) => {
        this.#current = process;
        try {
          return make();
        } finally {
          this.#current = null;
        }
      },
    };
  }

  /** Chance of one kind, which does not move when another kind is asked more often. */
  random(of: string): Random {
    let mixed = this.seed ^ 0x9e3779b9;
    for (let i = 0; i < of.length; i++) mixed = Math.imul(mixed ^ of.charCodeAt(i), 0x85ebca6b);
    return seededRandom(mixed);
  }

  async addModel(model: string): Promise<void> {
    this.models.push(model);
    await this.registry.registerModel(hostingOf(model), this.event('model.registered'));
  }

  async addRelease(props: ReleaseProps): Promise<string> {
    const releaseId = await addRelease(this, props);
    const manifest = await this.releases.manifest(releaseId);
    this.#manifests.set(releaseId, manifest);
    await this.registry.addRelease(summaryOf(manifest, releaseId), this.event('release.registered'));
    return releaseId;
  }

  contentOf(model: string, arms: readonly Arm[]): Promise<EndpointContent> {
    const route: Route = { model, endpointName: '', champion: null, challenger: null, shadow: null, epoch: 0 };
    return endpointContent(
      { releases: this.releases, artifactBucket: ARTIFACTS },
      { ...hostingOf(model), route },
      arms,
    );
  }

  event(action: string) {
    return { action, actor: 'arn:aws:iam::1:user/a', at: new Date(this.time.nowMs).toISOString(), detail: {} };
  }

  /** A process of its own with everything it reaches. */
  process(name: string): { readonly process: Process; readonly ports: SimulatedPorts } {
    const skew = this.skewMs;
    const process = new Process(`${name} ${++this.#processes}`, this.time.clock(skew));
    const around = <Port extends object>(port: string, real: Port) => process.around(port, real, this.#processWorld);
    const ports: SimulatedPorts = {
      registry: around('registry', this.#ports.registry),
      releases: around('releases', this.#ports.releases),
      hosting: around('hosting', this.#ports.hosting),
      objects: around('objects', this.#ports.objects),
      events: around('events', this.#ports.events),
      tables: around('tables', this.#ports.tables),
      versionRegistry: around('versionRegistry', this.#ports.versionRegistry),
      workflow: around('workflow', this.#ports.workflow),
    };
    return { process, ports };
  }

  /** What a person, a schedule or an event does at an instant; its failure is its own affair. */
  later(afterMs: number, name: string, work: (ports: SimulatedPorts, process: Process) => Promise<unknown>): void {
    this.pending++;
    this.time.at(this.time.nowMs + afterMs, () => {
      void this.now(name, work).finally(() => {
        this.pending--;
      });
    });
  }

  /** The same at once. Answers what came of it, or the error. */
  async now<T>(name: string, work: (ports: SimulatedPorts, process: Process) => Promise<T>): Promise<T | Error> {
    const { process, ports } = this.process(name);
    try {
      return await Promise.race([work(ports, process), process.died]);
    } catch (error) {
      if (error instanceof Error) return error;
      throw error;
    }
  }

  /** Lets it all happen until nothing is under way any more. */
  async run(forMs: number): Promise<void> {
    await this.look();
    this.#tick(RECONCILE_EVERY_MS, () => this.now('reconciler', (ports, process) => this.#resume(ports, process)));
    for (const model of this.models) this.callers.start(model);
    await this.time.run(EPOCH_MS + forMs, () => this.isQuiet() || this.invariants.violations.length > 0);
  }

  isQuiet(): boolean {
    if (this.models.some((model) => this.invariants.phase(model) !== null)) return false;
    if (this.pending > 0 || this.models.some((model) => this.endpoint.isChanging(hostingOf(model).endpointName)))
      return false;
    return this.flows.executions.every(({ status }) => status !== 'RUNNING');
  }

  #tick(everyMs: number, work: () => Promise<unknown>): void {
    const again = () => {
      this.time.at(this.time.nowMs + everyMs, () => void work().finally(again));
    };
    again();
  }

  #resume(ports: SimulatedPorts, process: Process): Promise<unknown> {
    return rolloutFunctions(ports, process, this.random(process.name))['rollout/resume']!({});
  }

  /** Invokes a function by its name as Step Functions does. Throws a StateError. */
  async invoke(name: string, payload: unknown): Promise<unknown> {
    const { process, ports } = this.process(name);
    const run = rolloutFunctions(ports, process, this.random(process.name))[name];
    if (run === undefined) throw new StateError('States.Runtime', `the simulation has no function "${name}"`);
    try {
      const answer = await Promise.race([run(JSON.parse(JSON.stringify(payload))), process.died]);
      this.#remember(answer);
      return JSON.parse(JSON.stringify(answer ?? null));
    } catch (error) {
      if (error instanceof Killed) throw new StateError(CRASHES[this.#processes % CRASHES.length]!, error.message);
      if (!(error instanceof PlatformError)) throw error;
      throw new StateError(error.name, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
    }
  }

  /** A query is text; what it was made from is kept for the one that answers it. */
  #remember(answer: unknown): void {
    const turn = answer as RolloutTurn | undefined; // another answer has no such kind
    if (turn?.kind === 'count') this.#asked.set(turn.query.ClientRequestToken, turn.counted);
  }

  async #query(given: unknown): Promise<unknown> {
    await this.time.pass(3 * SECOND_MS);
    if (this.isQueryDown) throw new StateError('Athena.InternalServerException', 'the query service does not answer');
    return answerCount(this.#asked, given, { log: this.log, objects: this.objects, nowMs: this.time.nowMs });
  }

  async #witness({ port, method }: PortCall): Promise<void> {
    this.calls++;
    if (port === 'registry' && WRITES.has(method)) await this.look();
  }

  /** Looks whether every promise is kept now. */
  async look(): Promise<void> {
    for (const model of this.models) await this.invariants.check(model);
  }
}

const WRITES: ReadonlySet<string> = new Set([
  'beginRollout',
  'changeRollout',
  'setHold',
  'registerModel',
  'addRelease',
]);
