#!/usr/bin/env bash
# Usage: complete.sh NUMBER...
# Completes orders, which says that they were downloaded; ends with the first that cannot be.
set -euo pipefail
numbers='^[0-9]+( [0-9]+)*$'
[[ $* =~ $numbers ]] || {
  echo "Usage: complete.sh NUMBER..." >&2
  exit 2
}
source "$(dirname "$0")/loupe.sh"

find='query ($number: Int!) { account { order(number: $number) { id } } }'
complete='mutation ($orderId: ID!, $key: String!) {
  completeOrder(input: {orderId: $orderId, idempotencyKey: $key}) {
    order { number completedAt }
    userErrors { code message path }
  }
}'

for number; do
  id=$(ask "$find" --argjson number "$number" |
    jq --raw-output '.account.order.id // ("There is no such order.\n" | halt_error)')
  ask "$complete" --arg orderId "$id" --arg key "complete-$number-$(date +%s)-$$" |
    jq --raw-output '.completeOrder.order | "Order \(.number) was completed at \(.completedAt)."'
done
