"""GET /health: 200 when the database answers and every migration is applied, else 503.

GET /ready asks more: may work be sent here? It names each thing that is looked at.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import without_scope
from dean06.core.operations import queries

_migrated = False


def _is_migrated() -> bool:
    global _migrated  # noqa: PLW0603 - once true it stays true for this process
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


@without_scope
@login_not_required
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """The answer a supervisor or a load balancer reads; it tells nothing about the province."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        migrated = _is_migrated()
    except DatabaseError:
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse(
        {"status": "ok"} if migrated else {"status": "not migrated"}, status=200 if migrated else 503
    )


@without_scope
@login_not_required
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated, jobs are being done and the disk has room; else 503."""
    checks = {"database": False, "migrated": False, "worker": False, "disk": False}
    try:
        checks["disk"] = queries.disk().enough
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        checks["database"] = True
        checks["migrated"] = _is_migrated()
        checks["worker"] = checks["migrated"] and queries.worker_alive()
    except (DatabaseError, OSError):
        pass  # what was not reached stays false
    fine = all(checks.values())
    answer = {"status": "ready" if fine else "not ready", "checks": checks}
    return JsonResponse(answer, status=200 if fine else 503)
