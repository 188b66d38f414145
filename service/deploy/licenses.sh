#!/bin/sh
# make licenses:把运行所需各组件的许可证写进 THIRD_PARTY_LICENSES.md;make sbom:把 CycloneDX 清单写进 dist/。
# Writes the licences of what the program needs at run time, and a CycloneDX bill of materials. Tools live in an environment of their own.
#   sh service/deploy/licenses.sh licenses|sbom
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
tools=.venv-supply
[ -x $tools/tools/bin/pip-licenses ] || {
    "$python" -m venv $tools/tools
    $tools/tools/bin/python -m pip --disable-pip-version-check --quiet install 'pip-licenses>=5.5,<6' 'cyclonedx-bom>=7.2,<8'
}
echo '*' > $tools/.gitignore
# What is listed is just what requirements.lock installs: no tool, no test.
cmp -s requirements.lock $tools/runtime/requirements.lock || {
    rm -rf $tools/runtime
    "$python" -m venv --without-pip $tools/runtime
    $tools/tools/bin/python -m pip --disable-pip-version-check --quiet --python $tools/runtime/bin/python install --no-deps --require-hashes \
        -r requirements.lock
    cp requirements.lock $tools/runtime/
}
case $1 in
licenses)
    { echo "# 第三方组件及其许可证 (third-party components and their licences)"
      echo
      echo "由 make licenses 写出,为 requirements.lock 所列各组件。没有 GPL 与 AGPL;tld 以 LGPL-2.1 或 MPL-1.1 使用,certifi 为 MPL-2.0,均未修改。"
      echo "numpy、scipy、scikit-learn 的安装包内带 OpenBLAS(BSD)与 GCC 运行库(GPL 附运行库例外,不及于使用者)。"
      echo
      echo "Written by make licenses, of the components in requirements.lock. None is GPL or AGPL; tld is used under LGPL-2.1 or MPL-1.1, certifi under"
      echo "MPL-2.0, both unchanged. The wheels of numpy, scipy and scikit-learn carry OpenBLAS (BSD) and GCC's runtime (GPL with the runtime"
      echo "exception, which does not reach those who use it). Swagger UI (Apache-2.0) is in service/static/swagger-ui with its licence."
      echo
      $tools/tools/bin/pip-licenses --python=$tools/runtime/bin/python --from=mixed --format=markdown --with-urls --order=name
    } > THIRD_PARTY_LICENSES.md.tmp
    mv THIRD_PARTY_LICENSES.md.tmp THIRD_PARTY_LICENSES.md ;;
sbom)
    mkdir -p dist
    $tools/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible --output-format JSON --spec-version 1.6 \
        --output-file dist/policy-themes.cdx.json $tools/runtime/bin/python
    echo "已写好 (written): dist/policy-themes.cdx.json" ;;
esac
