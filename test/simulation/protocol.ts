import { PortError } from '../../shared/ports.ts';
import { enqueue, sequence } from '../../shared/stages/append.ts';
import { rebuild } from '../../shared/stages/rebuild.ts';
import { sweep } from '../../shared/stages/sweep.ts';

/** What is simulated. A mutant is the same four functions from a changed copy of the source. */
export interface Protocol {
  readonly enqueue: typeof enqueue;
  readonly sequence: typeof sequence;
  readonly sweep: typeof sweep;
  readonly rebuild: typeof rebuild;
  /** The class that this copy of the source knows port errors by. */
  readonly PortError: typeof PortError;
}

export const protocol: Protocol = { enqueue, sequence, sweep, rebuild, PortError };
