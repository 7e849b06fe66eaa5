#!/bin/sh
# Runs the real linker, and keeps its inputs and arguments to link again: rustc deletes its objects
# as soon as this script exits. Inputs are kept as hard links if the file system supports them. A
# later build replaces files and does not write into them, so it does not change the kept inputs.
: "${HEAPMARK_LINKER:=cc}"
if [ -z "$HEAPMARK_KEEP" ]; then
    exec "$HEAPMARK_LINKER" "$@"
fi

previous=
for argument in "$@"; do
    if [ "$previous" = -o ]; then
        kept=$HEAPMARK_KEEP/${argument##*/}
    fi
    previous=$argument
done

rm -rf "$kept"
mkdir -p "$kept/inputs"
number=0
for argument in "$@"; do
    case $argument in
    *.o | *.a | *.rlib)
        if [ -f "$argument" ]; then
            number=$((number + 1))
            copy=$kept/inputs/$number-${argument##*/}
            ln "$argument" "$copy" 2>/dev/null || cp "$argument" "$copy"
            argument=$copy
        fi
        ;;
    esac
    printf '%s\n' "$argument"
done >"$kept/arguments.part"
pwd >"$kept/folder"
printf '%s\n' "$HEAPMARK_LINKER" >"$kept/linker"

"$HEAPMARK_LINKER" "$@" || exit
# The arguments are stored only if linking succeeded.
mv "$kept/arguments.part" "$kept/arguments"
