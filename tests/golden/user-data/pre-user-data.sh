#!/bin/bash
# ack-cluster-dns: kubelet --cluster-domain=cluster.local
(
umask 022
mkdir -p /etc/ack-cluster-dns && cat >/etc/ack-cluster-dns/kubelet-cluster-domain.sh.new <<'ACK_CLUSTER_DNS' && mv -f /etc/ack-cluster-dns/kubelet-cluster-domain.sh.new /etc/ack-cluster-dns/kubelet-cluster-domain.sh || exit
#!/bin/sh
# Keeps --cluster-domain=DOMAIN the last of kubelet's customized arguments, where it beats every other source.
#   kubelet-cluster-domain.sh merge DOMAIN FILE           writes it into FILE; runs before each start of kubelet
#   kubelet-cluster-domain.sh apply DOMAIN FILE DROP_IN   merges, then restarts a kubelet that has another domain
set -u
LC_ALL=C
export LC_ALL
newline='
'

say() { echo "kubelet-cluster-domain: $*" >&2; }

# Splits a systemd environment file into the text before the last assignment, its value, and the text after it. Read
# character by character, because quotes, escapes and continued lines mean to systemd what they do not mean to sed or sh.
read_file() {
  rest=$1 before='' value='' after='' last='' found=no state=line raw='' name='' text=''
  while [ -n "$rest" ]; do
    c=${rest%"${rest#?}"}
    rest=${rest#?}
    raw=$raw$c
    case $state:$c in
      line:[\#\;]) state=comment ;;
      line:"$newline") end_entry ;;
      line:[[:space:]]) ;;
      line:*) state=name name=$c ;;
      comment:\\) state=comment_escape ;;
      comment_escape:*) state=comment ;;
      comment:"$newline" | name:"$newline") end_entry ;;
      comment:*) ;;
      name:=) state=start text='' ;;
      name:*) name=$name$c ;;
      start:"$newline" | bare:"$newline") end_assignment ;;
      start:\') state=single ;;
      start:\") state=double ;;
      start:\\ | bare:\\) state=bare_escape ;;
      start:[[:space:]]) ;;
      bare_escape:"$newline") state=bare ;;
      double_escape:"$newline") state=double ;;
      single:\' | double:\") state=start ;;
      double:\\) state=double_escape ;;
      double_escape:[\"\\\`\$]) state=double text=$text$c ;;
      double_escape:*) state=double text=$text\\$c ;;
      start:* | bare_escape:*) state=bare text=$text$c ;;
      *) text=$text$c ;;
    esac
  done
  case $state in start | bare) end_assignment ;; *) end_entry ;; esac
}

end_entry() { state=line after=$after$raw raw=''; }

end_assignment() {
  case ${name%%[[:space:]]*} in
    KUBELET_CUSTOMIZED_ARGS)
      before=$before$last$after last=$raw value=$text found=yes
      state=line after='' raw=''
      ;;
    *) end_entry ;;
  esac
}

# Prints the words of $1 without --cluster-domain. Quotes in a value hold a word together, as they do for ExecStart=.
other_arguments() {
  rest="$1 " word='' quote='' kept='' skip=no
  while [ -n "$rest" ]; do
    c=${rest%"${rest#?}"}
    rest=${rest#?}
    case $quote:$c in
      :[[:space:]])
        case $skip:$word in
          *:) ;;
          yes:*) skip=no ;;
          no:--cluster[-_]domain) skip=yes ;;
          no:--cluster[-_]domain=* | no:[\"\']--cluster[-_]domain=*) ;;
          *) kept="$kept$word " ;;
        esac
        word=''
        ;;
      :[\"\']) quote=$c word=$word$c ;;
      "$c:$c") quote='' word=$word$c ;;
      *) word=$word$c ;;
    esac
  done
  printf '%s' "$kept$word"
}

escape() {
  rest=$1 escaped=''
  while [ -n "$rest" ]; do
    c=${rest%"${rest#?}"}
    rest=${rest#?}
    case $c in [\"\\\`\$]) escaped=$escaped\\ ;; esac
    escaped=$escaped$c
  done
  printf '%s' "$escaped"
}

# Writes $1 to file $2 in one step. The copy first keeps mode, owner and label.
write() {
  aside=$2.$$
  if [ -e "$2" ]; then cp -p "$2" "$aside"; else (umask 022 && : >"$aside"); fi &&
    printf '%s' "$1" >"$aside" && mv -f "$aside" "$2" && return
  rm -f "$aside"
  say "cannot write $2"
  return 1
}

merge() {
  old=''
  if [ -e "$2" ]; then
    # A command substitution drops the newlines at the end; the mark keeps them.
    old=$(cat "$2" && echo .) || return
    old=${old%.}
  fi
  read_file "$old"
  [ "$found" = yes ] || before=$after after=''
  case $before in '' | *"$newline") ;; *) before=$before$newline ;; esac
  new=$before"KUBELET_CUSTOMIZED_ARGS=\"$(escape "$(other_arguments "$value")--cluster-domain=$1")\""$newline$after
  [ "$new" = "$old" ] || write "$new" "$2"
}

main_pid() {
  pid=$(systemctl show -p MainPID kubelet) && pid=${pid#MainPID=} && echo "${pid:-0}"
}

# Prints the cluster domain that process $1 was given on its command line.
running_domain() {
  tr '\0' '\n' <"/proc/$1/cmdline" | {
    domain='' next=no
    while IFS= read -r word; do
      case $next:$word in
        yes:*) domain=$word next=no ;;
        no:--cluster[-_]domain) next=yes ;;
        no:--cluster[-_]domain=*) domain=${word#*=} ;;
      esac
    done
    echo "$domain"
  }
}

# A unit that crashes at once counts as active between its restarts, so one process must last for ten seconds.
lasts() {
  tries=60 seen='' seconds=0
  while [ "$tries" -gt 0 ]; do
    sleep 1
    tries=$((tries - 1))
    pid=$(main_pid) || pid=0
    if [ "$pid" != 0 ] && [ "$pid" = "$seen" ]; then seconds=$((seconds + 1)); else seen=$pid seconds=0; fi
    [ "$seconds" -lt 10 ] || return 0
  done
  return 1
}

apply() {
  merge "$1" "$2" || return
  case $(systemctl show -p NeedDaemonReload kubelet) in *=yes) systemctl daemon-reload || return ;; esac
  pid=$(main_pid) || return
  [ "$pid" != 0 ] || return 0
  was=$(running_domain "$pid")
  [ "$was" != "$1" ] || return 0
  say "kubelet has cluster domain '$was', restarting it with '$1'"
  if systemctl restart kubelet && lasts; then
    [ "$(running_domain "$(main_pid)")" != "$1" ] || return 0
    say "kubelet runs, but without --cluster-domain=$1: does its unit use KUBELET_CUSTOMIZED_ARGS?"
    return 1
  fi
  say "kubelet does not stay up with --cluster-domain=$1, putting the old arguments back"
  rm -f "$3"
  write "$old" "$2"
  systemctl daemon-reload
  systemctl restart kubelet
  return 1
}

case $#:${1-} in
  3:merge) merge "$2" "$3" ;;
  4:apply) apply "$2" "$3" "$4" ;;
  *)
    say "usage: merge DOMAIN FILE | apply DOMAIN FILE DROP_IN"
    exit 2
    ;;
esac
ACK_CLUSTER_DNS
mkdir -p /etc/systemd/system/kubelet.service.d && cat >/etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf.new <<'ACK_CLUSTER_DNS' && mv -f /etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf.new /etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf || exit
[Service]
ExecStartPre=-/bin/sh /etc/ack-cluster-dns/kubelet-cluster-domain.sh merge cluster.local /etc/kubernetes/kubelet-customized-args.conf
ACK_CLUSTER_DNS
systemctl daemon-reload
) || echo "ack-cluster-dns: pre user data failed" >&2
