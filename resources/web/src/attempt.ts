/** Something that a person tries by a form: whether it is under way, and in words why it was refused. */

import type { ReactiveController, ReactiveControllerHost } from 'lit';

import { RelayError } from './relay';

export class Attempt implements ReactiveController {
  isBusy = false;
  problem = '';

  /** `words` says why the relay refused. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly words: (error: RelayError) => string,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.problem = '';
  }

  /** Try it, unless something is tried already; return whether it was done. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.tell('');
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      this.problem = this.words(error);
      return false;
    } finally {
      this.isBusy = false;
      this.host.requestUpdate();
    }
  }

  /** Say what is wrong before anything is sent; nothing when all is well again. */
  tell(problem: string): void {
    this.problem = problem;
    this.host.requestUpdate();
  }
}
