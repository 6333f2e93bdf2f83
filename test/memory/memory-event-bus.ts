import type { EventBus } from '../../lambdas/ports/event-bus.ts';

type Events = Parameters<EventBus['publish']>[0];

export interface MemoryEventBus extends EventBus {
  readonly published: readonly Events[number][];
}

export function memoryEventBus(): MemoryEventBus {
  const published: Events[number][] = [];
  return {
    published,
    async publish(events) {
      published.push(...events);
    },
  };
}
