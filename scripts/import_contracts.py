"""An import contract of ours: an app's edge belongs to that app alone, also for apps yet to be written."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateEdges(Contract):
    """Nobody imports the edge modules of another app.

    `apps` is the package that holds the apps, `edges` the names of their private modules, `public` the apps
    whose edge is everybody's, `allowed_importers` the packages that may look anywhere.
    """

    apps: Any = fields.StringField()
    edges: Any = fields.SetField(subfield=fields.StringField())
    public: Any = fields.SetField(subfield=fields.StringField(), required=False)
    allowed_importers: Any = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  its interface
        """Collect the imports that reach into another app's edge."""
        trespasses = [
            trespass
            for app in sorted(graph.find_children(self.apps))
            if app not in (self.public or ())
            for edge in sorted(self.edges)
            for trespass in self._into(graph, app, f"{app}.{edge}")
        ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each forbidden import on a line."""
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(f"{importer} imports {imported}")

    def _into(self, graph: ImportGraph, app: str, edge: str) -> list[tuple[str, str]]:
        if edge not in graph.modules:
            return []
        return [
            (importer, module)
            for module in sorted({edge, *graph.find_descendants(edge)})
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not self._may_enter(importer, app)
        ]

    def _may_enter(self, importer: str, app: str) -> bool:
        homes = {app, *(self.allowed_importers or ())}
        return any(importer == home or importer.startswith(f"{home}.") for home in homes)
