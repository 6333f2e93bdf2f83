import type { ResolvedView } from '../definitions/definitions.ts';
import type { Aggregate, Aggregation } from '../definitions/feature-view.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { BugError } from '../errors.ts';
import { sourceExpressionType } from '../point-in-time/source-expression.ts';

/** How the tiles of a streamed view are laid out: what is kept of each tile, and how features are read from it. */
export interface StreamLayout {
  readonly view: string;
  readonly tileMs: number;
  /** Longest window. */
  readonly longestMs: number;
  /** Distinct inputs of the view's aggregates. */
  readonly inputs: readonly StreamInput[];
  readonly slots: readonly StreamSlot[];
  /** In the order of the view's features. */
  readonly features: readonly StreamFeature[];
}

export interface StreamInput {
  readonly input: string | null;
  readonly where: string | null;
  readonly type: ValueType;
}

/** One thing that is kept of an input in every tile. */
export interface StreamSlot {
  readonly kind: SlotKind;
  /** Position in `inputs`. */
  readonly input: number;
  readonly type: ValueType;
  /** Longest window that reads it: a tile that has left it holds nothing for this slot. */
  readonly longestMs: number;
}

/** `added`: sum and how many; `newest`: the value of the latest row. */
export type SlotKind = 'counted' | 'added' | 'least' | 'greatest' | 'newest';

export interface StreamFeature {
  readonly aggregation: Aggregation;
  readonly windowMs: number;
  /** Position in `slots`. */
  readonly slot: number;
}

/** Null for a view that is not streamed. */
export function streamLayout({ view, source }: Pick<ResolvedView, 'view' | 'source'>): StreamLayout | null {
  if (view.stream === null) return null;
  const inputs: StreamInput[] = [];
  const slots: StreamSlot[] = [];
  const inputOf = ({ input, where }: Aggregate): number => {
    const known = inputs.findIndex((one) => one.input === input && one.where === where);
    if (known >= 0) return known;
    inputs.push({ input, where, type: input === null ? 'int64' : sourceExpressionType(source, input) });
    return inputs.length - 1;
  };
  const features = view.features.map(({ compute }): StreamFeature => {
    if (compute.kind !== 'aggregate') throw new BugError(`view ${view.name} is streamed and has values of single rows`);
    const { aggregation, windowMs } = compute;
    const [kind, input] = [slotKind(aggregation), inputOf(compute)];
    const at = slots.findIndex((slot) => slot.kind === kind && slot.input === input);
    if (at < 0) {
      slots.push({ kind, input, type: inputs[input]!.type, longestMs: windowMs });
      return { aggregation, windowMs, slot: slots.length - 1 };
    }
    slots[at] = { ...slots[at]!, longestMs: Math.max(slots[at]!.longestMs, windowMs) };
    return { aggregation, windowMs, slot: at };
  });
  const longestMs = Math.max(...features.map(({ windowMs }) => windowMs));
  return { view: view.name, tileMs: view.stream.tileMs, longestMs, inputs, slots, features };
}

function slotKind(aggregation: Aggregation): SlotKind {
  switch (aggregation) {
    case 'count':
      return 'counted';
    case 'sum':
    case 'mean':
      return 'added';
    case 'min':
      return 'least';
    case 'max':
      return 'greatest';
    case 'last':
      return 'newest';
    case 'count_distinct':
      throw new BugError('count_distinct cannot be streamed: two tiles may hold one value');
  }
}
