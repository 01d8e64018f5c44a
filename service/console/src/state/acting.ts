/* The work of a room's buttons: one thing at a time, and what came of it in words. */

import { batch, signal } from "@preact/signals";
import { orLookAgain } from "../api/client";
import { failureOf } from "./session";

export abstract class Acting {
  /** Whether something is being done: buttons do nothing meanwhile. */
  readonly busy = signal(false);
  /** What came of the last action, in words. */
  readonly outcome = signal("");

  /** Read what is shown again; never throws. */
  protected abstract refresh(): Promise<void>;

  /** Say why something was not done. */
  protected explain(error: unknown): string {
    return failureOf(error);
  }

  /** Do something and read again. done: what is said then, where the work itself does not say it. */
  protected async act(work: () => Promise<unknown>, done?: string): Promise<void> {
    this.busy.value = true;
    this.outcome.value = "";
    let says: string;
    try {
      const answer = await orLookAgain(work, () => this.refresh());
      says = done ?? String(answer);
    } catch (error) {
      says = this.explain(error);
    }
    await this.refresh();
    batch(() => {
      this.busy.value = false;
      this.outcome.value = says;
    });
  }
}
