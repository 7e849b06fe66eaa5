#!/bin/sh
# Packs the built tool with its licences: ./scripts/archive.sh TAG TARGET. Writes
# target/archives/cargo-heapmark-TAG-TARGET.tgz (.zip on Windows) and a file with its SHA-256.
set -eu
cd "$(dirname "$0")/.."
tag=$1
target=$2
name="cargo-heapmark-$tag-$target"
case $target in
    *windows*) program=cargo-heapmark.exe archive="$name.zip" ;;
    *) program=cargo-heapmark archive="$name.tgz" ;;
esac
folder=target/archives
rm -rf "${folder:?}/$name"
mkdir -p "$folder/$name"
cp "target/$target/release/$program" README.md LICENSE-APACHE LICENSE-MIT "$folder/$name/"
cd "$folder"
case $archive in
    *.zip) 7z a -bso0 "$archive" "$name" ;;
    *) tar -czf "$archive" "$name" ;;
esac
rm -rf "${name:?}"
if command -v sha256sum >/dev/null; then
    sha256sum "$archive" >"$archive.sha256"
else
    shasum -a 256 "$archive" >"$archive.sha256"
fi
