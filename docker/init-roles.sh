#!/bin/sh
# Runs once, when the database volume is empty: the owner that migrates, and the role of web and workers,
# which owns nothing and may not bypass row-level security.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set owner_password="$LMS_OWNER_PASSWORD" --set app_password="$LMS_APP_PASSWORD" <<'SQL'
CREATE ROLE lms_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE lms_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE lms OWNER lms_owner;
REVOKE ALL ON DATABASE lms FROM PUBLIC;
GRANT CONNECT ON DATABASE lms TO lms_app;
SQL
