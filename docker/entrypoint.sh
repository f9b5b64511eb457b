#!/bin/sh
# One image, one process per container: web | worker [queues] | beat | migrate | any command.
# Configuration comes from the environment; nothing is waited for, the orchestrator orders and restarts.
set -eu

role="${1:-web}"
[ "$#" -eq 0 ] || shift

require() {
    for name in "$@"; do
        eval "value=\${$name:-}"
        if [ -z "$value" ]; then
            echo "entrypoint: $name is not set; '$role' cannot start without it (see .env.example)." >&2
            exit 78
        fi
    done
}

case "$role" in
web)
    # Each thread that hashes a password would keep its 19 MB in a heap of its own; and once they are given back, the C
    # library would raise its threshold and keep the next ones.
    export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-1048576}"
    require SECRET_KEY JWT_SECRET_KEY DATABASE_URL ALLOWED_HOSTS
    exec granian --interface wsgi --host 0.0.0.0 --port "${PORT:-8000}" \
        --workers "${WEB_WORKERS:-$(nproc)}" --blocking-threads "${WEB_THREADS:-2}" \
        --backpressure "${WEB_BACKPRESSURE:-128}" --respawn-failed-workers \
        --workers-kill-timeout 30 --log-level "${LOG_LEVEL:-info}" \
        lms_backend.wsgi:application
    ;;
worker)
    require SECRET_KEY JWT_SECRET_KEY DATABASE_URL CELERY_BROKER_URL
    exec celery -A lms_backend worker --loglevel "${LOG_LEVEL:-info}" \
        --queues "${1:-events,default,jobs}" --concurrency "${WORKER_CONCURRENCY:-2}" --max-tasks-per-child 1000
    ;;
beat)
    require SECRET_KEY JWT_SECRET_KEY DATABASE_URL CELERY_BROKER_URL
    exec celery -A lms_backend beat --loglevel "${LOG_LEVEL:-info}" --pidfile= \
        --scheduler django_celery_beat.schedulers:DatabaseScheduler
    ;;
migrate)
    require SECRET_KEY JWT_SECRET_KEY DATABASE_URL DATABASE_OWNER_URL
    exec python manage.py migrate --no-input
    ;;
*)
    exec "$role" "$@"
    ;;
esac
