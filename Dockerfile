# syntax=docker/dockerfile:1
# Builds the locked dependencies in one stage and ships them, without the tools, in another.

FROM python:3.12-slim-bookworm AS build
ENV POETRY_VIRTUALENVS_IN_PROJECT=true \
    POETRY_NO_INTERACTION=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /opt/poetry && /opt/poetry/bin/pip install poetry==2.5.1
COPY pyproject.toml poetry.lock ./
# The embedded PostgreSQL and the tools stay outside of production.
RUN /opt/poetry/bin/poetry install --only main --no-root --no-cache --compile
COPY . .
# Any secrets will do here: nothing made in this step holds them.
RUN DJANGO_SETTINGS_ENV=production \
    SECRET_KEY=collectstatic-needs-one-but-uses-none-of-it \
    JWT_SECRET_KEY=collectstatic-needs-one-but-uses-none-of-it \
    DATABASE_URL=postgres://nobody@localhost/nothing \
    ALLOWED_HOSTS=localhost \
    .venv/bin/python manage.py collectstatic --no-input

FROM python:3.12-slim-bookworm AS runtime
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_ENV=production \
    PORT=8000
RUN groupadd --system --gid 10001 lms \
    && useradd --system --uid 10001 --gid lms --no-create-home --shell /usr/sbin/nologin lms
WORKDIR /app
COPY --from=build /app /app
# The one folder that the process may write, for installations without an object store.
RUN install --directory --owner lms --group lms /app/media
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "docker/healthcheck.py"]
ENTRYPOINT ["docker/entrypoint.sh"]
CMD ["web"]
