# For the programs beside it, which source it: `ask` sends an operation to Loupe.
: "${LOUPE_TOKEN:?set it to the token of a key}"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# ask DOCUMENT [--arg NAME TEXT | --argjson NAME JSON]...: writes the data of the answer, or its errors to standard error.
#
# curl waits and asks again while Loupe cannot answer, as long as Retry-After says; it repeats mutations, too, so they need
# an idempotencyKey. Only a file holds the last answer alone, and only a configuration keeps the token out of `ps`.
ask() {
  local document=$1 failed='' errors
  shift
  jq --null-input --arg query "$document" "$@" '{$query, variables: ($ARGS.named | del(.query))}' |
    curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --max-time 60 --json @- \
      --config <(printf 'header = "Authorization: Bearer %s"\n' "$LOUPE_TOKEN") \
      --output "$answer" "${LOUPE_URL:-http://127.0.0.1:8000/graphql}" || failed=yes
  errors=$(jq --slurp --raw-output '
    .[0] | if type != "object" or (.data // .errors) == null then error("none") else . end |
    (.errors[]? | "\(.extensions.code): \(.message)"),
    (.data[]? | .userErrors[]? | "\(.code) at \(.path | join(".")): \(.message)")' "$answer" 2>/dev/null) ||
    [[ $failed ]] || errors='This is no answer of GraphQL: is LOUPE_URL the address of Loupe?'
  if [[ $failed || $errors ]]; then
    printf '%s' "${errors:+$errors$'\n'}" >&2
    return 1
  fi
  jq .data "$answer"
}
