/**
 * Runs a server beside a watcher, in one process group. The watcher waits for the end of its standard input, a pipe
 * that only the sandbox holds, and then ends the server: a sandbox that was killed leaves nothing behind. Descriptor 3
 * takes the process id of the server.
 */
export const WATCHED = `
exec 4<&0
"$@" </dev/null 3>&- 4<&- &
server=$!
echo "$server" >&3
exec 3>&-
{
  read -r _ <&4
  kill -TERM "$server"
  sleep 3
  kill -KILL "$server"
} 2>/dev/null >/dev/null &
watcher=$!
exec 4<&-
wait "$server"
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"
`;
