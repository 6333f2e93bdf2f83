/** Tells the world what happened, as CloudEvents. Hints only: state is the truth. */
export interface EventBus {
  /** `type` is `headgate.release.promoted` and the like; `subject` the model or view. */
  publish(events: readonly { readonly type: string; readonly subject: string; readonly data: object }[]): Promise<void>;
}
