import type { Command } from '../command.ts';
import { actOnAlert } from './alert-acts.ts';

export const ack: Command = {
  name: 'ack',
  summary: 'say that you are on an alert; everybody who was told of it is told that, too',
  usage: 'ALERT [--reason TEXT]',
  about:
    'Takes the first digits of an alert’s id. Recorded on the trail under your name on this machine. An alert that ' +
    'becomes worse after that, or goes on after it was resolved, is open again. "alerts snooze" and "alerts resolve" do the rest.',
  options: [{ name: 'reason', value: 'TEXT', about: 'what you know so far' }],
  examples: [{ line: 'ack 4be1', does: 'somebody is on it' }],
  positionals: { min: 1, max: 1, name: 'ALERT' },
  run: (call) => actOnAlert(call, 'acknowledge', call.positionals[0] ?? ''),
};
