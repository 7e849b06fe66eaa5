#!/usr/bin/env bash
# Commits the new records in results/ and pushes them to the current branch of origin.
#
# If another push came first, the script rebases on it and tries again, at most five attempts in
# total. Records are new files with unique names, so a rebase never conflicts. The script rejects
# changed or deleted records, because records are only ever added.
#
# git determines the author (GIT_AUTHOR_NAME, user.name, and so on).
set -euo pipefail

cd "$(git rev-parse --show-toplevel)"
branch=$(git symbolic-ref --short HEAD)
measured=$(git rev-parse --short=12 HEAD)
tries=5

if ! git diff --quiet HEAD -- results; then
    echo "error: stored records were changed or deleted; run \`git diff HEAD -- results\` to see them" >&2
    exit 2
fi
if [ -z "$(git ls-files --others --exclude-standard -- results)" ]; then
    echo "no new record in results/"
    exit 0
fi
git add -- results
git commit --quiet --message "Record the heap use of $measured"

for ((try = 1; try <= tries; try++)); do
    if git push --quiet origin "HEAD:refs/heads/$branch"; then
        echo "pushed the record of $measured (attempt $try of $tries)"
        exit 0
    fi
    # After the last attempt, fetching would change nothing.
    if ((try < tries)); then
        echo "attempt $try of $tries was rejected; rebasing on origin/$branch and trying again"
        git fetch --quiet origin "$branch"
        git rebase --quiet FETCH_HEAD
    fi
done
echo "error: cannot push the record of $measured after $tries attempts; run \`git push\` by hand" >&2
exit 1
