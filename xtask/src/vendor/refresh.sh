#!/bin/sh
# Makes the files of web/vendor from the packages that VENDOR.toml names: `cargo xtask vendor` calls it.
# Needs npm, python3 and a network; the build needs none of them.
#   refresh.sh <folder to work in> <web/vendor>
set -eu
mkdir -p "$2/fonts" "$2/licences"
rm -rf "$1"
mkdir -p "$1"
work=$(cd "$1" && pwd)
vendor=$(cd "$2" && pwd)
here=$(dirname "$0")
version() { sed -n "/^name = \"$1\"/,/^\$/s/^version = \"\(.*\)\"/\1/p" "$vendor/VENDOR.toml" | head -n 1; }

# npm checks what it brings against the registry's own sum.
package() {
    mkdir -p "$work/$1"
    (cd "$work/$1" && npm pack --silent "$1@$2" >/dev/null && tar xzf ./*.tgz && rm ./*.tgz)
}

for name in htm qr pretendard; do package "$name" "$(version $name)"; done
# Held by htm's file, which does not say which; the licence is that of every version.
package preact 10.27.2

cp "$work/htm/package/preact/standalone.module.js" "$vendor/htm-preact-standalone.mjs"
cp "$work/htm/package/LICENSE" "$vendor/licences/htm.txt"
cp "$work/preact/package/LICENSE" "$vendor/licences/preact.txt"

# The reader is two modules that share tables; of both only what reading needs becomes one.
echo "export { decodeQR } from './package/decode.js';" >"$work/qr/entry.mjs"
npm exec --silent --yes esbuild@0.25.12 -- "$work/qr/entry.mjs" --bundle --format=esm --minify --target=es2022 \
    --legal-comments=none --log-level=error --outfile="$vendor/qr-decode.mjs" \
    --banner:js="/*! qr $(version qr), (c) Paul Miller (paulmillr.com), MIT or Apache-2.0 */"
cp "$work/qr/package/LICENSE-MIT" "$vendor/licences/qr.txt"

python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet fonttools==4.68.0 brotli==1.2.1
"$work/python/bin/python" "$here/subset.py" \
    "$work/pretendard/package/dist/public/variable/PretendardVariable.ttf" "$vendor/fonts"
cp "$work/pretendard/package/dist/LICENSE.txt" "$vendor/licences/steelyard-sans.txt"
