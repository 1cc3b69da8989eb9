import { defineConfig } from 'vitest/config';

// By default one core is left to whoever watches; where nobody does, on a machine of two, that doubles the time.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: '100%' },
});
