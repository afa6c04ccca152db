#!/bin/sh
# Keeps the token that the programs of an authority show to each other's feeds: asks the authority's issuer for one by client
# credentials, and again before it ends. The token needs the role `service`.
#
#   renew.sh         renews for ever             renew.sh once    renews once
#   renew.sh check   fails when the token was not renewed for three times as long as it should be
set -eu
token=${TOKEN_FILE:-/run/tokens/feed.token}
secret=${TOKEN_SECRET_FILE:-/run/secrets/token-client-secret}
umask 077

renew() {
  # The secret goes in by a file: everybody on the machine can read the words of a command.
  answer=$(curl --fail --silent --show-error --max-time 20 --proto '=https' ${TOKEN_CURL:-} "$TOKEN_URL" \
    --data-urlencode grant_type=client_credentials --data-urlencode "client_id=$TOKEN_CLIENT" \
    --data-urlencode "client_secret@$secret" ${TOKEN_SCOPE:+--data-urlencode "scope=$TOKEN_SCOPE"}) || return 1
  value=$(printf '%s' "$answer" | sed -n 's/.*"access_token"[[:space:]]*:[[:space:]]*"\([A-Za-z0-9._-]*\)".*/\1/p')
  [ -n "$value" ] || { echo "the issuer's answer has no access_token" >&2; return 1; }
  printf '%s' "$value" >"$token.new"
  mv "$token.new" "$token"
}

case ${1:-} in
  once) renew ;;
  check) [ -n "$(find "$token" -mmin "-$((TOKEN_SECONDS / 20 + 1))" 2>/dev/null)" ] ;;
  *)
    while :; do
      if renew; then wait=$TOKEN_SECONDS; else wait=30; fi
      sleep "$wait" &
      # So that a signal ends the wait.
      wait $!
    done
    ;;
esac
