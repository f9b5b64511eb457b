"""Lock 3, the connection's half: the database always knows whose rows the next statement may touch.

PostgreSQL reads `app.tenant_id`, `app.platform` and `app.trash` in its row-level policies. Before each statement the
connection compares the open scope with what it last told the database, and tells it anew when they differ.
`SET` is transactional: a rollback takes it back, so after one the connection assumes nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.transaction import atomic
from psycopg.types.datetime import TimestamptzLoader

from apps.core.tenancy.context import Scope, current_scope
from apps.core.tenancy.postgresql.operations import DatabaseOperations

SET_SCOPE = (
    "SELECT set_config('app.tenant_id', %s, %s), set_config('app.platform', %s, %s), set_config('app.trash', %s, %s)"
)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that carries the tenancy scope.

    With `DATABASE_TRANSACTION_POOLING` (a pooler hands the server connection to someone else after every
    transaction) the scope is set with `SET LOCAL`, and a statement outside of a transaction gets one.
    """

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told: tuple[str, str, str] | None = None
        self._is_told_by_statement = False
        self._pooled = bool(settings.DATABASE_TRANSACTION_POOLING)
        self.execute_wrappers.append(self._execute_in_scope)

    @contextmanager
    def scope_set_by_statement(self) -> Iterator[Callable[[Scope], None]]:
        """Run one statement that itself tells the database a scope (the entry of a request).

        Yields:
            A function to report which scope the statement has set.
        """
        self._is_told_by_statement = True
        self._told = None
        try:
            yield self._note_scope
        finally:
            self._is_told_by_statement = False

    def _note_scope(self, scope: Scope) -> None:
        if self.in_atomic_block or not self._pooled:
            self._told = scope.database_settings

    def synchronize_scope(self) -> None:
        """Tell the database the open scope now; needed before COPY, which no wrapper sees."""
        wanted = current_scope().database_settings
        if self._told == wanted:
            return
        self._told = wanted
        try:
            with self.cursor() as cursor:
                cursor.execute(SET_SCOPE, [each for value in wanted for each in (value, self._pooled)])
        except BaseException:
            self._told = None
            raise

    def _execute_in_scope(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: Any,
        context: dict[str, Any],
    ) -> Any:
        if self._is_told_by_statement or self._told == current_scope().database_settings:
            return execute(sql, params, many, context)
        if self._pooled and not self.in_atomic_block:
            with atomic(using=self.alias):
                self.synchronize_scope()
                return execute(sql, params, many, context)
        self.synchronize_scope()
        return execute(sql, params, many, context)

    def connect(self) -> None:
        self._told = None
        super().connect()

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that reads timestamps with the driver's own loader.

        Django registers a loader in Python that only sets the time zone, which here is always UTC, as the
        connection's is: on a list of timestamps that was a tenth of the request.
        """
        if self.timezone_name != "UTC":
            return super().create_cursor(name)
        if name is not None:
            return base.ServerSideCursor(  # type: ignore[call-arg]  # psycopg's arguments are missing in the stubs
                self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
            )
        return self.connection.cursor()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if self.timezone_name == "UTC":
            connection.adapters.register_loader("timestamptz", TimestamptzLoader)
        return connection

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # missing in the stubs
        if self._pooled:
            self._told = None

    def _rollback(self) -> None:
        self._told = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None
