#!/bin/sh
# policy-themes-start 命令... (COMMAND...)
# 首次启动时把随程序的标注与模型放进 POLICY_THEMES_HOME,从文件读入密码,然后运行命令。
# Puts the labels and models that came with the program into an empty POLICY_THEMES_HOME, reads secrets from files, runs COMMAND.
set -eu

# POLICY_THEMES_X_FILE 所指文件的内容成为 POLICY_THEMES_X (the content of the file that POLICY_THEMES_X_FILE names becomes POLICY_THEMES_X)
for name in DATABASE LOCAL_KEY; do
    eval "file=\${POLICY_THEMES_${name}_FILE:-}"
    [ -n "$file" ] || continue
    value=$(cat "$file") || { echo "错误:无法读取 $file (cannot be read)" >&2; exit 1; }
    export "POLICY_THEMES_$name=$value"
    unset "POLICY_THEMES_${name}_FILE"
done

# put FOLDER FILE:没有 FILE 时放入 FOLDER;改名一步完成,几个副本同时启动也只有一份
# (puts FOLDER there if it has no FILE; one rename, so replicas that start at once put one)
put() {
    [ ! -e "$home/$1/$2" ] || return 0
    [ -n "${shipped:-}" ] || shipped=$("$python" -c 'from policy_themes.versions import Versions; print(Versions.shipped().folder.parent)')
    temporary=$(mktemp -d "$home/.start-XXXXXXXX.tmp")
    cp -R "$shipped/$1" "$temporary/$1"
    chmod -R u+rwX "$temporary"
    rm -f "$temporary/$1/store.db" "$temporary/$1/store.db-wal" "$temporary/$1/store.db-shm"
    mv -T "$temporary/$1" "$home/$1" 2>/dev/null || true
    rm -rf "$temporary"
    [ -e "$home/$1/$2" ] || {
        echo "错误:无法在 $home 中放入 $1,其中可能有别的内容,或没有写权限 (cannot put $1 there: other content, or no permission to write)" >&2
        exit 1
    }
}

home=${POLICY_THEMES_HOME:?}
python=$(dirname "$0")/python
[ -x "$python" ] || python=python3
put models current
put labels themes.yaml
exec "$@"
