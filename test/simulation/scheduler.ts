import type { PortErrorCode } from '../../shared/ports.ts';
import type { SeededRandom } from './random.ts';

/** One run of one program. It lives until it ends or crashes; a paused one is slow, and comes back. */
export interface Process {
  readonly name: string;
  alive: boolean;
  ended: boolean;
  pausedUntil: number;
}

interface Operation {
  readonly process: Process;
  readonly name: string;
  readonly effect: () => unknown;
  /** Undefined once nobody waits for the answer: the request is still on its way, and may arrive. */
  readonly answer: Answer | undefined;
}

interface Answer {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Probabilities, per port call. */
export interface Faults {
  readonly crash: number;
  /**
   * The call fails, having had no effect, or its effect without the answer, or its effect later on; or a client
   * repeats it unasked and answers for the second time only.
   */
  readonly error: number;
  readonly pause: number;
}

export const noFaults: Faults = { crash: 0, error: 0, pause: 0 };

/** What the code under test breaks: the schedule ends here. */
export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

export interface SchedulerOptions {
  readonly random: SeededRandom;
  readonly portError: (code: PortErrorCode, message: string) => Error;
  /** Before each step. */
  readonly tick: () => void;
  readonly trace?: ((line: string) => void) | undefined;
}

/**
 * Lets one port call happen at a time, in an order that the seed decides. Processes run in between, until each waits
 * for a call again.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  #operations: Operation[] = [];
  #steps = 0;
  violation: Violation | undefined;
  crashes = 0;
  faults: Faults = noFaults;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  get steps(): number {
    return this.#steps;
  }

  start(name: string, program: (process: Process) => Promise<void>): Process {
    const process: Process = { name, alive: true, ended: false, pausedUntil: 0 };
    program(process).then(
      () => {
        process.ended = true;
      },
      (error: unknown) => {
        process.ended = true;
        this.#fail(error);
      },
    );
    return process;
  }

  /** A port call of a process: happens when it is its turn. */
  call<T>(process: Process, name: string, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!process.alive) return;
      const answer = { resolve: resolve as (value: unknown) => void, reject };
      this.#operations.push({ process, name, effect, answer });
    });
  }

  /** A request that nobody waits for. */
  echo(process: Process, name: string, effect: () => unknown): void {
    this.#operations.push({ process, name: `echo of ${name}`, effect, answer: undefined });
  }

  /** Runs until the condition holds, nothing is left to do, or an invariant is broken. */
  async run(until: () => boolean, stepsMax: number): Promise<void> {
    const end = this.#steps + stepsMax;
    for (;;) {
      await new Promise(setImmediate);
      if (this.violation !== undefined || until() || this.#operations.length === 0) return;
      if (this.#steps >= end) {
        this.#fail(new Violation('nothing stuck', `still busy after ${stepsMax} port calls`));
        return;
      }
      this.#steps += 1;
      this.#options.tick();
      this.#execute(this.#next());
    }
  }

  /** Ends these processes at once, with all that they have under way. */
  kill(processes: readonly Process[]): void {
    for (const process of processes) process.alive = false;
    this.#operations = this.#operations.filter((operation) => operation.process.alive);
  }

  /** What a process waits for, by name. */
  waitingFor(process: Process): readonly string[] {
    return this.#operations.filter((operation) => operation.process === process).map(({ name }) => name);
  }

  #next(): Operation {
    const { random } = this.#options;
    const awake = this.#operations.filter(({ process }) => process.pausedUntil <= this.#steps);
    const operation = random.pick(awake.length > 0 ? awake : this.#operations);
    this.#operations.splice(this.#operations.indexOf(operation), 1);
    return operation;
  }

  #execute(operation: Operation): void {
    const { random } = this.#options;
    const { process, answer } = operation;
    const kind = random.fraction();
    const { crash, error, pause } = this.faults;
    if (random.chance(pause)) process.pausedUntil = this.#steps + random.between(1, 150);
    if (answer === undefined) this.#attempt(operation);
    else if (kind < crash) this.#crash(operation);
    else if (kind < crash + error) this.#disturb(operation, answer);
    else this.#settle(operation, answer);
  }

  #settle(operation: Operation, answer: Answer): void {
    const outcome = this.#attempt(operation);
    if (outcome.error === undefined) answer.resolve(outcome.value);
    else answer.reject(outcome.error);
  }

  /** The call takes effect or not, and so does each of the process's other calls, now or later. Nobody hears of it. */
  #crash(operation: Operation): void {
    const { random } = this.#options;
    this.crashes += 1;
    const took = random.chance(0.5);
    if (took) this.#attempt(operation);
    this.#trace(operation, took ? 'CRASH after' : 'CRASH before');
    operation.process.alive = false;
    const others = this.#operations.filter(({ process }) => process === operation.process);
    this.#operations = this.#operations.filter(({ process }) => process !== operation.process);
    for (const { process, name, effect } of others) {
      if (random.chance(0.5)) this.#operations.push({ process, name, effect, answer: undefined });
    }
  }

  #disturb(operation: Operation, answer: Answer): void {
    const { random, portError } = this.#options;
    const fate = random.pick(['no effect', 'answer lost', 'effect later', 'delivered twice'] as const);
    this.#trace(operation, fate.toUpperCase());
    if (fate === 'delivered twice') {
      this.#attempt(operation);
      this.#settle(operation, answer);
      return;
    }
    if (fate === 'answer lost') this.#attempt(operation);
    if (fate === 'effect later') this.echo(operation.process, operation.name, operation.effect);
    answer.reject(portError('unavailable', fate));
  }

  #attempt(operation: Operation): { value?: unknown; error?: unknown } {
    try {
      const value = operation.effect();
      this.#trace(operation, '');
      return { value };
    } catch (error) {
      this.#trace(operation, error instanceof Error ? error.message : 'failed');
      if (error instanceof Violation) this.#fail(error);
      return { error };
    }
  }

  #fail(error: unknown): void {
    this.violation ??=
      error instanceof Violation
        ? error
        : new Violation('no crash of its own', String(error instanceof Error ? error.stack : error));
  }

  #trace({ process, name }: Operation, outcome: string): void {
    this.#options.trace?.(`${String(this.#steps).padStart(5)} ${process.name.padEnd(14)} ${name} ${outcome}`);
  }
}
