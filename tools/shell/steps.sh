# shellcheck shell=bash
# Steps of a long run: each is timed, a failure is remembered, the summary comes last.

step_lines=()
step_failures=0

# step <title> <command>... : runs the command and remembers how it ended. Never call it in a condition
# (`step … ||`, `if step …`): bash would then ignore errexit inside the command too. Ask step_failures.
step() {
  local title=$1 began=$SECONDS status=0
  shift
  printf '\n=== %s\n' "$title"
  set +e
  (set -e; "$@")
  status=$?
  set -e
  if [[ $status -eq 0 ]]; then
    step_lines+=("$(printf 'ok      %4d s  %s' $((SECONDS - began)) "$title")")
  else
    step_lines+=("$(printf 'FAILED  %4d s  %s' $((SECONDS - began)) "$title")")
    step_failures=$((step_failures + 1))
  fi
}

# Prints all steps; fails if one of them did.
summary() {
  printf '\n=== summary (%d s in all)\n' "$SECONDS"
  printf '%s\n' "${step_lines[@]}"
  [[ $step_failures -eq 0 ]]
}
