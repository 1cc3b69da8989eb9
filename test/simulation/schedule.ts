import type { PendingEntry } from '../../shared/trail/pending.ts';
import { encodeBatch } from '../../shared/trail/sequence/batch.ts';
import { keepRecent } from '../../shared/trail/sequence/recent.ts';
import type { SequenceOutcome } from '../../shared/trail/sequence/sequence.ts';
import { ulid } from '../../shared/trail/sequence/ulid.ts';
import { parseTileKey, tileKey, tileWidth } from '../../shared/trail/tile.ts';
import { checkWorld } from './check.ts';
import { prefill, someEntries } from './deliveries.ts';
import { Model } from './model.ts';
import { portsOf, simulatedName } from './ports.ts';
import type { Protocol } from './protocol.ts';
import { SeededRandom } from './random.ts';
import { type Faults, noFaults, type Process, Scheduler, Violation } from './scheduler.ts';
import { type TableState, World } from './world.ts';

/** What happens to a world besides crashes, in the middle of it all. */
export type Disaster =
  | 'none'
  | 'inbox object lost'
  | 'storage changed'
  | 'table restored'
  | 'rebuild'
  | 'week passes';

export interface ScheduleOutcome {
  readonly violation: Violation | undefined;
  readonly disaster: Disaster;
  readonly steps: number;
  readonly crashes: number;
  readonly size: number;
}

export interface ScheduleOptions {
  /** Instead of what the seed would choose. */
  readonly disaster?: Disaster | undefined;
  readonly faults?: Partial<Faults> | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}

const weekMs = 8 * 24 * 3_600_000;
const stepsMax = 12_000;

/** One world, from empty to quiet, as its seed decides. The outcome says what was broken, if anything was. */
export async function runSchedule(
  protocol: Protocol,
  seed: number,
  options: ScheduleOptions = {},
): Promise<ScheduleOutcome> {
  const schedule = new Schedule(protocol, seed, options);
  await schedule.run();
  return schedule.outcome();
}

class Schedule {
  readonly #protocol: Protocol;
  readonly #random: SeededRandom;
  readonly #world = new World();
  readonly #model = new Model(this.#world);
  readonly #scheduler: Scheduler;
  readonly #disaster: Disaster;
  readonly #faults: Faults;
  readonly #countMax: number;
  readonly #trace: ((line: string) => void) | undefined;
  #processes: Process[] = [];
  #started = 0;
  #backup: TableState | undefined;
  /** Whether an alarm is what should happen now. */
  #alarmExpected = false;

  constructor(protocol: Protocol, seed: number, { disaster, faults, trace }: ScheduleOptions) {
    const random = new SeededRandom(seed);
    this.#protocol = protocol;
    this.#random = random;
    this.#trace = trace;
    const chosen = random.pick<Disaster>([
      'none',
      'none',
      'none',
      'inbox object lost',
      'storage changed',
      'table restored',
      'table restored',
      'rebuild',
      'week passes',
    ]);
    this.#disaster = disaster ?? chosen;
    const intensity = random.pick([0, 0.3, 1, 1, 2]);
    this.#faults = {
      crash: 0.006 * intensity,
      error: 0.008 * intensity,
      pause: random.pick([0, 0.02, 0.08]),
      ...faults,
    };
    this.#countMax = random.pick([1, 3, 6, 1000]);
    this.#model.beforeCommit = () => this.#backUp();
    this.#scheduler = new Scheduler({
      random,
      portError: (code, message) => new protocol.PortError(code, message),
      tick: () => this.#tick(),
      trace,
    });
  }

  async run(): Promise<void> {
    try {
      await this.#live();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#scheduler.violation ??= error;
    }
  }

  outcome(): ScheduleOutcome {
    return {
      violation: this.#scheduler.violation,
      disaster: this.#disaster,
      steps: this.#scheduler.steps,
      crashes: this.#scheduler.crashes,
      size: Number(this.#world.row({ pk: 'head', sk: 'head' })?.attributes['size'] ?? 0),
    };
  }

  async #live(): Promise<void> {
    if (this.#random.chance(0.15)) await this.#prefill();
    await this.#chaos();
    if (this.#disaster !== 'none') {
      await this.#strike();
      await this.#chaos();
    }
    await this.#settle();
    this.#expectNoFalseAlarm();
    await checkWorld(this.#world, this.#model);
  }

  async #prefill(): Promise<void> {
    await this.#alone('prefill', async (process) => {
      const ports = this.#ports(process, 0);
      this.#model.acknowledged.set(await this.#protocol.enqueue(ports, prefill), prefill);
      await this.#protocol.sequence(ports);
    });
  }

  /** Everybody at once, with faults, until enough has happened. */
  async #chaos(): Promise<void> {
    const random = this.#random;
    this.#scheduler.faults = this.#faults;
    for (let count = random.between(1, 3); count > 0; count -= 1) this.#startSequencer();
    for (let count = random.between(1, 3); count > 0; count -= 1) this.#startIngester();
    if (random.chance(0.4)) this.#startSweeper();
    if (random.chance(0.4)) this.#startTaker();
    const end = this.#scheduler.steps + random.between(80, 400);
    await this.#scheduler.run(() => this.#scheduler.steps >= end, stepsMax);
    this.#throwViolation();
  }

  #startSequencer(): void {
    this.#start('sequencer', async (process) => {
      const ports = this.#ports(process);
      for (let round = 0; round < 12; round += 1) {
        const stopped = await this.#retried(() => this.#protocol.sequence(ports, this.#bounds()));
        if (stopped === 'stopped') return;
        process.pausedUntil = this.#scheduler.steps + this.#random.between(0, 60);
      }
    });
  }

  #startIngester(): void {
    this.#start('ingester', async (process) => {
      const ports = this.#ports(process);
      for (let batch = this.#random.between(1, 5); batch > 0; batch -= 1) {
        const entries = someEntries(this.#random, 4);
        const id = await this.#retried(() => this.#protocol.enqueue(ports, entries));
        if (id !== undefined) this.#acknowledge(process, id, entries);
      }
    });
  }

  /** Reads files: what it has goes from its memory onto the trail, and is acknowledged only then. */
  #startTaker(): void {
    this.#start('taker', async (process) => {
      const ports = { ...this.#ports(process), recent: keepRecent() };
      for (let batch = this.#random.between(1, 5); batch > 0; batch -= 1) {
        const handed = { id: ulid(ports), entries: someEntries(this.#random, 4) };
        const outcome = await this.#retried(() => this.#protocol.sequence(ports, this.#bounds(), handed));
        if (outcome === 'stopped') return;
        if (outcome === 'idle') this.#acknowledge(process, handed.id, handed.entries);
      }
    });
  }

  #startSweeper(): void {
    this.#start('sweeper', async (process) => {
      await this.#retried(() => this.#protocol.sweep(this.#ports(process)));
    });
  }

  #acknowledge(process: Process, id: string, entries: readonly PendingEntry[]): void {
    if (process.alive) this.#model.acknowledged.set(id, entries);
  }

  /** A transport delivers again what was not acknowledged, and a runtime starts again what threw. */
  async #retried<T>(call: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof this.#protocol.PortError) || !error.retryable) throw error;
      }
    }
    return undefined;
  }

  async #strike(): Promise<void> {
    switch (this.#disaster) {
      case 'inbox object lost':
        return this.#loseInboxObject();
      case 'storage changed':
        return this.#changeStorage();
      case 'week passes':
        return this.#passWeek();
      case 'rebuild':
        return this.#rebuildAll();
      case 'table restored':
        return this.#restoreTable();
      case 'none':
    }
  }

  /** The storage loses or exchanges an object that was acknowledged. A person must hear of it, the rest goes on. */
  #loseInboxObject(): void {
    const rows = this.#world.rows('outbox').filter(({ sk }) => this.#world.objects.has(`inbox/${sk}`));
    if (rows.length === 0) return;
    const { sk } = this.#random.pick(rows);
    if (this.#random.chance(0.5)) this.#world.objects.delete(`inbox/${sk}`);
    else this.#world.putObject(`inbox/${sk}`, encodeBatch(this.#fresh()).bytes);
    this.#model.lost.add(sk);
    this.#trace?.(`      THE STORAGE LOSES inbox/${sk}`);
  }

  /** Somebody writes into the right edge of the tree. Nothing may be signed over it. */
  async #changeStorage(): Promise<void> {
    this.#stop(this.#processes);
    await this.#alone('quiet', (process) => this.#sequenceToTheEnd(process));
    const size = Number(this.#world.row({ pk: 'head', sk: 'head' })?.attributes['size']);
    const level = this.#random.pick([0, 'entries'] as const);
    const key = tileKey({ level, index: Math.floor(size / tileWidth), width: size % tileWidth });
    const stored = this.#world.objects.get(key);
    if (stored === undefined) return;
    const bytes = Uint8Array.from(stored.bytes);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    this.#world.putObject(key, bytes);
    await this.#expectStop('a changed tile');
    this.#world.putObject(key, stored.bytes);
  }

  /** Whoever is under way finds a world a week older; nobody takes a week to write a row. */
  async #passWeek(): Promise<void> {
    this.#stop(this.#processes.filter(({ name }) => /^(?:ingester|taker)/.test(name)));
    this.#world.timeMs += weekMs;
    this.#model.forgetReceipts();
    this.#startSweeper();
  }

  async #rebuildAll(): Promise<void> {
    const sleepers = this.#processes.filter((process) => this.#isAboutToCommit(process));
    this.#stop(this.#processes.filter((process) => !sleepers.includes(process)));
    for (const sleeper of sleepers) sleeper.pausedUntil = Number.MAX_SAFE_INTEGER;
    const table = this.#random.pick<TableState>([
      this.#world.copyTable(),
      new Map(),
      this.#backup ?? new Map(),
    ]);
    this.#world.restoreTable(table);
    this.#model.forgetReceipts();
    this.#litter();
    await this.#rebuild();
    for (const sleeper of sleepers) sleeper.pausedUntil = 0;
  }

  /** Things lie in the bucket that the trail's own programs never wrote. */
  #litter(): void {
    if (!this.#world.objects.has('checkpoint')) return;
    const size = this.#random.between(1, 400);
    if (this.#random.chance(0.5)) {
      const forged = `${simulatedName}\n${size}\n${'A'.repeat(43)}=\n\n— ${simulatedName} ${'A'.repeat(92)}\n`;
      this.#world.putObject(`checkpoints/${size}`, Buffer.from(forged));
    }
    const [block] = this.#world.keys('events/');
    if (block === undefined || this.#random.chance(0.5)) return;
    const name = `events/2026/11/20/${String(size).padStart(12, '0')}`;
    this.#world.putObject(
      `${name}-${'0'.repeat(16)}.ndjson.zst`,
      this.#world.objects.get(block)?.bytes ?? new Uint8Array(),
    );
  }

  /** Of all who were thought dead, one that wakes before its swap can still do harm. */
  #isAboutToCommit(process: Process): boolean {
    const waiting = this.#scheduler.waitingFor(process);
    const { size } = this.#world.row({ pk: 'head', sk: 'head' })?.attributes ?? {};
    return (
      waiting.length === 1 &&
      waiting[0]?.startsWith('put row head') === true &&
      !waiting[0].includes(`[${size},`)
    );
  }

  /** With everything stopped, the table is what it was once. Whoever appends then must find out before signing. */
  async #restoreTable(): Promise<void> {
    this.#stop(this.#processes);
    const recent = this.#random.chance(0.3);
    this.#world.restoreTable(recent ? this.#withoutLastBatches() : (this.#backup ?? new Map()));
    this.#model.forgetReceipts();
    const now = this.#world.row({ pk: 'head', sk: 'head' })?.attributes;
    const old = this.#reachesBeyond(Number(now?.['size'] ?? 0));
    if (old) await this.#expectStop('an old table');
    else await this.#appendOne();
    // With the head that was there, batches that the table has forgotten are all that is missing: the sweep finds them.
    if (!recent) await this.#rebuild();
  }

  /** Whether the bucket holds more than a table of that size knows: a commit that left nothing there may be forgotten. */
  #reachesBeyond(size: number): boolean {
    return this.#world.keys('tile/').some((key) => {
      const tile = parseTileKey(key);
      return tile?.level === 'entries' && tile.index * tileWidth + tile.width > size;
    });
  }

  /** The backups that show most are those of just before a commit. */
  #backUp(): void {
    if (this.#backup === undefined || this.#random.chance(0.4)) this.#backup = this.#world.copyTable();
  }

  /** A backup of just before the last batches came. */
  #withoutLastBatches(): TableState {
    const state = new Map([...this.#world.copyTable()].map(([pk, rows]) => [pk, new Map(rows)]));
    const outbox = state.get('outbox') ?? new Map();
    for (const sk of [...outbox.keys()].sort().slice(-2)) outbox.delete(sk);
    return state;
  }

  /** A new event arrives; whoever appends it must raise an alarm, and sign nothing. */
  async #expectStop(what: string): Promise<void> {
    const signedBefore = new Set(this.#model.signatures.keys());
    const alarmsBefore = this.#model.alarms.length;
    const outcome = await this.#appendOne();
    if (outcome !== 'stopped' || this.#model.alarms.length === alarmsBefore) {
      throw new Violation('alarm before signing', `${what}, and the sequencer was ${outcome}`);
    }
    const signedNow = [...this.#model.signatures.keys()].filter((size) => !signedBefore.has(size));
    if (signedNow.length > 0)
      throw new Violation('alarm before signing', `${what}, and ${signedNow} was signed`);
  }

  async #appendOne(): Promise<SequenceOutcome | undefined> {
    let outcome: SequenceOutcome | undefined;
    this.#alarmExpected = true;
    await this.#alone('after disaster', async (process) => {
      const ports = this.#ports(process);
      const entries = [...someEntries(this.#random, 3), ...this.#fresh()];
      this.#model.acknowledged.set(await this.#protocol.enqueue(ports, entries), entries);
      outcome = await this.#protocol.sequence(ports, this.#bounds());
    });
    this.#alarmExpected = false;
    return outcome;
  }

  #fresh(): readonly PendingEntry[] {
    return prefill.slice(0, 1).map((entry) => {
      const uid = Buffer.from(this.#random.bytes(32)).toString('hex');
      return { ...entry, uid, line: entry.line.replace(entry.uid, uid) };
    });
  }

  /** A rebuild may crash as well, and is begun again until it ends. */
  async #rebuild(): Promise<void> {
    let done = false;
    for (let attempt = 0; !done; attempt += 1) {
      this.#scheduler.faults = attempt < 4 ? { ...this.#faults, pause: 0 } : noFaults;
      const rebuilder = this.#start('rebuild', async (process) => {
        const rebuilt = await this.#retried(() => this.#protocol.rebuild(this.#ports(process)));
        if (rebuilt?.ok === false) throw new Violation('nothing stuck', `rebuild: ${rebuilt.fault.message}`);
        done = rebuilt !== undefined;
      });
      await this.#scheduler.run(() => rebuilder.ended || !rebuilder.alive, stepsMax);
      this.#throwViolation();
      this.#scheduler.kill([rebuilder]);
    }
  }

  /** No more faults. What is under way ends, early or late; what crashes left is swept; then nothing is left over. */
  async #settle(): Promise<void> {
    this.#scheduler.faults = noFaults;
    if (this.#random.chance(0.5)) await this.#scheduler.run(() => this.#allEnded(), stepsMax);
    for (let round = 0; round < 2; round += 1) {
      await this.#alone('last', (process) => this.#sequenceToTheEnd(process));
      await this.#scheduler.run(() => this.#allEnded(), stepsMax);
      this.#throwViolation();
    }
    this.#world.timeMs += weekMs;
    const receipts = this.#world.rows('receipt');
    for (let round = 0; round < 2; round += 1) {
      await this.#alone('sweep', (process) => this.#protocol.sweep(this.#ports(process, 0)));
      await this.#scheduler.run(() => this.#allEnded(), stepsMax);
      await this.#alone('last', (process) => this.#sequenceToTheEnd(process));
    }
    for (const receipt of receipts) this.#world.putRow(receipt);
  }

  async #sequenceToTheEnd(process: Process): Promise<void> {
    const outcome = await this.#protocol.sequence(this.#ports(process), this.#bounds());
    if (outcome !== 'idle') throw new Violation('nothing stuck', `the last sequencer ${outcome}`);
  }

  #expectNoFalseAlarm(): void {
    const known = [...this.#model.lost];
    const unexplained = this.#model.alarms.filter(({ message }) => !known.some((id) => message.includes(id)));
    const [first] = unexplained.filter(({ process }) => !this.#excused.has(process));
    if (first !== undefined)
      throw new Violation('no false alarm', `${first.process}: ${first.code}: ${first.message}`);
    for (const id of this.#world.rows('outbox-aside').map(({ sk }) => sk)) {
      if (!this.#model.alarms.some(({ message }) => message.includes(id))) {
        throw new Violation('nothing lost', `batch ${id} was set aside without an alarm`);
      }
    }
  }

  /** Processes whose alarms were due. */
  readonly #excused = new Set<string>();

  async #alone(name: string, program: (process: Process) => Promise<void>): Promise<void> {
    const process = this.#start(name, program);
    const faults = this.#scheduler.faults;
    this.#scheduler.faults = noFaults;
    await this.#scheduler.run(() => process.ended, stepsMax);
    this.#scheduler.faults = faults;
    this.#throwViolation();
  }

  #start(role: string, program: (process: Process) => Promise<void>): Process {
    this.#started += 1;
    const name = `${role} ${this.#started}`;
    if (this.#alarmExpected) this.#excused.add(name);
    const process = this.#scheduler.start(name, program);
    this.#processes.push(process);
    return process;
  }

  #ports(process: Process, skewMs = this.#random.between(-2000, 2000)) {
    const { world, scheduler, model, random } = {
      world: this.#world,
      scheduler: this.#scheduler,
      model: this.#model,
      random: this.#random,
    };
    return portsOf({ world, scheduler, model, random, protocol: this.#protocol, process, skewMs });
  }

  #bounds() {
    return { countMax: this.#countMax, sizeBytesMax: 1_000_000 };
  }

  #stop(processes: readonly Process[]): void {
    this.#scheduler.kill(processes);
    this.#processes = this.#processes.filter(({ alive }) => alive);
  }

  #allEnded(): boolean {
    return this.#processes.every(({ alive, ended }) => ended || !alive);
  }

  #throwViolation(): void {
    if (this.#scheduler.violation !== undefined) throw this.#scheduler.violation;
  }

  #tick(): void {
    this.#world.timeMs += this.#random.chance(0.01) ? 1_800_000 : this.#random.between(1, 40);
    if (this.#scheduler.faults === noFaults) return;
    const restarts = this.#processes.filter(({ name, alive }) => !alive && name.startsWith('sequencer'));
    if (restarts.length > 0 && this.#random.chance(0.05)) {
      this.#processes = this.#processes.filter((process) => process !== restarts[0]);
      this.#startSequencer();
    }
  }
}
