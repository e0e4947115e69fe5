# shellcheck shell=bash
# Installing what is missing, from Debian only. tools/packages lists the groups.

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "this needs root and there is no sudo; please run: $*" >&2
    return 1
  fi
}

is_installed() { [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

apt_install() {
  local log
  log=$(mktemp)
  echo "installing: $*"
  as_root apt-get -q -o DPkg::Lock::Timeout=300 update >"$log" 2>&1 || true # the lists may be good enough as they are
  # DEBIAN_FRONTEND through env(1), because sudo drops variables.
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "$@" >>"$log" 2>&1; then
    cat "$log"
    return 1
  fi
  rm -f "$log"
}

# need <group>... : makes sure that the packages of these groups are there.
need() {
  local group names name missing=()
  for group in "$@"; do
    names=$(sed -n "s/^$group  *//p" tools/packages)
    for name in $names; do
      is_installed "$name" || missing+=("$name")
    done
  done
  if [[ ${#missing[@]} -gt 0 ]]; then apt_install "${missing[@]}"; fi
}

# Node may come from elsewhere than Debian, and then Debian's npm cannot be installed beside it.
need_npm() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then apt_install nodejs npm; fi
}
