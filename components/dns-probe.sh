#!/bin/sh
# Asks the resolver for each name until it answers right or the time is over; prints one line a name, and fails when a
# name did not answer.
#   dns-probe.sh SECONDS KIND=NAME...
# KIND: organisation, external: a name that must have an address; service: a name of the API server's Service;
# reverse: the name that the address of that Service must have; search: a domain that the search list may end in.
set -u
deadline=$(($(date +%s) + $1))
shift
api_server=${KUBERNETES_SERVICE_HOST:?}
searches=$(sed -n 's/^search[[:space:]]*//p' /etc/resolv.conf)
ndots=$(sed -n 's/^options.*ndots:\([0-9]*\).*/\1/p' /etc/resolv.conf)

line() { printf '%-5s %-12s %-48s %s\n' "$@"; }

# Prints the addresses of a name, found through the search list as programs find them.
addresses() {
  if command -v getent >/dev/null; then
    getent hosts "$1" | while read -r address _; do echo "$address"; done
    return
  fi
  dots=$(printf '%s' "$1" | tr -cd . | wc -c)
  relative=
  for suffix in $searches; do relative="$relative $1.$suffix."; done
  if [ "$dots" -lt "${ndots:-1}" ]; then candidates="$relative $1."; else candidates="$1. $relative"; fi
  for candidate in $candidates; do
    # The first address that nslookup prints is the server's own.
    found=$(nslookup "$candidate" 2>/dev/null |
      awk '/^Name:/ { answer = 1 } answer && /^Address/ { sub(/^Address[ 0-9]*:[ \t]*/, ""); print $1 }')
    [ -z "$found" ] || { echo "$found" && return; }
  done
}

# Prints the name of an address, without the dot at its end.
reverse_name() {
  if command -v getent >/dev/null; then
    getent hosts "$1" | while read -r _ name _; do echo "${name%.}"; done
    return
  fi
  nslookup "$1" 2>/dev/null | awk -v ip="$1" '
    /[ \t]name = / { sub(/.*[ \t]name = /, ""); sub(/\.$/, ""); print }
    /^Address 1: / && $3 == ip && NF > 3 { print $4 }'
}

holds() { case " $1 " in *" $2 "*) return 0 ;; *) return 1 ;; esac; }

# Sets answer to what a question got; succeeds when that is right.
ask() {
  kind=${1%%=*} name=${1#*=}
  case $kind in
    search)
      answer=$searches
      for domain in $(echo "$name" | tr , ' '); do holds "$searches" "svc.$domain" && return 0; done
      return 1
      ;;
    reverse)
      answer=$(reverse_name "$api_server")
      [ "$answer" = "$name" ]
      ;;
    service)
      answer=$(addresses "$name" | tr '\n' ' ')
      holds "$answer" "$api_server"
      ;;
    *)
      answer=$(addresses "$name" | tr '\n' ' ')
      [ -n "$answer" ]
      ;;
  esac
}

while :; do
  for question; do
    shift
    if ask "$question"; then line ok "$kind" "$name" "$answer"; else set -- "$@" "$question"; fi
  done
  if [ $# -eq 0 ] || [ "$(date +%s)" -ge "$deadline" ]; then break; fi
  sleep 3
done
for question; do
  ask "$question"
  line FAIL "$kind" "$name" "${answer:-no answer}"
done
[ $# -eq 0 ]
