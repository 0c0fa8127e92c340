# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
# What is being done, how far it is, about how long it will take.
#
# Every step has a cost: seconds of CPU time, measured once (recipes say them). How fast this machine
# pays is measured as it goes, so the time left is right after the first minute whatever the machine.

interval=5     # seconds between lines where nothing can be rewritten
plan_total=0   # cost of all steps
plan_done=0    # cost of the finished ones
step_cost=0    # cost of the present step
step_permille=0
step_title=""
step_text=""
declare -A plan=()
last_line=-1000
drawn=""

say() {
	wipe
	echo "tools: $*"
}

fail() {
	wipe
	echo "tools: $*" >&2
	exit 1
}

# progress_plan NAMES...: what there is to do.
progress_plan() {
	local name cores
	cores=$(nproc)
	[ "$cores" -le 8 ] || cores=8 # linking, and the largest packages, use one
	prior=$((1150 / cores)) # ms of waiting for a second of cost, until measured
	started=$(milliseconds)
	for name in "$@"; do
		if [ "$name" = packages ]; then
			plan[packages]=$packages_cost
		else
			recipe_load "$name"
			plan[$name]=$recipe_cost
		fi
		plan_total=$((plan_total + plan[$name]))
	done
}

# progress_next NAME: the step that begins now.
progress_next() {
	plan_done=$((plan_done + step_cost))
	step_cost=${plan[$1]}
	step_permille=0
	step_title=$1
	step_text=""
	step_known=""
}

# progress_costs COST: better known now than in the recipe, which cannot know what is compiled already.
# Only the first time: what a recipe compiles later is little beside that.
progress_costs() {
	[ -z "$step_known" ] || return 0
	step_known=yes
	plan_total=$((plan_total - step_cost + $1))
	step_cost=$1
}

# progress PERMILLE TEXT: how far the present step is; shown when a line is due.
progress() {
	step_permille=$1
	step_text=$2
	if [ -t 1 ]; then
		draw
	elif [ $((SECONDS - last_line)) -ge "$interval" ]; then
		last_line=$SECONDS
		echo "tools: $(progress_line)"
	fi
}

progress_line() {
	local paid=$((plan_done * 1000 + step_cost * step_permille)) # thousandths
	local all=$((plan_total * 1000 + 1))
	printf '%3d%% %s: %s, %s' $((paid * 100 / all)) "$step_title" "$step_text" "$(time_left $((paid / 1000)))"
}

# time_left PAID: the first 40 seconds of cost count as paid at the speed expected of such a machine.
time_left() {
	local rate elapsed left
	elapsed=$(($(milliseconds) - started))
	rate=$(((elapsed + 40 * prior) / ($1 + 40)))
	left=$((rate * (plan_total - $1) / 1000))
	if [ "$left" -ge 90 ]; then
		echo "about $(((left + 30) / 60)) min left"
	else
		echo "about $((left / 5 * 5 + 5)) s left"
	fi
}

progress_done() {
	local took=$((($(milliseconds) - started) / 1000))
	say "all in place after $((took / 60)) min $((took % 60)) s, in $out/bin"
}

progress_end() { wipe; }

milliseconds() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

draw() {
	local columns
	columns=$(tput cols 2>/dev/null || echo 80)
	drawn=$(progress_line)
	printf '\r\033[Ktools: %s' "${drawn:0:columns-8}"
}

wipe() {
	[ -z "$drawn" ] || printf '\r\033[K'
	drawn=""
}

# watch_command LOG DESCRIBE COMMAND...: runs the command with its output in the log, and calls
# DESCRIBE (which calls progress) until it ends. The command dies with this script, even on kill -9.
watch_command() {
	local log=$1 describe=$2 status=0
	shift 2
	setpriv --pdeathsig TERM setsid "$@" >>"$log" 2>&1 </dev/null 9>&- &
	watched=$!
	while kill -0 "$watched" 2>/dev/null; do
		"$describe"
		sleep 0.5
	done
	wait "$watched" || status=$?
	watched=""
	return "$status"
}

# fail_with_log WHAT LOG: the end of the log, without the names of compiled packages and downloaded
# modules, is what a person needs to see first.
fail_with_log() {
	wipe
	{
		echo "tools: $1. The last lines of $2:"
		grep -vE '^([a-z0-9.-]+/)*[A-Za-z0-9_./-]+$|^go: downloading ' "$2" | tail -n 15 | sed 's/^/    /'
	} >&2
	exit 1
}
