#!/usr/bin/env bash
# A step of action.yml: judge.sh risk|gate [options]. Shows what the command line says in the log and in the summary, writes
# the step's outputs, and ends as the command line does. What it shows may come from whoever made the change: nothing of it
# is a command to the runner, or markup.
set -euo pipefail

what=$1
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
report="$RUNNER_TEMP/sluice-$what.json"
text="$RUNNER_TEMP/sluice-$what.txt"
case $what in
  risk) json=--json title=Risk names='score level' ;;
  gate) json=--format=json title='Quality gate' names=outcome ;;
esac

code=0
"$root/bin/sluice" "$what" "$@" > "$text" 2>&1 || code=$?

token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
cat "$text"
echo
echo "::$token::"
{
  printf '### %s\n\n<pre>\n' "$title"
  sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' "$text"
  printf '</pre>\n\n'
} >> "$GITHUB_STEP_SUMMARY"

# What cannot be judged has no outputs; its exit code is not 0.
"$root/bin/sluice" "$what" "$@" "$json" > "$report" 2> /dev/null || true
"$root/node_modules/.bin/node" -e '
  const [file, ...names] = process.argv.slice(1);
  const report = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
  if (!names.every((name) => Object.hasOwn(report, name))) process.exit();
  for (const name of names) console.log(`${name}=${report[name]}`);
  console.log(`report=${file}`);
' "$report" $names >> "$GITHUB_OUTPUT" 2> /dev/null || true
exit "$code"
