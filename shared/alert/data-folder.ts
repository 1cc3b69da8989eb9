/** Our own commands, at the start of a line: the place after the command's name takes an option, whatever follows. */
const OWN_COMMAND = /^(\s*npx trailproof [a-z]+)/gm;

/** The same commands for a trail that is not in the default folder, so that they can be copied as they stand. */
export function withDataFolder(command: string, folder: string | undefined): string {
  if (folder === undefined) return command;
  return command.replace(OWN_COMMAND, (own) => `${own} --data ${shellWord(folder)}`);
}

/** The folder's owner named it: quotes are only for what a shell would read otherwise. */
function shellWord(text: string): string {
  return /^[\w./@%+=:,][\w./@%+=:,-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
