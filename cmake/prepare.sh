# shellcheck shell=bash
# Sourced by qnnsim, test and .ci/run, which set `root` to the repository.

say() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# step WHAT COMMAND...: one line on standard error, and the command's output only if it fails.
step() {
  local what=$1 log
  shift
  say "$what"
  if ! log=$("$@" 2>&1 </dev/null); then
    printf '%s\n' "$log" >&2
    say "failed: $what"
    return 1
  fi
}

# install_packages GROUP...: the packages of these groups that the system does not have.
install_packages() {
  # shellcheck disable=SC2154
  local list=$root/cmake/debian-packages group as_root=() missing
  command -v dpkg-query >/dev/null || return 0 # not Debian: CMake says what it does not find
  mapfile -t missing < <(comm -23 \
    <(for group; do sed -n "s/^$group  *//p" "$list"; done | sort) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort))
  ((${#missing[@]})) || return 0

  local install=(apt-get install --yes --no-install-recommends "${missing[@]}")
  if ((EUID != 0)); then
    if ! sudo -n true 2>/dev/null; then
      say "packages are missing, and installing them takes root; as root, run"
      printf '  %s\n' "${install[*]}" >&2
      return 1
    fi
    as_root=(sudo -n)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  step "reading the package lists" "${as_root[@]}" apt-get update || true
  step "${install[*]}" "${as_root[@]}" "${install[@]}"
}

# build PRESET "GROUP..." TARGET [CMAKE_OPTION...]: brings the target in build/PRESET up to date.
# A call takes a few milliseconds when nothing has changed; of several, one works at a time.
build() {
  local preset=$1 groups=$2 target=$3 dir=$root/build/$1 stamp=$root/build/$1/prepared lock
  shift 3
  [[ ! -d $dir || -w $dir ]] || return 0 # somebody else's build: used as it stands
  mkdir -p "$dir" || return
  exec {lock}>"$dir/lock"
  flock "$lock"
  if [[ ! $stamp -nt $root/cmake/debian-packages || $(<"$stamp") != "$root" ]]; then
    # shellcheck disable=SC2086
    install_packages $groups || return
    (cd "$root" && step "configuring build/$preset" cmake --fresh --preset "$preset" "$@") || return
    printf '%s\n' "$root" >"$stamp"
  fi
  if [[ $(ninja -C "$dir" -n "$target" 2>&1) != *"no work to do"* ]]; then
    step "building build/$preset" ninja -C "$dir" -j "$(nproc)" "$target" || return
  fi
  exec {lock}>&-
}
