#!/usr/bin/env bash
# Usage: deliveries.sh [DATE]
# Writes the orders delivered on a day of the studio, by default yesterday, as CSV, the newest order first.
set -euo pipefail
source "$(dirname "$0")/loupe.sh"

today='{ account { dailyGuarantee { date } } }'
day='query ($date: Date!) { account { dailyGuarantee(date: $date) { opensAt resetsAt } } }'
orders='query ($day: OrderFilter!, $after: String) {
  account {
    orders(first: 100, after: $after, filter: $day) {
      nodes { number externalReference name deliveredAt imageCount price { amount currency } }
      pageInfo { hasNextPage endCursor }
    }
  }
}'

date=${1:-$(ask "$today" |
  jq --raw-output '.account.dailyGuarantee.date + "T00:00:00Z" | fromdate - 86400 | todate[:10]')}
filter=$(ask "$day" --arg date "$date" |
  jq '.account.dailyGuarantee // ("There is no such day.\n" | halt_error) |
    {deliveredFrom: .opensAt, deliveredBefore: .resetsAt}')
echo number,reference,name,delivered,images,price,currency
after=null
until [[ $after == false ]]; do
  page=$(ask "$orders" --argjson day "$filter" --argjson after "$after" | jq .account.orders)
  jq --raw-output '.nodes[] |
    [.number, .externalReference, .name, .deliveredAt, .imageCount, .price.amount, .price.currency] | @csv' <<<"$page"
  after=$(jq '.pageInfo | if .hasNextPage then .endCursor else false end' <<<"$page")
done
