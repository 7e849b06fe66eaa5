#!/bin/sh
# Links as the real linker does, and keeps what it takes to link again: rustc deletes its
# objects as soon as this ends. Inputs are hard links where the file system has them, so that
# a later build, which replaces files and never writes into them, does not change them.
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
# Only what was linked once is worth to be linked again.
mv "$kept/arguments.part" "$kept/arguments"
