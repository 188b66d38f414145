#!/bin/sh
# make bundle:把程序与全部依赖打成一个离线安装包,在 dist/。需要网络;依赖按 requirements.lock 的散列值核对。
# Packs the program and everything it needs into one file in dist/ that installs without a network.
#   PYTHON_VERSION=3.12 PLATFORM=aarch64 sh service/deploy/bundle.sh    给另一种 Linux 机器 (for another kind of Linux machine)
#   LOCK=FILE 用另一份带散列值的清单,例如不带训练的 (another list with digests, as one without training)
#   BIN=FOLDER 用哪个环境的 python 与 pip,默认 .venv/bin (whose python and pip do the work)
set -eu
cd "$(dirname "$0")/../.."
bin=${BIN:-.venv/bin}
out=${OUT:-dist}
lock=${LOCK:-requirements.lock}
here=$("$bin/python" -c 'import platform, sys; print(*sys.version_info[:2], sep=".", end=" "); print(platform.machine())')
version_wanted=${PYTHON_VERSION:-${here% *}}
machine=${PLATFORM:-${here#* }}
pip() { "$bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rm -rf "$out/wheelhouse"
mkdir -p "$out/wheelhouse"
# Wheels of every age that the oldest glibc still served by a wheel of ours may carry; musl has none.
tags=""
for tag in manylinux_2_28 manylinux_2_27 manylinux_2_26 manylinux_2_24 manylinux_2_17 manylinux2014 manylinux_2_12 manylinux_2_5 manylinux1 linux; do
    tags="$tags --platform ${tag}_$machine"
done
pip download --no-deps --only-binary=:all: --require-hashes --python-version "$version_wanted" --implementation cp \
    $tags -r "$lock" -d "$out/wheelhouse"
# Built from a copy: the label store of a checkout in use lies in labels/, and is nobody else's business.
[ "$version_wanted $machine" = "$here" ] || export POLICY_THEMES_PURE=1  # what is compiled here runs on such machines only
tar -cf - --exclude='store.db*' --exclude='.*' --exclude='*.tmp' --exclude='*.so' --exclude=__pycache__ \
    policy_themes training service models labels pyproject.toml hatch_build.py README.md LICENSE | tar -xf - -C "$folder"
pip wheel --no-deps --wheel-dir "$out/wheelhouse" "$folder"

version=$(ls "$out"/wheelhouse/policy_themes-*.whl | sed 's/.*policy_themes-\([^-]*\)-.*/\1/')
name="policy-themes-$version-offline"
[ "$version_wanted $machine" = "$here" ] || name="$name-python$version_wanted-$machine"
mkdir "$folder/$name"
cp -R "$out/wheelhouse" "$folder/$name/wheels"
cp "$lock" "$folder/$name/requirements.lock"
cp LICENSE THIRD_PARTY_LICENSES.md service/deploy/install.sh service/deploy/start.sh \
    service/deploy/policy-themes.service service/deploy/nginx.conf service/deploy/README "$folder/$name/"
printf '%s\n' "$version_wanted" > "$folder/$name/python-version"
printf '%s\n' "$version" > "$folder/$name/version"
(cd "$folder/$name" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
# Wheels are packed already: the fastest level costs nothing in size.
tar -C "$folder" --owner=0 --group=0 -cf - "$name" | gzip -1 > "$out/.$name.tmp"
mv "$out/.$name.tmp" "$out/$name.tar.gz"
echo "已写好 (written): $out/$name.tar.gz, $(du -h "$out/$name.tar.gz" | cut -f1), Python $version_wanted, Linux $machine"
