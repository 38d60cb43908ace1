#!/usr/bin/env bash
# The front door: sets up what a command needs, once, then runs it.
#   ./start.sh run [CONFIG]   run super_config.yaml, or one config
#   ./start.sh test [ARGS]    set up what the tests need and run them all (ARGS go to pytest)
#   ./start.sh VERB ...       any verb below, as run_pipeline.py has them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in "${MILLRACE_PYTHON:-}" python3.11 python3.12 python3.13 python3 python; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "error: Millrace needs Python 3.11 or newer, and found none"
    say "hint: install it, or name it: MILLRACE_PYTHON=/path/to/python3.11 ./start.sh $*"
    exit 2
}

# install LOCKFILE [PIP OPTION...]: make .venv hold exactly what a lock file names. Does nothing when it does already.
install() {
    local lock=$1 stamp=".venv/.${1%.lock}.installed"
    if [ -x .venv/bin/python ] && cmp -s "$lock" "$stamp"; then return; fi
    if [ ! -x .venv/bin/python ]; then
        say "setting up .venv (once) ..."
        "$(find_python)" -m venv .venv || {
            say "hint: on Debian and Ubuntu, 'apt install python3-venv' brings what is missing"
            exit 2
        }
    fi
    say "installing ${lock} ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "${@:2}" --requirement "$lock" >&2 || return
    cp "$lock" "$stamp"
}

# install_trainers: bring what the tests of training use, on a build machine or where it is asked for. It is large.
install_trainers() {
    if [ "${CI:-}" != true ] && [ "${MILLRACE_TRAINERS:-}" != 1 ]; then return; fi
    install requirements-train.lock --no-deps ||
        say "what training needs cannot be installed here: the tests that need it are skipped"
}

# install_ray: bring the engine that spreads a run over machines, on a build machine or where it is asked for.
install_ray() {
    if [ "${CI:-}" != true ] && [ "${MILLRACE_RAY:-}" != 1 ]; then return; fi
    install requirements-ray.lock --no-deps ||
        say "Ray cannot be installed here: the tests that need it are skipped"
}

# install_embeddings: bring what embedding models in this process use, on a build machine or where it is asked for.
install_embeddings() {
    if [ "${CI:-}" != true ] && [ "${MILLRACE_EMBEDDINGS:-}" != 1 ]; then return; fi
    install requirements-embeddings.lock --no-deps || {
        say "what local embedding models need cannot be installed here: the tests that need it are skipped"
        say "hint: docs/retrieval.md tells where torch's build for processors is, and how to do without it"
    }
}

# install_browser: on a build machine, bring the browser that the tests of pages use. Elsewhere they say what they miss.
install_browser() {
    if [ "${CI:-}" != true ] || [ "$(id -u)" != 0 ] || command -v chromium >/dev/null 2>&1; then return; fi
    if ! command -v apt-get >/dev/null 2>&1; then return; fi
    say "installing chromium ..."
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium; } >/dev/null 2>&1 ||
        say "chromium cannot be installed here: the tests that need it are skipped"
}

case "${1:-}" in
"" | -h | --help | help)
    sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    echo
    MILLRACE_COMMAND=./start.sh "$(find_python)" run_pipeline.py --help | sed -n '/^verbs:/,$p'
    ;;
test)
    shift
    install requirements.lock
    install requirements-dev.lock
    install_trainers
    install_ray
    install_embeddings
    install_browser
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy
    exec .venv/bin/python -m pytest -n "${MILLRACE_TEST_PROCESSES:-2}" "$@"
    ;;
*)
    install requirements.lock
    if [ "${MILLRACE_EMBEDDINGS:-}" = 1 ]; then install_embeddings; fi
    export MILLRACE_COMMAND=./start.sh # so that the commands it proposes can be typed as they are
    exec .venv/bin/python run_pipeline.py "$@"
    ;;
esac
