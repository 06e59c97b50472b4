#!/bin/sh
# Installs the system packages that the window (run) or the tests (test) need on Debian and its relatives.
# Where apt may not be used, it lists what is missing and how to get it; it never fails for a missing display.
set -u
purpose=${1:-run}

run="python3-venv libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 fonts-noto-cjk"
test="libreoffice-calc-nogui libreoffice-writer-nogui poppler-utils"

[ "$(uname -s)" = Linux ] || exit 0
command -v dpkg-query >/dev/null 2>&1 || { echo "Not a Debian system: please install the counterparts of: $run"; exit 0; }

wanted=$run
[ "$purpose" = test ] && wanted="$run $test"

has() {
    # Any CJK font will do for the window; LibreOffice may come as any of its packages.
    case $1 in
        fonts-noto-cjk) command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ] && return 0 ;;
        python3-venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null && return 0 ;;
        libreoffice-*) command -v soffice >/dev/null 2>&1 && dpkg-query -W -f '${Status}\n' "${1%-nogui}" "$1" 2>/dev/null | grep -q 'ok installed' && return 0 ;;
    esac
    dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q 'ok installed'
}

missing=
for package in $wanted; do has "$package" || missing="$missing $package"; done
[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo="sudo -n"
if command -v apt-get >/dev/null 2>&1 && { [ -z "$sudo" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing system packages:$missing"
    $sudo apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing && exit 0
fi
echo "These system packages are missing and could not be installed:"
for package in $missing; do echo "    $package"; done
echo "As administrator: apt-get install$missing"
exit 0
