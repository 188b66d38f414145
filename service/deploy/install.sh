#!/bin/sh
# 离线安装:sh install.sh [文件夹,默认 /opt/policy-themes]。不访问网络,不改动别处。
# Installs without a network: sh install.sh [FOLDER, /opt/policy-themes by default]. Touches nothing else.
# 装到 文件夹/版本号,再把 文件夹/current 指过去;升级同此,退回:ln -sfn 旧版本号 文件夹/current
# (into FOLDER/VERSION, then FOLDER/current is pointed to it; so is an upgrade; back: ln -sfn OLD FOLDER/current)
set -eu
from=$(cd "$(dirname "$0")" && pwd)
wanted=$(cat "$from/python-version")
version=$(cat "$from/version")
target=${1:-/opt/policy-themes}
python=${PYTHON:-python$wanted}

fail() { echo "错误:$1 ($2)" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 || fail "没有 $python;请安装 Python $wanted,或写明位置:PYTHON=/路径/python$wanted sh install.sh" \
    "no $python; install Python $wanted or name it: PYTHON=/path/to/python$wanted sh install.sh"
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$found" = "$wanted" ] || fail "$python 是 Python $found,此安装包用于 $wanted" "$python is Python $found, this bundle is for $wanted"
"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "缺少 venv;Debian 与 Ubuntu:apt install python$wanted-venv" \
    "venv is missing; Debian and Ubuntu: apt install python$wanted-venv"
(cd "$from" && sha256sum --check --quiet SHA256SUMS) || fail "安装包有损坏,请重新复制" "the bundle is damaged, copy it again"

mkdir -p "$target"
target=$(cd "$target" && pwd)
if [ ! -e "$target/$version/installed" ]; then
    rm -rf "${target:?}/$version"
    "$python" -m venv "$target/$version"
    pip() { "$target/$version/bin/python" -m pip --isolated --disable-pip-version-check --quiet install --no-index --no-deps "$@"; }
    pip --find-links "$from/wheels" --require-hashes --only-binary=:all: -r "$from/requirements.lock"
    pip "$from"/wheels/policy_themes-*.whl
    cp "$from/start.sh" "$target/$version/bin/policy-themes-start"
    chmod 755 "$target/$version/bin/policy-themes-start"
    "$target/$version/bin/policy-themes" --help >/dev/null
    cp "$from/LICENSE" "$from/THIRD_PARTY_LICENSES.md" "$from/policy-themes.service" "$from/nginx.conf" "$target/$version/"
    touch "$target/$version/installed"
fi
# Linked under another name and renamed: there is always a current one.
ln -sfn "$version" "$target/.current" && mv -T "$target/.current" "$target/current"
cat <<END
已安装 $version (installed): $target/current/bin/policy-themes
  试用 (try):        $target/current/bin/policy-themes serve
  作为系统服务 (as a service): $target/current/policy-themes.service, 用法写在文件开头 (its first lines say how)
  升级时:先 backup,装好后重启服务 (upgrading: backup first, restart the service after)
END
