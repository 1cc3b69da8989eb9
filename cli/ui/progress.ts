/** Where a long piece of work stands; redrawn at most ten times a second, on a terminal only. */
export interface Progress {
  update(done: number, note?: string): void;
  /** Removes the bar, so that what follows starts on a clean line. */
  finish(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  readonly label: string;
  /** What `done` counts up to; undefined where nobody knows. */
  readonly total: number | undefined;
  readonly unit: 'bytes' | 'entries';
  readonly now: () => number;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

export function makeProgress(options: ProgressOptions): Progress {
  if (!options.stream.isTTY) return { update: () => undefined, finish: () => undefined };
  const startedMs = options.now();
  let drawnMs = 0;
  return {
    update(done, note = '') {
      const nowMs = options.now();
      if (nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      const line = drawLine(options, done, nowMs - startedMs, note);
      options.stream.write(`\r\x1b[2K${line.slice(0, Math.max(20, (options.stream.columns ?? 80) - 1))}`);
    },
    finish() {
      if (drawnMs > 0) options.stream.write('\r\x1b[2K');
    },
  };
}

function drawLine(options: ProgressOptions, done: number, elapsedMs: number, note: string): string {
  const amount = options.unit === 'bytes' ? formatBytes : formatCount;
  if (options.total === undefined || options.total === 0) return `${options.label}  ${amount(done)}  ${note}`;
  const share = Math.min(1, done / options.total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const leftMs = share > 0.01 ? (elapsedMs / share) * (1 - share) : undefined;
  const left = leftMs === undefined || share === 1 ? '' : `  ${formatDuration(leftMs)} left`;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  return `${options.label}  ${bar}${percent}  ${amount(done)} of ${amount(options.total)}${left}  ${note}`;
}

/** `1.4 GB`; decimal units. */
export function formatBytes(sizeBytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `0.4 s`, `15 s`, `1:05 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}
